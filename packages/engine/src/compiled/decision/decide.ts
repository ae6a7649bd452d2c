import type { Decision } from "@holdfast/model";
import type { CompiledState } from "../history/compiled-state.ts";
import type { Program } from "../rule/program.ts";
import type { Judged, Recorded } from "../rule/subject.ts";
import { executes } from "./combine.ts";
import {
  approvalsOf,
  fallbackOf,
  obligationsOf,
  restrictOf,
  retryAfterOf,
} from "./decision-field.ts";
import { reasonOf } from "./reason.ts";
import { resolve } from "./resolve.ts";
import type { Resolution } from "./resolve.ts";

/** The last instant of the year 2099, within what is known of every time zone. */
export const nowMsMax = 4_102_444_799_999;

/**
 * The decision on one action: total, and a function of program, input and state alone. `judged` is what was
 * found of this very action already.
 */
export function decide(
  program: Program,
  recorded: Recorded,
  state: CompiledState,
  judged?: Judged,
): Decision {
  const problem = problemOf(program, recorded);
  const bundle = program.bundle.digest;
  if (problem !== undefined) {
    const reason = `the request is not valid: ${problem}`;
    return { effect: "deny", code: "invalid_request", rules: [], reason, obligations: [], bundle };
  }
  const decision = decisionOf(resolve(program, recorded, state, "enforced", judged), bundle);
  if (recorded.mode === "observe") {
    const reason = "observed, not enforced";
    const shadow = shadowOf(decision);
    return { effect: "allow", code: "rule", rules: [], reason, obligations: [], bundle, shadow };
  }
  const observed = resolveObserved(program, recorded, state);
  if (observed === undefined) return decision;
  return { ...decision, shadow: shadowOf(decisionOf(observed, bundle)) };
}

/** What is wrong with the request itself, beyond its shape. */
export function problemOf(program: Program, { request, nowMs }: Recorded): string | undefined {
  if (!Number.isSafeInteger(nowMs) || nowMs < 0 || nowMs > nowMsMax) {
    return "`now` is not a time in ms";
  }
  const { environment } = request;
  if (environment !== undefined && !program.bundle.settings.environments.includes(environment)) {
    return `\`${environment}\` is not a declared environment`;
  }
  if (request.action.phase === "result") return undefined;
  return request.result === undefined && request.outcome === undefined
    ? undefined
    : "`result` and `outcome` belong to phase `result`";
}

/**
 * What would be decided if rules in mode observe were enforced too; `undefined` when none of
 * them held or failed.
 */
export function resolveObserved(
  program: Program,
  recorded: Recorded,
  state: CompiledState,
): Resolution | undefined {
  if (!program.observes) return undefined;
  const resolution = resolve(program, recorded, state, "all");
  const { holding, failures, outcome } = resolution;
  const touched = [...holding, ...failures.map(({ plan }) => plan), ...outcome.determining];
  const seen = touched.some(({ plan }) => plan.policy.mode === "observe");
  return seen ? resolution : undefined;
}

/** The decision that a resolution comes to. */
export function decisionOf(resolution: Resolution, bundle: string): Decision {
  const { outcome, situation, changed } = resolution;
  const { effect, code, determining, sandbox } = outcome;
  const runs = executes(effect);
  const retryAfterMs = retryAfterOf(resolution);
  const decision: Decision = {
    effect,
    code,
    rules: determining.map(({ name }) => name),
    reason: reasonOf(resolution, retryAfterMs),
    obligations: obligationsOf(resolution),
    bundle,
  };
  if (runs && (effect === "modify" || changed)) {
    if (situation.request.action.phase === "call") decision.args = situation.args;
    else decision.result = situation.result ?? null;
  }
  if (sandbox !== undefined) decision.sandbox = sandbox;
  if (retryAfterMs !== undefined) decision.retryAfterMs = retryAfterMs;
  const approvals = runs ? approvalsOf(resolution) : undefined;
  if (approvals !== undefined) decision.approvals = approvals;
  const restrict = restrictOf(resolution);
  if (restrict !== undefined) decision.restrict = restrict;
  const fallback = effect === "allow" ? undefined : fallbackOf(resolution);
  if (fallback !== undefined) decision.fallback = fallback;
  return decision;
}

function shadowOf({ effect, code, rules, reason }: Decision): NonNullable<Decision["shadow"]> {
  return { effect, code, rules, reason };
}
