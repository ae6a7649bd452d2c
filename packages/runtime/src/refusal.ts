import type { Bundle, Explanation } from "@holdfast/engine";
import type { Decision, Request } from "@holdfast/model";

/** What a refusal carries. */
export interface RefusalParts {
  readonly decision: Decision;
  /** for the agent: no rule, file, condition or state in it */
  readonly message: string;
  /** action id; absent when the request was not valid */
  readonly id?: string;
  /** index of the decision record; absent when nothing could be recorded */
  readonly sequence?: number;
  /** the action id was decided before, and this is that answer */
  readonly repeated?: true;
  /** the action did run; it is its result that is refused */
  readonly ran?: true;
  /** the one other action to begin instead, decided on its own */
  readonly fallback?: Request;
  /** for operators */
  readonly explanation?: Explanation;
}

/**
 * The answer of `begin` to an action that must not run, and of `run` when a result must not be
 * shown (`ran`). A class, so that no tool result passes for one.
 */
export class Refusal {
  readonly granted = false;
  readonly decision: Decision;
  readonly message: string;
  readonly id: string | undefined;
  readonly sequence: number | undefined;
  readonly repeated: boolean;
  readonly ran: boolean;
  readonly retryAfterMs: number | undefined;
  readonly fallback: Request | undefined;
  readonly explanation: Explanation | undefined;

  constructor(parts: RefusalParts) {
    this.decision = parts.decision;
    this.message = parts.message;
    this.id = parts.id;
    this.sequence = parts.sequence;
    this.repeated = parts.repeated ?? false;
    this.ran = parts.ran ?? false;
    this.retryAfterMs = parts.decision.retryAfterMs;
    this.fallback = parts.fallback;
    this.explanation = parts.explanation;
  }
}

/** The longest reason of a policy author that is passed on. */
const reasonLengthMax = 300;

/**
 * What an agent is told of a refusal: what did not happen, why in one of a few fixed phrases,
 * and whether trying again makes sense. The only words of the policy set in it are the `reason`
 * that a person wrote into the deciding rule for this purpose; errors, limits, names of rules,
 * files and conditions stay with the operators.
 */
export function refusalMessage(decision: Decision, tool: string, bundle: Bundle): string {
  return `Holdfast did not run ${tool}: ${because(decision, bundle)}`;
}

/** What an agent is told when the result of an action that ran is withheld. */
export function withheldMessage(decision: Decision, tool: string, bundle: Bundle): string {
  const because =
    decision.code === "unavailable" ? unavailableText : writtenReason(decision, bundle);
  return `Holdfast withheld the result of ${tool}, which did run: ${because ?? "policy does not let it be shown."} Do not repeat the call to see it.`;
}

const unavailableText =
  "it could not be checked and recorded safely. An operator has to look at Holdfast.";

function because(decision: Decision, bundle: Bundle): string {
  switch (decision.effect) {
    case "throttle":
      return `a limit is reached. ${whenToRetry(decision.retryAfterMs)}`;
    case "step_up":
      return "it needs a person's approval, and no approver is configured here. Do not retry; tell the user.";
    case "defer":
      return `it cannot be decided yet, and nothing here can resume it. ${whenToRetry(decision.retryAfterMs)}`;
    case "deny":
    case "contain":
    case "allow":
    case "modify":
    case "sandbox":
      return becauseOf(decision, bundle);
  }
}

function becauseOf(decision: Decision, bundle: Bundle): string {
  switch (decision.code) {
    case "invalid_request":
      return "the request is not valid. Do not retry it unchanged.";
    case "restricted":
      return "this agent is restricted. Do not retry; tell the user.";
    case "out_of_scope":
      return "it is outside what this agent was given. Do not retry.";
    case "registry":
      return "this tool is not cleared for use. Do not retry; an operator has to look at it.";
    case "schema":
      return "the arguments do not fit the tool. Correct them before you retry.";
    case "limit":
      return "a limit is reached. Do not retry it unchanged.";
    case "unavailable":
    case "audit_unavailable":
      return unavailableText;
    case "modify_conflict":
    case "eval_error":
      return "policy could not clear it. Do not retry it unchanged.";
    case "rule":
      return `${writtenReason(decision, bundle) ?? "policy forbids it."} Do not retry it unchanged.`;
    case "default_deny":
      return "policy does not allow it. Do not retry it unchanged.";
  }
}

function whenToRetry(retryAfterMs: number | undefined): string {
  if (retryAfterMs === undefined) return "Try again later.";
  return `Try again in ${Math.max(1, Math.ceil(retryAfterMs / 1000))} seconds.`;
}

/** The decision's reason, when it comes from the `reason` of a deciding rule; one line, bounded. */
function writtenReason(decision: Decision, bundle: Bundle): string | undefined {
  const { rules, code, reason } = decision;
  // Of another bundle's rules nobody can say who wrote the reason.
  if (code !== "rule" || reason === "" || decision.bundle !== bundle.digest) return undefined;
  const isWritten = bundle.policies.some(({ name, rules: own }) =>
    own.some((rule) => rule.reason !== undefined && rules.includes(`${name}/${rule.id}`)),
  );
  if (!isWritten) return undefined;
  const line = reason.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]+/gu, " ").trim();
  const short = line.length > reasonLengthMax ? `${line.slice(0, reasonLengthMax)}…` : line;
  return /[.!?…]$/u.test(short) ? short : `${short}.`;
}
