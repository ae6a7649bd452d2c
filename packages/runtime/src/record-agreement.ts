import { canonicalJson } from "@holdfast/model";
import type { Decision, RecordOf } from "@holdfast/model";
import { boundedRules } from "./decision-record.ts";
import { grants } from "./judgement.ts";
import type { DecidedEntry } from "./recorded-entry.ts";

/**
 * Members of a record that say something else than the payload it names. What a record says is what
 * is searched, exported and proved, and what is left when its payload is erased; what is decided
 * again is the payload: so a decision is only the recorded one where both say the same. Empty for
 * all that a guard writes.
 */
export function misstated(entry: DecidedEntry): readonly string[] {
  const [told, meant] = entry.kind === "decision" ? ofDecision(entry) : ofOutcome(entry);
  const wrong = Object.keys(meant).filter((name) => told[name] !== meant[name]);
  const { record, payload } = entry;
  const { decision } = payload;
  if (!isList(record.rules, decision.rules)) wrong.push("rules");
  if (!isAlike(record.restrict, decision.restrict)) wrong.push("restrict");
  return wrong;
}

/** What each of the two says, member by member. */
type Sides = readonly [Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>];

type EntryOf<Kind extends DecidedEntry["kind"]> = Extract<DecidedEntry, { readonly kind: Kind }>;

function ofDecision({ record, payload }: EntryOf<"decision">): Sides {
  const { input, decision } = payload;
  const { request } = input;
  const { agent, session, tool, action } = record;
  const told = {
    ...verdictOf(record),
    granted: record.granted,
    tenant: record.tenant,
    agent: agent.id,
    version: agent.version,
    session: session?.id,
    root: session?.root,
    parent: record.parent,
    id: action.id,
    kind: action.kind,
    operation: action.operation,
    phase: action.phase,
    server: tool.server,
    tool: tool.name,
    delegation: record.delegation?.join("\n"),
    shadow: record.shadow?.effect,
  };
  const { delegation } = request;
  const meant = {
    ...verdictOf(decision),
    time: input.nowMs,
    granted: grants(decision),
    tenant: request.tenant,
    agent: request.agent.id,
    version: request.agent.version,
    session: request.session?.id,
    root: request.session && (request.session.root ?? request.session.id),
    parent: request.parent,
    id: request.id,
    kind: request.action.kind,
    operation: request.action.operation,
    phase: request.action.phase,
    server: request.tool.server,
    tool: request.tool.name,
    delegation:
      delegation.length === 0 ? undefined : delegation.map((hop) => hop.agent.id).join("\n"),
    shadow: decision.shadow?.effect,
  };
  return [{ ...told, time: record.time }, meant];
}

function ofOutcome({ record, payload }: EntryOf<"outcome">): Sides {
  const { input, decision } = payload;
  const { outcome, id } = input.request;
  const told = {
    ...verdictOf(record),
    time: record.time,
    id: record.action.id,
    status: record.status,
    durationMs: record.durationMs,
    cost: record.cost,
  };
  const meant = {
    ...verdictOf(decision),
    time: input.nowMs,
    id: id ?? "",
    status: outcome?.status ?? "failure",
    durationMs: outcome?.durationMs ?? 0,
    cost: outcome?.cost,
  };
  return [told, meant];
}

function verdictOf({ effect, code, bundle }: Pick<Decision, "effect" | "code" | "bundle">) {
  return { effect, code, bundle };
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
