import { HoldfastError } from "@holdfast/model";
import type { Decision } from "@holdfast/model";
import { fallbackRequest } from "./action-ledger.ts";
import type { ActionEntry, ActionId } from "./action-ledger.ts";
import { actionIdVeto, admit, deepFreeze } from "./admission.ts";
import type { Admitted } from "./admission.ts";
import { decisionRecord } from "./decision-record.ts";
import { end } from "./end.ts";
import { withFacts } from "./fact/known-facts.ts";
import { decideAdmitted, explainJudged, unavailable } from "./guard-core.ts";
import type { GuardCore } from "./guard-core.ts";
import type { Caller } from "./guard.ts";
import type { Appended } from "./journal.ts";
import { countsAsAttempt, grants } from "./judgement.ts";
import { decisionOccurrence } from "./occurrence.ts";
import { GivenPermit } from "./permit.ts";
import type { Permit } from "./permit.ts";
import { redactJudged } from "./redacted-judgement.ts";
import type { RedactedJudged } from "./redacted-judgement.ts";
import { redactionOf } from "./redaction.ts";
import { Refusal, refusalMessage } from "./refusal.ts";
import { Revocation } from "./revocation.ts";
import { traceOf } from "./trace-context.ts";

/** Bytes kept for the decision and the outcome of each action that is under way on a full disk. */
const roomForAction = 128 * 1024;

/** A decision that is taken, folded and on its way to the disk. */
interface Committed {
  readonly appended: Appended;
  readonly answer: Permit | Refusal;
  readonly waits: boolean;
  /** of a permit */
  readonly revocation?: Revocation;
}

/** `Guard.begin`; see there. Whatever goes wrong ends in a refusal. */
export async function begin(
  core: GuardCore,
  value: unknown,
  caller: Caller,
): Promise<Permit | Refusal> {
  let tool = "the action";
  try {
    if (core.journal.failure !== undefined) throw core.journal.failure;
    const admitted = admit(value, caller, core.admission);
    tool = toolText(admitted);
    return await withFacts(core, { admitted, caller, inTurn: true }, (known) => take(core, known));
  } catch (error) {
    const decision = unrecorded(core, error);
    return new Refusal({ decision, message: refusalMessage(decision, tool, core.engine.bundle) });
  }
}

/** What `begin` does in one step once facts are known; it commits before it first waits. */
async function take(core: GuardCore, admitted: Admitted): Promise<Permit | Refusal> {
  if (core.journal.failure !== undefined) throw core.journal.failure;
  const underWay = core.admission.ledger.openCount + 1;
  if (!core.journal.hasRoom(roomForAction * underWay)) return fullDisk(core, admitted);
  const entry = core.admission.ledger.find(idOf(admitted));
  if (entry === undefined || !countsAsAttempt(admitted.veto)) {
    return settle(core, commit(core, admitted));
  }
  if (entry.binding === admitted.binding) return repeat(core, admitted, entry);
  return settle(core, commit(core, { ...admitted, veto: actionIdVeto }));
}

function idOf({ request, isMinted }: Admitted): ActionId {
  return { id: request.id, isMinted };
}

/**
 * Refuses without a record, as there is no room for one: nothing is decided, folded or used up, so
 * that the same action may be asked again when there is.
 */
function fullDisk(core: GuardCore, admitted: Admitted): Refusal {
  const decision = auditUnavailable(core, "the disk has no room for the record of an action");
  const { bundle } = core.engine;
  const message = refusalMessage(decision, toolText(admitted), bundle);
  return new Refusal({ decision, id: admitted.request.id, message });
}

/** The denial of what the log cannot take, or of a guard that fails for another reason. */
function unrecorded(core: GuardCore, cause: unknown): Decision {
  const reason = "the decision could not be recorded";
  const lacksDisk = core.journal.lacksDisk || isVaultWrite(cause);
  return lacksDisk ? auditUnavailable(core, reason) : unavailable(core, reason);
}

/** The key of a new subject could not be stored: nothing was appended or folded. */
function isVaultWrite(cause: unknown): boolean {
  return cause instanceof HoldfastError && cause.code === "vault_write";
}

function auditUnavailable(core: GuardCore, reason: string): Decision {
  return { ...unavailable(core, reason), code: "audit_unavailable" };
}

/**
 * One synchronous step, so that no other action comes in between: decide, append, fold. The
 * append comes before the fold since the fold needs the record's place, and a record that
 * cannot be appended must leave no trace in the state.
 */
function commit(core: GuardCore, admitted: Admitted): Committed {
  const { engine, state, journal, clock, admission } = core;
  const { ledger } = admission;
  const startedTickMs = clock.monotonicMs();
  const judged = decideAdmitted(core, admitted, core.timekeeper.nowMs());
  const decision = deepFreeze(judged.decision);
  const granted = grants(decision);
  const explanation = core.explanations ? deepFreeze(explainJudged(core, judged)) : undefined;
  const latencyNs = Math.max(0, Math.round((clock.monotonicMs() - startedTickMs) * 1e6));
  const trace = traceOf(admitted.request, core.random);
  const root = admitted.request.session?.root;
  const seen = root === undefined ? undefined : core.seen.of(root);
  const { redaction, isFallback } = admitted;
  const recorded: RedactedJudged =
    redaction === undefined ? judged : redactJudged(core, judged, { redaction, isFallback });
  const { record, evidence } = decisionRecord(
    { admitted, ...recorded, granted, latencyNs, trace, seen },
    core.pep,
    core.sealing,
  );
  const appended = journal.append(record, evidence);
  const { sequence } = appended;
  try {
    const occurrence = decisionOccurrence(sequence, granted, recorded);
    if (occurrence !== undefined) engine.fold(state, occurrence);
  } catch (cause) {
    // A fold that stopped half way leaves a state nobody can vouch for.
    journal.fail(cause);
    throw cause;
  }
  if (countsAsAttempt(judged.veto)) {
    ledger.claim(idOf(admitted), { sequence, binding: admitted.binding });
    ledger.remember(sequence, { decision, durable: appended.durable });
  }
  if (decision.restrict !== undefined) ledger.revoke(admitted.request, sequence);
  const parts = { decision, sequence, ...(explanation === undefined ? {} : { explanation }) };
  if (granted) {
    const revocation = new Revocation();
    const opened = { admitted, startedTickMs, parts, traceparent: trace.out, revocation };
    const answer = open(core, opened);
    return { appended, answer, waits: admitted.audit === "required", revocation };
  }
  return { appended, answer: refuse(core, admitted, parts), waits: true };
}

type AnswerParts = Pick<Permit, "decision" | "sequence" | "explanation">;

function open(
  core: GuardCore,
  given: {
    readonly admitted: Admitted;
    readonly startedTickMs: number;
    readonly parts: AnswerParts;
    readonly traceparent: string;
    readonly revocation: Revocation;
  },
): Permit {
  const {
    request,
    mode,
    audit,
    isFallback,
    redaction,
    facts: { original, decided = original } = {},
  } = given.admitted;
  const { parts, revocation, startedTickMs } = given;
  const { decision } = parts;
  const permit = new GivenPermit(parts, {
    request,
    traceparent: given.traceparent,
    simulated: isFallback || decision.sandbox !== undefined,
    revocation,
  });
  const opened = { permit, mode, audit, redact: redaction?.paths ?? [], startedTickMs, revocation };
  core.admission.ledger.open(decided === undefined ? opened : { ...opened, facts: decided });
  return permit;
}

function refuse(core: GuardCore, admitted: Admitted, parts: AnswerParts): Refusal {
  const { request, credential } = admitted;
  const fallback = fallbackRequest(request, parts.decision);
  if (fallback !== undefined) {
    const { ledger, redactionKey, registry } = core.admission;
    const redaction = redactionOf(registry.document(fallback.tool)?.redact, redactionKey);
    ledger.offer(redaction?.request(fallback).request ?? fallback, credential);
  }
  return new Refusal({
    ...parts,
    id: request.id,
    message: refusalMessage(parts.decision, toolText(admitted), core.engine.bundle),
    ...(fallback === undefined ? {} : { fallback: deepFreeze(fallback) }),
  });
}

/** Holds the answer back until its record is durable, and gives no permit that was revoked meanwhile. */
async function settle(core: GuardCore, { appended, answer, waits, revocation }: Committed) {
  if (waits) await appended.durable;
  await core.indexing?.room();
  if (core.journal.failure !== undefined) throw core.journal.failure;
  if (!answer.granted || revocation?.isRevoked !== true) return answer;
  await end(core, answer, { status: "failure", nothingSent: true });
  const reason = "a restriction came into force before the action could start";
  const decision: Decision = { ...unavailable(core, reason), code: "restricted" };
  const { server, name } = answer.request.tool;
  return new Refusal({
    decision,
    id: answer.id,
    sequence: answer.sequence,
    message: refusalMessage(decision, `${server}.${name}`, core.engine.bundle),
  });
}

/** The recorded answer once more, as a refusal even when the first one was a permit. */
async function repeat(core: GuardCore, { request }: Admitted, { sequence }: ActionEntry) {
  const given = core.admission.ledger.answer(sequence);
  const decision = given?.decision ?? (await core.journal.decisionAt(sequence));
  await given?.durable;
  if (core.journal.failure !== undefined) throw core.journal.failure;
  const tool = `${request.tool.server}.${request.tool.name}`;
  return new Refusal({
    decision,
    id: request.id,
    sequence,
    repeated: true,
    message: grants(decision)
      ? `Holdfast did not run ${tool} again: this action was already permitted once.`
      : refusalMessage(decision, tool, core.engine.bundle),
  });
}

function toolText({ request: { tool } }: Admitted): string {
  return `${tool.server}.${tool.name}`;
}
