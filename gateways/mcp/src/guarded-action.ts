import type { Json, JsonObject, RequestInput } from "@holdfast/model";
import type { Guard, Permit, Refusal } from "@holdfast/runtime";
import { fromDecision, fromResult, resultOf, succeeded } from "./decision-mapper.ts";
import { relayed } from "./relay.ts";
import { reply } from "./reply.ts";
import type { Denial } from "./decision-mapper.ts";
import type { Answer } from "./in-flight.ts";
import type { ResponseMessage } from "./message.ts";
import type { DecisionReport } from "./operator-line.ts";
import type { ActionCall } from "./request-mapper.ts";

/** One action on its way: what is asked, how it is carried out, and who is told. */
export interface GuardedAction {
  readonly guard: Pick<Guard, "begin" | "end">;
  readonly call: ActionCall;
  readonly request: RequestInput;
  /** Sends the call with exactly these arguments. */
  readonly execute: (args: JsonObject, permit: Permit) => Promise<Answer>;
  /** Adds words of a result that its fold does not see to origins, before any of it is passed on. */
  readonly hear: (result: Json) => Promise<void>;
  /** Keeps the permit open when the answer is not the result yet; see `TaskTable`. */
  readonly defer?: (permit: Permit, response: ResponseMessage) => boolean;
  /** The action to take instead when a refusal names one. */
  readonly instead?: (refusal: Refusal) => GuardedAction | undefined;
  readonly report: (report: DecisionReport) => void;
  /** one line for the operator; never holds an argument */
  readonly note: (text: string) => void;
}

/**
 * Decides, executes and concludes one action; the only place where something is executed. Gives
 * the reply, or undefined when the sender cancelled. INVARIANT: `execute` runs only with a
 * permit of `begin`, and with the arguments of that permit.
 */
export async function guardedAction(action: GuardedAction): Promise<JsonObject | undefined> {
  const { call, guard, request } = action;
  const startedMs = performance.now();
  let verdict: Permit | Refusal;
  try {
    verdict = await guard.begin(request);
  } catch (error) {
    return failedClosed(action, "begin", error);
  }
  action.report({
    phase: "call",
    tool: toolOf(request),
    decision: verdict.decision,
    explanation: verdict.explanation,
    latencyMs: performance.now() - startedMs,
    record: verdict.sequence,
  });
  if (!isPermit(verdict)) {
    const instead = action.instead?.(verdict);
    return instead === undefined
      ? reply(call.id, fromDecision(call, verdict))
      : guardedAction(instead);
  }
  let answer: Answer;
  try {
    answer = carries(verdict)
      ? await action.execute(verdict.args, verdict)
      : { kind: "refused", denial: notCarried };
  } catch (error) {
    answer = { kind: "garbled", reason: "the call failed inside the gateway" };
    action.note(`internal error in a call: ${nameOf(error)}`);
  }
  if (answer.kind === "response" && action.defer?.(verdict, answer.message) === true) {
    return { ...answer.message.json, id: call.id };
  }
  return concluded(action, verdict, answer);
}

/** Reports how a permitted action ended, and gives the reply that may be shown. */
export async function concluded(
  action: Pick<GuardedAction, "guard" | "call" | "report" | "note" | "request" | "hear">,
  permit: Permit,
  answer: Answer,
): Promise<JsonObject | undefined> {
  const { call, guard } = action;
  try {
    switch (answer.kind) {
      case "lost":
        // Sent and never answered: it may have run. Without an outcome the log says just that.
        return relayed(call.id, answer);
      case "unsent":
      case "cancelled":
        await guard.end(permit, { status: "failure", nothingSent: true });
        return relayed(call.id, answer);
      case "refused":
        await guard.end(permit, { status: "failure", nothingSent: true });
        return reply(call.id, fromDecision(call, answer.denial));
      case "garbled":
        await guard.end(permit, { status: "failure" });
        return relayed(call.id, answer);
      case "response":
        return await released(action, permit, answer.message);
    }
  } catch (error) {
    return failedClosed(action, "end", error);
  }
}

async function released(
  action: Pick<GuardedAction, "guard" | "call" | "report" | "request" | "hear">,
  permit: Permit,
  message: ResponseMessage,
): Promise<JsonObject | undefined> {
  const { call, guard, request } = action;
  const { body } = message;
  const startedMs = performance.now();
  const result = resultOf(body);
  await action.hear(result);
  const shown = await guard.end(permit, {
    status: succeeded(body) ? "success" : "failure",
    result,
    fromAgent: call.from === "server",
  });
  // Only a change is worth a line: that the result is shown as it came is what the call line says.
  if (!shown.released || shown.redacted) {
    action.report({
      phase: "result",
      tool: toolOf(request),
      decision: shown.decision,
      explanation: undefined,
      latencyMs: performance.now() - startedMs,
      record: shown.sequence,
    });
  }
  if ("malformed" in body) return relayed(call.id, { kind: "response", message });
  return { ...fromResult(call.method, message, shown), id: call.id };
}

/** What a guard that throws means: nothing is known to be allowed, so nothing is. */
function failedClosed(
  { call, note }: Pick<GuardedAction, "call" | "note">,
  step: "begin" | "end",
  error: unknown,
): JsonObject {
  note(`the guard failed in ${step}: ${nameOf(error)}`);
  const denial: Denial = {
    decision: { effect: "deny", code: "unavailable" },
    message:
      step === "begin"
        ? "Holdfast did not run this: it could not be decided. An operator has to look at Holdfast."
        : "Holdfast withheld the result: it could not be checked. An operator has to look at Holdfast.",
  };
  return reply(call.id, fromDecision(call, denial));
}

/** Only the literal `true` grants: a guard that answers anything else has not said yes. */
function isPermit(verdict: Permit | Refusal): verdict is Permit {
  const granted: unknown = verdict.granted;
  return granted === true;
}

/** Whether everything the decision asks for besides executing is something this gateway does. */
function carries({ obligations, sandbox, signal }: Permit): boolean {
  return obligations.length === 0 && sandbox === undefined && !signal.aborted;
}

const notCarried: Denial = {
  decision: { effect: "deny", code: "unavailable" },
  message: "Holdfast did not run this: it cannot do here what policy asks. Do not retry.",
};

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "unknown";
}

function toolOf({ tool }: RequestInput): string {
  return `${tool.server ?? "local"}.${tool.name}`;
}
