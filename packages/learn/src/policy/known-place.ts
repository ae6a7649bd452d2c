import { lowerAscii } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import { taskOf, tasksMin } from "../run/learned-run.ts";
import type { LearnedRun } from "../run/learned-run.ts";
import type { UnderstoodTool } from "../tool/understood-tool.ts";

/** Where an agent's calls usually lead. */
export interface KnownPlaces {
  /** domains of addresses, small letters; sorted */
  readonly domains: readonly string[];
  /** hosts of URLs, small letters; sorted */
  readonly hosts: readonly string[];
  /** values that the agent gives of itself, by tool and argument; sorted */
  readonly values: KnownValues;
}

/** Values that nobody told of and that several tasks gave all the same, by tool and argument. */
export type KnownValues = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/** Domains where anybody gets an address, so that one there says nothing of whose it is. */
const publicDomains: ReadonlySet<string> = new Set(
  (
    "aol.com fastmail.com gmail.com gmx.com gmx.de gmx.net googlemail.com hey.com hotmail.com icloud.com live.com " +
    "mac.com mail.com mail.ru me.com msn.com outlook.com pm.me proton.me protonmail.com qq.com tutanota.com web.de " +
    "yahoo.com yandex.com yandex.ru zoho.com 163.com 126.com"
  ).split(" "),
);

/** Hosts where anybody puts up a page. */
const publicHosts =
  /(?:^|\.)(?:github\.io|pages\.dev|netlify\.app|vercel\.app|blogspot\.com|google\.com|dropbox\.com|pastebin\.com|webhook\.site|ngrok\.io|duckduckgo\.com|bing\.com)$/u;

/**
 * The domains and hosts that arguments led to in at least two different tasks, and that are somebody's in
 * particular.
 */
export function knownPlaces(
  runs: readonly LearnedRun[],
  tools: ReadonlyMap<string, UnderstoodTool>,
  values: KnownValues,
): KnownPlaces {
  const domains = new Map<string, Set<string>>();
  const hosts = new Map<string, Set<string>>();
  for (const run of runs) {
    for (const { role, text } of reachedBy(run, tools)) {
      const place = role === "party" ? domainOf(text) : hostOf(text);
      if (place !== undefined) note(role === "party" ? domains : hosts, place, taskOf(run));
    }
  }
  return {
    domains: usual(domains).filter((each) => !publicDomains.has(each)),
    hosts: usual(hosts).filter((each) => !publicHosts.test(each)),
    values,
  };
}

/** What the calls of a run lead to: texts of arguments that say whom or where. */
function reachedBy(
  { calls }: LearnedRun,
  tools: ReadonlyMap<string, UnderstoodTool>,
): readonly { readonly role: "party" | "url"; readonly text: string }[] {
  return calls.flatMap(({ tool, args }) =>
    (tools.get(tool)?.arguments ?? []).flatMap(({ name, role }) => {
      if (role !== "party" && role !== "url") return [];
      return textsIn(args[name]).map((text) => ({ role, text }));
    }),
  );
}

function note(places: Map<string, Set<string>>, place: string, task: string): void {
  const tasks = places.get(place) ?? new Set();
  places.set(place, tasks.add(task));
}

function usual(places: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  return [...places]
    .filter(([, tasks]) => tasks.size >= tasksMin)
    .map(([place]) => place)
    .sort();
}

/** The domain of an address; only ASCII, as nobody has to tell look-alikes apart. */
function domainOf(text: string): string | undefined {
  return /^[^\s@]+@(?<domain>[a-z0-9-]+(?:\.[a-z0-9-]+)+)$/u.exec(lowerAscii(text))?.groups?.[
    "domain"
  ];
}

/** The host of a URL, with or without its scheme. */
function hostOf(text: string): string | undefined {
  const host = /^(?:https?:\/\/)?(?<host>[a-z0-9_-]+(?:\.[a-z0-9_-]+)+)(?:[/?#]|$)/u;
  return host.exec(lowerAscii(text))?.groups?.["host"];
}

function textsIn(json: Json | undefined): readonly string[] {
  if (typeof json === "string") return [json];
  return Array.isArray(json) ? (json as readonly Json[]).flatMap((each) => textsIn(each)) : [];
}
