import { canonicalJson } from "@holdfast/model";
import type { Decision, RecordOf } from "@holdfast/model";
import { boundedRules } from "./decision-record.ts";
import { grants } from "./judgement.ts";
import type { DecidedEntry } from "./recorded-entry.ts";

type EntryOf<Kind extends DecidedEntry["kind"]> = Extract<DecidedEntry, { readonly kind: Kind }>;

/**
 * What entries say of a member in their records and in their payloads. Compared one by one, and not
 * as two objects: to make those costs as much as deciding again.
 */
interface Pair<in Entry extends DecidedEntry> {
  readonly name: string;
  readonly told: (record: Entry["record"]) => unknown;
  readonly meant: (payload: Entry["payload"]) => unknown;
}

const verdictPairs: readonly Pair<DecidedEntry>[] = [
  { name: "effect", told: (r) => r.effect, meant: (p) => p.decision.effect },
  { name: "code", told: (r) => r.code, meant: (p) => p.decision.code },
  { name: "bundle", told: (r) => r.bundle, meant: (p) => p.decision.bundle },
  { name: "time", told: (r) => r.time, meant: (p) => p.input.nowMs },
];

const decisionPairs: readonly Pair<EntryOf<"decision">>[] = [
  ...verdictPairs,
  { name: "granted", told: (r) => r.granted, meant: (p) => grants(p.decision) },
  { name: "tenant", told: (r) => r.tenant, meant: (p) => p.input.request.tenant },
  { name: "agent", told: (r) => r.agent.id, meant: (p) => p.input.request.agent.id },
  { name: "version", told: (r) => r.agent.version, meant: (p) => p.input.request.agent.version },
  { name: "session", told: (r) => r.session?.id, meant: (p) => p.input.request.session?.id },
  { name: "root", told: (r) => r.session?.root, meant: rootMeant },
  { name: "parent", told: (r) => r.parent, meant: (p) => p.input.request.parent },
  { name: "id", told: (r) => r.action.id, meant: (p) => p.input.request.id },
  { name: "kind", told: (r) => r.action.kind, meant: (p) => p.input.request.action.kind },
  {
    name: "operation",
    told: (r) => r.action.operation,
    meant: (p) => p.input.request.action.operation,
  },
  { name: "phase", told: (r) => r.action.phase, meant: (p) => p.input.request.action.phase },
  { name: "server", told: (r) => r.tool.server, meant: (p) => p.input.request.tool.server },
  { name: "tool", told: (r) => r.tool.name, meant: (p) => p.input.request.tool.name },
  { name: "delegation", told: (r) => r.delegation?.join("\n"), meant: delegationMeant },
  { name: "shadow", told: (r) => r.shadow?.effect, meant: (p) => p.decision.shadow?.effect },
];

const outcomePairs: readonly Pair<EntryOf<"outcome">>[] = [
  ...verdictPairs,
  { name: "id", told: (r) => r.action.id, meant: (p) => p.input.request.id ?? "" },
  {
    name: "status",
    told: (r) => r.status,
    meant: (p) => p.input.request.outcome?.status ?? "failure",
  },
  {
    name: "durationMs",
    told: (r) => r.durationMs,
    meant: (p) => p.input.request.outcome?.durationMs ?? 0,
  },
  { name: "cost", told: (r) => r.cost, meant: (p) => p.input.request.outcome?.cost },
];

/**
 * Members of a record that say something else than the payload it names. What a record says is what
 * is searched, exported and proved, and what is left when its payload is erased; what is decided
 * again is the payload: so a decision is only the recorded one where both say the same. Empty for
 * all that a guard writes.
 */
export function misstated(entry: DecidedEntry): readonly string[] {
  const wrong =
    entry.kind === "decision" ? differing(decisionPairs, entry) : differing(outcomePairs, entry);
  const { record, payload } = entry;
  const { decision } = payload;
  if (!isList(record.rules, decision.rules)) wrong.push("rules");
  if (!isAlike(record.restrict, decision.restrict)) wrong.push("restrict");
  return wrong;
}

function differing<Entry extends DecidedEntry>(
  pairs: readonly Pair<Entry>[],
  { record, payload }: Entry,
): string[] {
  const wrong: string[] = [];
  for (const { name, told, meant } of pairs) if (told(record) !== meant(payload)) wrong.push(name);
  return wrong;
}

function rootMeant({ input }: EntryOf<"decision">["payload"]): string | undefined {
  const { session } = input.request;
  return session && (session.root ?? session.id);
}

function delegationMeant({ input }: EntryOf<"decision">["payload"]): string | undefined {
  const { delegation } = input.request;
  return delegation.length === 0 ? undefined : delegation.map((hop) => hop.agent.id).join("\n");
}

/** A record has room for a beginning of many rules. */
function isList(told: readonly string[], rules: readonly string[]): boolean {
  const isSame = (list: readonly string[]): boolean =>
    told.length === list.length && told.every((rule, at) => rule === list[at]);
  return isSame(rules) || isSame(boundedRules(rules));
}

function isAlike(told: RecordOf<"decision">["restrict"], meant: Decision["restrict"]): boolean {
  if (told === undefined || meant === undefined) return told === meant;
  return canonicalJson({ ...told }) === canonicalJson({ ...meant });
}
