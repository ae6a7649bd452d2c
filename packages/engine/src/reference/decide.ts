import type { Decision, ShadowDecision } from "@holdfast/model";
import { executes, obligationsOf } from "./combine.ts";
import { approvalsOf, fallbackOf, restrictOf, retryOf } from "./decision-part.ts";
import type { LoadedRule, PolicyIndex } from "./policy-index.ts";
import { reasonText } from "./reason-text.ts";
import type { RecordedInput } from "./recorded-input.ts";
import type { ReferenceState } from "./reference-state.ts";
import { changedBy, resolve } from "./resolve.ts";
import type { Resolution } from "./resolve.ts";

/** The last instant of the year 2099, within what is known of every time zone. */
const nowMsMax = 4_102_444_799_999;

/**
 * The decision on one action (POLICY.md section 2): a pure function of index, input and state.
 * Total: every request gets a decision, in doubt a denial.
 */
export function decide(index: PolicyIndex, input: RecordedInput, state: ReferenceState): Decision {
  const problem = problemOf(index, input);
  if (problem !== undefined) return invalidRequestDecision(index.bundle, problem);
  const enforced = resolve(index, input, state, enforcedRules(index));
  const decision = decisionOf(enforced, index);
  if (input.mode === "observe") {
    return {
      effect: "allow",
      code: "rule",
      rules: [],
      reason: "observed, not enforced",
      obligations: [],
      bundle: index.bundle.digest,
      shadow: shadowOf(decision),
    };
  }
  const observed = resolveObserved(index, input, state);
  return observed === undefined
    ? decision
    : { ...decision, shadow: shadowOf(decisionOf(observed, index)) };
}

/** The decision on a request that cannot be understood; `problem` says what is wrong with it. */
export function invalidRequestDecision(
  bundle: { readonly digest: string },
  problem: string,
): Decision {
  return {
    effect: "deny",
    code: "invalid_request",
    rules: [],
    reason: `the request is not valid: ${problem}`,
    obligations: [],
    bundle: bundle.digest,
  };
}

/** What is wrong with the request itself, beyond its shape; `undefined` when nothing is. */
export function problemOf(index: PolicyIndex, input: RecordedInput): string | undefined {
  const { request, nowMs } = input;
  const { environments } = index.bundle.settings;
  if (!Number.isSafeInteger(nowMs) || nowMs < 0 || nowMs > nowMsMax) {
    return "`now` is not a time in ms";
  }
  if (request.environment !== undefined && !environments.includes(request.environment)) {
    return `\`${request.environment}\` is not a declared environment`;
  }
  const resultPhase = request.action.phase === "result";
  if (!resultPhase && (request.result !== undefined || request.outcome !== undefined)) {
    return "`result` and `outcome` belong to phase `result`";
  }
  return undefined;
}

/** The rules that decide. */
export function enforcedRules(index: PolicyIndex): readonly LoadedRule[] {
  return index.rules.filter(({ policy }) => policy.mode === "enforce");
}

/**
 * What would be decided if the rules in mode observe were enforced too; `undefined` when none of
 * them held or failed, so that there is nothing to see.
 */
export function resolveObserved(
  index: PolicyIndex,
  input: RecordedInput,
  state: ReferenceState,
): Resolution | undefined {
  if (!index.rules.some(({ policy }) => policy.mode === "observe")) return undefined;
  const resolution = resolve(index, input, state, index.rules);
  const touched = [
    ...resolution.holding,
    ...resolution.errors.map(({ rule }) => rule),
    ...resolution.outcome.determining,
  ];
  return touched.some(({ policy }) => policy.mode === "observe") ? resolution : undefined;
}

function decisionOf(resolution: Resolution, index: PolicyIndex): Decision {
  const { outcome, situation, result, holding } = resolution;
  const { effect, code, determining, sandbox } = outcome;
  const retryAfterMs = retryOf(resolution);
  const runs = executes(effect);
  const changed = runs && (effect === "modify" || changedBy(situation, result));
  const call = situation.request.action.phase === "call";
  const approvals = runs ? approvalsOf(resolution) : undefined;
  const restrict = restrictOf(resolution);
  const fallback = fallbackOf(resolution);
  return {
    effect,
    code,
    rules: determining.map(({ name }) => name),
    reason: reasonText(resolution, retryAfterMs),
    ...(changed && call ? { args: situation.args } : {}),
    ...(changed && !call ? { result: result ?? null } : {}),
    ...(sandbox === undefined ? {} : { sandbox }),
    obligations: [...obligationsOf(holding, outcome)],
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(approvals === undefined ? {} : { approvals }),
    ...(restrict === undefined ? {} : { restrict }),
    ...(fallback === undefined || effect === "allow" ? {} : { fallback }),
    bundle: index.bundle.digest,
  };
}

function shadowOf({ effect, code, rules, reason }: Decision): ShadowDecision {
  return { effect, code, rules, reason };
}
