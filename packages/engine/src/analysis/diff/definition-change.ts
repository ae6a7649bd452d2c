import type { Event, Meter } from "../../document/history.ts";
import type { Boundary, List, Tool } from "../../document/kinds.ts";
import { dropSources } from "../condition/surroundings.ts";
import type { PolicyRules } from "../region/policy-region.ts";

/** What could not be said. */
export interface UnknownRegion {
  readonly about: string;
  readonly rules: { readonly old: readonly string[]; readonly new: readonly string[] };
  readonly tools: readonly string[];
  readonly because: string;
}

/**
 * Definitions that differ and of which a request and its history do not show what they change. A
 * definition that only one set has is seen by the rules that name it; what acts without a rule
 * that names it, an Agent, a Boundary, a Tool, a List that is loaded from elsewhere, is told too.
 */
export function definitionsChanged(old: PolicyRules, now: PolicyRules): readonly UnknownRegion[] {
  const [was, is] = [old.bundle, now.bundle];
  const kinds = [
    ["Agent", "what an agent is comes with its credential", was.agents, is.agents],
    ["Group", "who belongs to it decides who can approve", was.groups, is.groups],
    ["Sandbox", "what runs in it may reach other things", was.sandboxes, is.sandboxes],
    ["External", "what it answers is another system's", was.externals, is.externals],
    ["Event", "it will have happened in other cases", was.events, is.events],
    ["Meter", "it will have been charged in other cases", was.meters, is.meters],
  ] as const;
  return [
    ...kinds.flatMap(([kind, because, before, after]) =>
      pairs<{ readonly name: string }>(before, after).flatMap(
        ({ name, before: one, after: other }) => {
          if (one !== undefined && other !== undefined) {
            return meaningOf(one) === meaningOf(other)
              ? []
              : [told(kind, name, "otherwise", because)];
          }
          if (kind !== "Agent") return [];
          return [told(kind, name, other === undefined ? "no longer" : "now", because)];
        },
      ),
    ),
    ...pairs(was.boundaries, is.boundaries).flatMap(boundaryChange),
    ...pairs(was.lists, is.lists).flatMap(listChange),
    ...pairs(was.tools, is.tools).flatMap((pair) => toolChanges(pair, old, now)),
  ];
}

/**
 * The Events and Meters that the sets define otherwise, `event NAME` and `meter NAME`, with what is
 * told of each: what rests on one of them alone is unknown for that cause.
 */
export function historyRedefined(old: PolicyRules, now: PolicyRules): ReadonlyMap<string, string> {
  const [was, is] = [old.bundle, now.bundle];
  const found = (kind: "event" | "meter", both: readonly Pair<Event | Meter>[]) =>
    both.flatMap(({ name, before, after }) => {
      if (before === undefined || after === undefined) return [];
      if (meaningOf(before) === meaningOf(after)) return [];
      const about = aboutOf(kind === "event" ? "Event" : "Meter", name, "otherwise");
      return [[`${kind} ${name}`, about] as const];
    });
  return new Map([
    ...found("event", pairs(was.events, is.events)),
    ...found("meter", pairs(was.meters, is.meters)),
  ]);
}

interface Pair<Document> {
  readonly name: string;
  readonly before: Document | undefined;
  readonly after: Document | undefined;
}

function pairs<Document extends { readonly name: string }>(
  before: readonly Document[],
  after: readonly Document[],
): readonly Pair<Document>[] {
  const [old, now] = [before, after].map((all) => new Map(all.map((one) => [one.name, one])));
  const names = [...new Set([...before, ...after].map(({ name }) => name))].sort();
  return names.map((name) => ({ name, before: old?.get(name), after: now?.get(name) }));
}

type How = "otherwise" | "no longer" | "now";

function aboutOf(kind: string, name: string, how: How): string {
  return how === "otherwise"
    ? `${kind} \`${name}\` is defined otherwise`
    : `${kind} \`${name}\` is ${how} defined`;
}

function told(kind: string, name: string, how: How, because: string): UnknownRegion {
  const about = aboutOf(kind, name, how);
  return { about, rules: { old: [], new: [] }, tools: [], because };
}

function meaningOf(document: object): string {
  const words = { description: undefined, metadataLabels: undefined };
  return JSON.stringify({ ...document, ...words }, dropSources);
}

/** WHY though no decision differs: what bounds the rules that others write is what is reviewed here. */
function boundaryChange({ name, before, after }: Pair<Boundary>): readonly UnknownRegion[] {
  if (before === undefined || (after !== undefined && isWithin(after, before))) return [];
  const because = `allow rules in \`${before.folder}\` may come to match more`;
  return [told("Boundary", name, after === undefined ? "no longer" : "otherwise", because)];
}

/** Whether a Boundary allows nothing that another does not, as far as equal entries show. */
function isWithin({ folder, allows }: Boundary, wider: Boundary): boolean {
  if (folder !== wider.folder && !wider.folder.startsWith(`${folder}/`)) return false;
  const lists: Readonly<Record<string, readonly string[] | undefined>> = { ...allows };
  return Object.entries(wider.allows).every(
    ([key, allowed]) => lists[key]?.every((entry) => allowed.includes(entry)) === true,
  );
}

function listChange({ name, before, after }: Pair<List>): readonly UnknownRegion[] {
  if (JSON.stringify(before?.remote) === JSON.stringify(after?.remote)) return [];
  const how = before === undefined ? "now" : after === undefined ? "no longer" : "otherwise";
  return [told("List", name, how, "what it is loaded from is not looked into")];
}

function toolChanges(
  { name, before, after }: Pair<Tool>,
  old: PolicyRules,
  now: PolicyRules,
): readonly UnknownRegion[] {
  const parts: string[] = [];
  if (cover(before) !== cover(after)) {
    parts.push("labels decide what delegation and restrictions cover");
  }
  if (before?.pin !== after?.pin) parts.push("another definition of it may be accepted");
  if ((before?.audit ?? "required") === "required" && after?.audit === "batched") {
    parts.push("its actions no longer wait until they are recorded");
  }
  if (sorted(before?.redact) !== sorted(after?.redact)) {
    parts.push("other values of its actions are kept out of records and of history");
  }
  if (parts.length === 0) return [];
  // What a set does not grant at all is newly allowed or denied, which is shown by a request.
  const described = before !== undefined && after !== undefined;
  if (!described && !(mayGrant(old, name) && mayGrant(now, name))) return [];
  const how = described ? "otherwise" : after === undefined ? "no longer" : "now";
  return [told("Tool", name, how, parts.join("; "))];
}

function sorted(paths: readonly string[] = []): string {
  return [...paths].sort().join();
}

/** What of a Tool is read besides the request; a tool without a document has none of it. */
function cover(tool: Tool | undefined): string {
  if (tool === undefined) return "";
  const { labels, results, root, arguments: uses } = tool;
  return JSON.stringify([labels, results, root ?? null, uses]);
}

function mayGrant(rules: PolicyRules, tool: string): boolean {
  const [server = "", ...name] = tool.split(".");
  const place = { server, listed: true, name: name.join("."), phase: "call", taken: [] } as const;
  return rules.at(place).some(({ rule }) => rule.effect === "allow");
}
