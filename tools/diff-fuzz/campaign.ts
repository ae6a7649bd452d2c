import {
  ArgumentChecks,
  changeBetween,
  comparePolicies,
  createEngine,
  judgeRequest,
  witnessRequest,
} from "@holdfast/engine";
import type {
  Bundle,
  ChangeKind,
  CompareOptions,
  Engine,
  Judged,
  PolicyChange,
} from "@holdfast/engine";
import { Chance } from "../engine-fuzz/chance.ts";
import { fixedBundle, madePair } from "./pair.ts";
import type { Pair } from "./pair.ts";
import { universe } from "./universe.ts";
import type { Member } from "./universe.ts";

/** A change that the comparison did not see, or saw and the engine does not bear out. */
export interface Miss {
  readonly seed: number;
  readonly pair: number;
  readonly what: "missed" | "false";
  readonly change: ChangeKind;
  readonly tool: string;
  readonly request: unknown;
  readonly policies: { readonly old: unknown; readonly new: unknown };
}

/** What a run of so many pairs has found. */
export interface DiffCampaign {
  readonly pairs: number;
  /** pairs in which some request of the universe is decided otherwise */
  readonly changedPairs: number;
  /** pairs that were proven to decide everything alike */
  readonly equalPairs: number;
  readonly regions: number;
  readonly questions: number;
  /** questions without an answer, and pairs that have one */
  readonly unknown: number;
  readonly unknownPairs: number;
  /** of these, pairs in which all that is unknown rests on labels that facts would derive */
  readonly labelPairs: number;
  readonly decisions: number;
  readonly misses: readonly Miss[];
}

/**
 * Compares pairs of generated policy sets, and holds what was found against the decisions of both
 * on every request of a finite universe: a change there must be among the regions of its tool, in
 * its direction, or the tool must have something unknown; and the witness of every region must be
 * decided differently. Ends early once there is plenty to look at.
 */
export function runDiffCampaign(
  pairs: number,
  seed: number,
  progress?: (done: number, misses: readonly Miss[]) => void,
): DiffCampaign {
  const fixed = fixedBundle();
  const members = { call: universe("call"), result: universe("result") };
  const totals = {
    changedPairs: 0,
    equalPairs: 0,
    regions: 0,
    questions: 0,
    unknown: 0,
    unknownPairs: 0,
    labelPairs: 0,
    decisions: 0,
  };
  const misses: Miss[] = [];
  // What they hold says nothing of the sets: schemas are checked alike, texts fit the same patterns.
  const [checks, languages]: [ArgumentChecks, NonNullable<CompareOptions["languages"]>] = [
    new ArgumentChecks(),
    new Map(),
  ];
  let done = 0;
  for (; done < pairs && misses.length < 10; done += 1) {
    progress?.(done, misses);
    const chance = new Chance(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(done + 1, 0x85ebca6b));
    const pair = madePair(chance, fixed, done);
    const options = { codeGeneration: false, checks };
    const engines = { old: createEngine(pair.old, options), new: createEngine(pair.now, options) };
    const change = comparePolicies(pair.old, pair.now, { engines, languages });
    const results = [pair.old, pair.now].some(({ policies }) =>
      policies.some(({ match }) => match.phase === "result"),
    );
    const asked = results ? [...members.call, ...members.result] : members.call;
    const found = changesIn(engines, asked);
    totals.decisions += asked.length * 2;
    totals.regions += change.regions.length;
    totals.questions += change.questions;
    totals.unknown += change.unknown.length;
    if (change.unknown.length > 0) totals.unknownPairs += 1;
    if (change.unknown.length > 0 && change.unknown.every(restsOnLabels)) totals.labelPairs += 1;
    if (found.length > 0) totals.changedPairs += 1;
    if (change.regions.length + change.unknown.length === 0) totals.equalPairs += 1;
    for (const miss of missesOf(pair, engines, change, found))
      misses.push({ seed, pair: done, ...miss });
  }
  return { pairs: done, ...totals, misses };
}

function restsOnLabels({ because }: PolicyChange["unknown"][number]): boolean {
  return because.includes(" in action.labels`");
}

interface Seen {
  readonly change: ChangeKind;
  readonly member: Member;
}

interface Engines {
  readonly old: Engine;
  readonly new: Engine;
}

function changesIn(engines: Engines, asked: readonly Member[]): readonly Seen[] {
  return asked.flatMap((member): readonly Seen[] => {
    const { witness, request } = member;
    const before = judgeRequest(engines.old, witness.given, request);
    const after = judgeRequest(engines.new, witness.given, request);
    const change = plainlyEqual(before, after) ? undefined : changeBetween(before, after);
    return change === undefined ? [] : [{ change, member }];
  });
}

/** Most decisions are denials or grants with nothing about them, and quickly seen to be equal. */
function plainlyEqual({ decision: one }: Judged, { decision: other }: Judged): boolean {
  const plain = (decision: Judged["decision"]): boolean =>
    decision.obligations.length === 0 && Object.keys(decision).length === 6;
  return one.effect === other.effect && one.code === other.code && plain(one) && plain(other);
}

/**
 * What a region must be one of to cover a change that a request shows. WHY `changed` for both: it is
 * less narrow in some way and narrower in another, and counts as less narrow for whoever asks.
 */
function coveredBy(change: ChangeKind): readonly ChangeKind[] {
  switch (change) {
    case "widened":
    case "changed":
      return ["widened", "changed"];
    case "narrowed":
      return ["narrowed", "changed"];
    case "consequences":
    case "reason":
      return ["consequences", "reason"];
    case "newly_allowed":
    case "newly_denied":
      return [change];
  }
}

function missesOf(
  { old, now }: Pair,
  engines: Engines,
  { regions, unknown }: PolicyChange,
  found: readonly Seen[],
): readonly Omit<Miss, "seed" | "pair">[] {
  const policies = { old: shown(old), new: shown(now) };
  const reported = new Set(
    regions.flatMap(({ change, tools }) => tools.map((tool) => `${change} ${plain(tool)}`)),
  );
  const open = new Set(unknown.flatMap(({ tools }) => tools.map(plain)));
  const misses = new Map<string, Omit<Miss, "seed" | "pair">>();
  for (const { change, member } of found) {
    const { tool, witness } = member;
    const name = `${change} ${tool}`;
    const place = placeOf(tool, [old, now]);
    const known =
      open.has(place) || coveredBy(change).some((kind) => reported.has(`${kind} ${place}`));
    if (known || misses.has(name)) continue;
    misses.set(name, { what: "missed", change, tool, request: witness, policies });
  }
  for (const { witness, change, tools } of regions) {
    const request = witnessRequest(witness);
    const [was, is] = [engines.old, engines.new].map(
      (engine) => request && judgeRequest(engine, witness.given, request),
    );
    if (was && is && changeBetween(was, is) === change) continue;
    const tool = tools.join(" ");
    misses.set(`false ${change} ${tool}`, {
      what: "false",
      change,
      tool,
      request: witness,
      policies,
    });
  }
  return [...misses.values()];
}

/** The place that a tool of the universe is one of, as the comparison calls it. */
function placeOf(tool: string, bundles: readonly Bundle[]): string {
  const patterns = bundles.flatMap(({ policies }) =>
    policies.flatMap(({ match }) => match.tools ?? []),
  );
  const named = [
    ...bundles.flatMap(({ tools }) => tools.map(({ name }) => name)),
    ...patterns.filter((pattern) => !pattern.endsWith("*")),
  ];
  if (named.includes(tool)) return tool;
  const [server = ""] = tool.split(".");
  const listed = ["local.", ...named, ...patterns].some((name) => name.startsWith(`${server}.`));
  return listed ? `other tools of ${server}` : "tools of other servers";
}

function plain(tool: string): string {
  return tool.replace(/ \(result\)/, "").replace(/, delegated$/, "");
}

function shown({ policies, lists }: Bundle): unknown {
  const keys = new Set(["source", "ast", "offsets"]);
  return JSON.parse(
    JSON.stringify({ policies, lists }, (key, value: unknown) =>
      keys.has(key) ? undefined : value,
    ),
  );
}
