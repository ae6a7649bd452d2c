import { canonicalJson, jsonLimits, readRequest } from "@holdfast/model";
import type { ActionFacts, Decision, Json, Request } from "@holdfast/model";
import type { OpenPermit } from "./action-ledger.ts";
import { deepFreeze } from "./admission.ts";
import { outcomeRecord } from "./decision-record.ts";
import { unlabelled } from "./enforcement.ts";
import { currentFacts, gatherFacts, originalFacts } from "./fact/fact-gathering.ts";
import { decideMatter, unavailable } from "./guard-core.ts";
import type { GuardCore, Judged } from "./guard-core.ts";
import type { Appended } from "./journal.ts";
import type { Matter, RecordedInput, Veto } from "./judgement.ts";
import { outcomeOccurrence } from "./occurrence.ts";
import type { Ending, Permit, ResultDecision } from "./permit.ts";
import { redactJudged } from "./redacted-judgement.ts";
import type { RedactedJudged } from "./redacted-judgement.ts";
import { redactionOf } from "./redaction.ts";
import { withheldMessage } from "./refusal.ts";

/** The largest request that carries a result, in bytes of canonical JSON: the log holds two such. */
const resultBytesMax = 15 * 1024 * 1024;

/** A result may hold as many values as the request it came of, and the outcome a few. */
const resultLimits = { valuesMax: 2 * jsonLimits.valuesMax + 1000 };

const resultVeto: Veto = {
  cause: "result",
  code: "unavailable",
  reason: "the result is not JSON, or too large or too deep to be decided and recorded",
};

const endingVeto: Veto = {
  cause: "result",
  code: "unavailable",
  reason: "what ended the action cannot be read: `status` must be `success` or `failure`",
};

/** An ending as it was read, once; `veto` when it is none. */
interface ReadEnding {
  readonly ending: Pick<Ending, "status"> & {
    readonly [Member in keyof Omit<Ending, "status">]: Ending[Member] | undefined;
  };
  readonly veto?: Veto;
}

/** `Guard.end`; see there. Whatever goes wrong withholds the result. */
export async function end(core: GuardCore, permit: Permit, given: Ending): Promise<ResultDecision> {
  const open = core.admission.ledger.take(permit);
  if (open === undefined) return withheld(core, "the permit has ended, or is not of this guard");
  try {
    const { appended, decision, result } = await commitWithFacts(core, open, readEnding(given));
    if (open.audit === "required" || decision.restrict !== undefined) await appended.durable;
    if (core.journal.failure !== undefined) throw core.journal.failure;
    return answer(core, permit, { sequence: appended.sequence, decision, result });
  } catch (cause) {
    // An outcome that cannot be recorded is lost evidence: no further action may build on it.
    core.journal.fail(cause);
    return withheld(core, "the outcome could not be recorded", permit);
  }
}

interface CommittedEnding {
  readonly appended: Appended;
  readonly decision: Decision;
  readonly result: Json;
}

/** Facts are gathered again so often when the bundle or the state has changed meanwhile. */
const roundsMax = 4;

/**
 * Commits once the facts are known that the decision on the result can depend on. Those of the arguments
 * are the ones that were judged when the action began: what it did may have changed them.
 */
async function commitWithFacts(
  core: GuardCore,
  open: OpenPermit,
  given: ReadEnding,
): Promise<CommittedEnding> {
  const asked = resultRequest(core, open, given);
  if (asked.veto !== undefined) return commitEnding(core, open, { given, asked, facts: undefined });
  const { content: _content, ...judged } = open.facts ?? {};
  for (let round = 1; ; round += 1) {
    const gathering = gatherFacts(core, inputOf(core, open, asked.request), judged);
    const gathered = gathering instanceof Promise ? await gathering : gathering;
    const facts = gathered && currentFacts(core, inputOf(core, open, asked.request), gathered);
    if (gathered === undefined || facts !== undefined || round >= roundsMax) {
      const known = facts ?? (gathered && originalFacts(gathered));
      return commitEnding(core, open, { given, asked, facts: known });
    }
  }
}

function inputOf(core: GuardCore, { mode }: OpenPermit, request: Request): RecordedInput {
  return {
    request,
    external: {},
    nowMs: core.timekeeper.nowMs(),
    registry: core.admission.registry.status(request.tool),
    mode,
    capabilities: core.capabilities,
  };
}

/** One synchronous step, like that of `begin`. */
function commitEnding(
  core: GuardCore,
  open: OpenPermit,
  {
    given,
    asked,
    facts,
  }: {
    readonly given: ReadEnding;
    readonly asked: ReturnType<typeof resultRequest>;
    readonly facts: ActionFacts | undefined;
  },
): CommittedEnding {
  const { permit } = open;
  const { request, veto } = asked;
  const input = {
    ...inputOf(core, open, request),
    ...(facts === undefined ? {} : { facts }),
  };
  const matter: Matter = { input, isFallback: false, ...(veto === undefined ? {} : { veto }) };
  const judged = decideMatter(core, matter);
  const decision = deepFreeze(judged.decision);
  const recorded = redactEnding(core, open, judged);
  const { simulated } = permit;
  const nothingSent = given.ending.nothingSent === true;
  const fromAgent = given.ending.fromAgent === true ? { fromAgent: true as const } : {};
  const taints = given.ending.fromAgent === true ? [] : taintsOf(core, request, decision);
  const sequence = permit.sequence;
  const ended = { ...recorded, sequence, simulated, nothingSent, ...fromAgent, taints };
  const { record, evidence } = outcomeRecord(ended, core.sealing);
  const appended = core.journal.append(record, evidence);
  core.engine.fold(core.state, outcomeOccurrence(appended.sequence, ended));
  if (decision.restrict !== undefined) {
    core.admission.ledger.revoke(request, permit.sequence);
  }
  return { appended, decision, result: request.result ?? null };
}

/** Whatever policies said when it began, and whatever they say now, is kept out of the record. */
function redactEnding(core: GuardCore, { redact }: OpenPermit, judged: Judged): RedactedJudged {
  const { registry, redactionKey } = core.admission;
  const now = registry.document(judged.input.request.tool)?.redact ?? [];
  const redaction = redactionOf([...new Set([...redact, ...now])], redactionKey);
  return redaction === undefined
    ? judged
    : redactJudged(core, judged, { redaction, isFallback: false });
}

/** Labels that a result which is let through brings into its session; see `resultEntries` of the engine. */
function taintsOf(
  { admission }: GuardCore,
  { tool, result }: Request,
  decision: Decision,
): readonly string[] {
  const isShown = decision.effect === "allow" || decision.effect === "modify";
  if (!isShown || (decision.result ?? result ?? null) === null) return [];
  const document = admission.registry.document(tool);
  if (document === undefined) return [unlabelled];
  const declared = Object.values(document.results).flatMap(({ labels }) => labels);
  return [...new Set([...document.labels, ...declared])].sort();
}

/**
 * Reads each member once. What is no ending, or throws when it is read, is the caller's mistake
 * and counts as a failure that may have had effects; only the result is lost by it.
 */
function readEnding(given: Ending): ReadEnding {
  try {
    const { status, result, durationMs, cost, nothingSent, fromAgent } = given;
    const ending = { status, result, durationMs, cost, nothingSent, fromAgent };
    if (status === "success" || status === "failure") return { ending };
  } catch {
    // Told by the veto.
  }
  return { ending: { status: "failure" }, veto: endingVeto };
}

/** The request in phase `result`: the arguments that ran, and what came of them. */
function resultRequest(
  { clock }: GuardCore,
  { permit, startedTickMs }: OpenPermit,
  { ending: { status, result, durationMs, cost }, veto }: ReadEnding,
): { request: Request; veto?: Veto } {
  const measuredMs = Math.max(0, clock.monotonicMs() - startedTickMs);
  const base = {
    ...permit.request,
    args: permit.args,
    action: { ...permit.request.action, phase: "result" },
  };
  const outcome = { status, durationMs: durationMs ?? measuredMs, cost };
  const reading = readRequest({ ...base, result: result ?? null, outcome }, resultLimits);
  if (reading.ok && Buffer.byteLength(canonicalJson(reading.request)) <= resultBytesMax) {
    return { request: deepFreeze(reading.request), ...(veto === undefined ? {} : { veto }) };
  }
  const plain = { ...base, result: null, outcome: { status, durationMs: measuredMs } };
  const bare = readRequest(plain, resultLimits);
  if (!bare.ok) throw new Error("a granted request is valid in phase result");
  return { request: deepFreeze(bare.request), veto: resultVeto };
}

function answer(
  core: GuardCore,
  permit: Permit,
  { sequence, decision, result }: { sequence: number; decision: Decision; result: Json },
): ResultDecision {
  switch (decision.effect) {
    case "allow":
      return { released: true, decision, sequence, result, redacted: false };
    case "modify": {
      const shown = decision.result;
      const isRedacted = shown !== undefined;
      return {
        released: true,
        decision,
        sequence,
        result: isRedacted ? shown : result,
        redacted: isRedacted,
      };
    }
    case "sandbox":
    case "throttle":
    case "defer":
    case "step_up":
    case "deny":
    case "contain":
      return { released: false, decision, sequence, message: messageOf(core, permit, decision) };
  }
}

function withheld(core: GuardCore, reason: string, permit?: Permit): ResultDecision {
  const decision = unavailable(core, reason);
  return { released: false, decision, message: messageOf(core, permit, decision) };
}

function messageOf(core: GuardCore, permit: Permit | undefined, decision: Decision): string {
  const tool = permit && `${permit.request.tool.server}.${permit.request.tool.name}`;
  return withheldMessage(decision, tool ?? "the action", core.engine.bundle);
}
