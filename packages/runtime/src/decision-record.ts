import type { Decision, Json, JsonLike, Obligation, RecordOf } from "@holdfast/model";
import type { Admitted } from "./admission.ts";
import { actionSubject, sealEvidence } from "./evidence.ts";
import type { Evidence, Sealing } from "./evidence.ts";
import type { RecordedInput, Veto } from "./judgement.ts";
import type { SessionSeen } from "./snapshot/seen-table.ts";
import type { TraceContext } from "./trace-context.ts";
import { payloadIdentity } from "./vault/sealed-payload.ts";

/** Who enforces, as written into each record. */
export interface EnforcementPoint {
  readonly type: string;
  readonly id: string;
  readonly version: string;
}

/** A decision and all that has to be written down about it. */
export interface DecidedAction {
  readonly admitted: Admitted;
  readonly input: RecordedInput;
  readonly decision: Decision;
  readonly veto?: Veto;
  readonly granted: boolean;
  /** digest of what the decision could read of the state */
  readonly state: string;
  readonly latencyNs: number;
  readonly trace: TraceContext;
  /** what was charged under the action's keys before it, by Meter */
  readonly meters?: Json;
  /** values were left out of this, and whether deciding on what is left gives the same */
  readonly redacted?: "recomputes" | "unreadable";
  /** what its session root had seen */
  readonly seen: SessionSeen | undefined;
}

/** A granted action's end and all that has to be written down about it. */
export interface EndedAction {
  /** index of the decision record */
  readonly sequence: number;
  readonly input: RecordedInput;
  readonly decision: Decision;
  readonly veto?: Veto;
  readonly state: string;
  readonly simulated: boolean;
  readonly nothingSent: boolean;
  readonly fromAgent?: true;
  /** as in a decision */
  readonly redacted?: "recomputes" | "unreadable";
  /** labels of the result, where it is let through */
  readonly taints: readonly string[];
}

/** A record body has 65,535 bytes; a list of rules may take this much of it. The payload has all. */
const rulesBytesMax = 20 * 1024;

/** The same for obligations. */
const obligationsBytesMax = 4 * 1024;

/** The same for what stands on Meters, and for labels. */
const metersBytesMax = 4 * 1024;
const taintsBytesMax = 4 * 1024;

/** The record of a decision: what stays in the tree, and the payload that can be erased. */
export function decisionRecord(
  decided: DecidedAction,
  pep: EnforcementPoint,
  sealing: Sealing,
): { record: RecordOf<"decision">; evidence: Evidence } {
  const { admitted, input, decision, veto, granted, state, latencyNs, trace } = decided;
  const { seen } = decided;
  const { request, definition } = admitted;
  const owner = {
    subject: actionSubject(request),
    identity: payloadIdentity("decision", request.id),
  };
  const evidence = sealEvidence(
    { ...personalFields(input, decision), credential: admitted.credential },
    {
      ...matterOf(input, decision, veto),
      credential: admitted.credential,
      fallback: admitted.isFallback ? true : undefined,
      received: admitted.received,
    },
    { owner, sealing },
    admitted.texts,
  );
  const { session, tool, agent, action, delegation } = request;
  const record: RecordOf<"decision"> = {
    v: 1,
    kind: "decision",
    time: input.nowMs,
    pep: { ...pep },
    tenant: request.tenant,
    agent: { id: agent.id, version: agent.version },
    delegation: delegation.length === 0 ? undefined : delegation.map((hop) => hop.agent.id),
    session: session && { id: session.id, root: session.root ?? session.id },
    parent: request.parent,
    trace: { ...trace },
    action: { id: request.id, ...action },
    tool: { ...tool, definition },
    effect: decision.effect,
    code: decision.code,
    rules: boundedRules(decision.rules),
    ...besides(decision),
    confidence: confidenceOf(request.context["confidence"]),
    audit: admitted.audit === "batched" ? "batched" : undefined,
    bundle: decision.bundle,
    mode: admitted.mode,
    granted,
    state,
    meters: chargedMeters(decided.meters),
    seen: seen && seenOf(seen),
    taints: seen && taintsOf(seen.taints),
    shadow: decision.shadow && {
      effect: decision.shadow.effect,
      code: decision.shadow.code,
      rules: boundedRules(decision.shadow.rules),
    },
    restrict: decision.restrict,
    latencyNs,
    redacted: decided.redacted,
    commit: evidence.commit,
    payload: evidence.payload,
  };
  return { record, evidence };
}

/** The record of an outcome, split in the same way. */
export function outcomeRecord(
  ended: EndedAction,
  sealing: Sealing,
): { record: RecordOf<"outcome">; evidence: Evidence } {
  const { input, decision, veto, simulated, nothingSent, fromAgent } = ended;
  const { request } = input;
  const id = request.id ?? "";
  const owner = { subject: actionSubject(request), identity: payloadIdentity("outcome", id) };
  const evidence = sealEvidence(
    { result: request.result, ...personalFields(input, decision) },
    { ...matterOf(input, decision, veto), simulated, nothingSent, fromAgent },
    { owner, sealing },
  );
  const record: RecordOf<"outcome"> = {
    v: 1,
    kind: "outcome",
    time: input.nowMs,
    decision: ended.sequence,
    action: { id },
    status: request.outcome?.status ?? "failure",
    durationMs: request.outcome?.durationMs ?? 0,
    cost: request.outcome?.cost,
    taints: taintsOf(ended.taints),
    effect: decision.effect,
    code: decision.code,
    rules: boundedRules(decision.rules),
    restrict: decision.restrict,
    bundle: decision.bundle,
    state: ended.state,
    redacted: ended.redacted,
    commit: evidence.commit,
    payload: evidence.payload,
  };
  return { record, evidence };
}

/** What a person may have said or sent: committed to one by one, so that each can be shown alone. */
function personalFields(
  { request, external, facts }: RecordedInput,
  decision: Decision,
): Record<string, JsonLike | undefined> {
  return {
    args: request.args,
    request,
    user: request.user ?? undefined,
    delegation: request.delegation.length === 0 ? undefined : request.delegation,
    context: Object.keys(request.context).length === 0 ? undefined : request.context,
    resources: request.resources.length === 0 ? undefined : request.resources,
    external: Object.keys(external).length === 0 ? undefined : external,
    facts: facts && { ...facts },
    reason: decision.reason,
    executed: decision.args,
    shown: decision.result,
  };
}

function matterOf(
  input: RecordedInput,
  decision: Decision,
  veto: Veto | undefined,
): Record<string, JsonLike | undefined> {
  const { capabilities, facts } = input;
  return {
    input: {
      ...input,
      capabilities: capabilities && { ...capabilities },
      facts: facts && { ...facts },
    },
    facts: {},
    decision,
    veto: veto && { ...veto },
  };
}

/** Meters with nothing on them are left out, and those for which there is no room. */
function chargedMeters(meters: Json | undefined): Record<string, number> | undefined {
  if (typeof meters !== "object" || meters === null || Array.isArray(meters)) return undefined;
  const charged = Object.entries(meters).flatMap(([name, amount]): [string, number][] =>
    typeof amount === "number" && amount > 0 ? [[name, amount]] : [],
  );
  if (charged.length === 0) return undefined;
  const sizeOf = ([name]: readonly [string, number]): number => Buffer.byteLength(name) + 28;
  return Object.fromEntries(within(metersBytesMax, charged, sizeOf));
}

function seenOf({ prompt, documents }: SessionSeen): RecordOf<"decision">["seen"] {
  if (prompt === undefined && documents === undefined) return undefined;
  return { prompt: prompt && { ...prompt }, documents: documents && { ...documents } };
}

function taintsOf(labels: readonly string[]): string[] | undefined {
  if (labels.length === 0) return undefined;
  return within(taintsBytesMax, labels, (label) => Buffer.byteLength(label) + 3);
}

/** The rules of a decision as its record has room for them. */
export function boundedRules(rules: readonly string[]): string[] {
  return within(rulesBytesMax, rules, (rule) => Buffer.byteLength(rule) + 3);
}

/** A decision that asks for nothing besides says nothing of it. */
function besides({ obligations }: Decision): Pick<RecordOf<"decision">, "obligations"> {
  if (obligations.length === 0) return {};
  const sizeOf = (each: Obligation): number => Buffer.byteLength(JSON.stringify(each)) + 1;
  return { obligations: within(obligationsBytesMax, obligations, sizeOf) };
}

/** The first of a list, as far as they take no more than `bytesMax` together. */
function within<T>(bytesMax: number, list: readonly T[], sizeOf: (each: T) => number): T[] {
  if (list.length === 0) return [];
  let bytes = 0;
  return list.filter((each) => {
    bytes += sizeOf(each);
    return bytes <= bytesMax;
  });
}

function confidenceOf(given: Json | undefined): number | undefined {
  return typeof given === "number" && given >= 0 && given <= 1 ? given : undefined;
}
