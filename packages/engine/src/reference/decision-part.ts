import { canonicalJson } from "@holdfast/model";
import type { Decision, JsonObject } from "@holdfast/model";
import { CelError } from "./cel-error.ts";
import { withEffect } from "./combine.ts";
import { evaluate } from "./evaluate.ts";
import { toJson } from "./json-value.ts";
import { limitState } from "./judge.ts";
import { retryAfterMs } from "./meter-window.ts";
import type { LoadedRule } from "./policy-index.ts";
import type { Resolution } from "./resolve.ts";
import { isExpression } from "./rule-expression.ts";
import { ruleScope } from "./rule-scope.ts";
import type { Situation } from "./situation.ts";
import { slotOf } from "./state-key.ts";

/**
 * How long to wait: until the slowest throttle lets go; for a denial that limits alone are the
 * reason of, until they would let this action through; for defer, until the first of the rules
 * wants to be asked again.
 */
export function retryOf({ outcome, situation }: Resolution): number | undefined {
  const { effect, code, determining } = outcome;
  if (effect === "defer") {
    const waits = withEffect(determining, "defer").flatMap(({ rule }) => rule.retryAfterMs ?? []);
    return waits.length === 0 ? undefined : Math.min(...waits);
  }
  const waits = effect === "throttle" || (effect === "deny" && code === "limit") ? determining : [];
  const times = waits.flatMap((loaded) => waitsOf(loaded, situation));
  return times.length === 0 ? undefined : Math.max(...times);
}

function waitsOf({ rule }: LoadedRule, situation: Situation): readonly number[] {
  const stated = rule.effect === "throttle" ? (rule.retryAfterMs ?? []) : [];
  const limit = "limit" in rule ? rule.limit : undefined;
  const state = limit === undefined ? undefined : limitState(limit, situation);
  if (limit === undefined || state === undefined || state instanceof CelError)
    return [stated].flat();
  const slot = slotOf(state.meter, situation);
  const charges = slot.present ? situation.state.charges(slot.slot) : [];
  const room = { amount: state.amount, max: limit.max };
  return [stated, retryAfterMs(state.meter.window, charges, situation.input.nowMs, room)].flat();
}

/**
 * Each requirement on its own, in order of rule, all under the shortest ttl: approvals are given
 * together or expire together, and never count for one another.
 */
export function approvalsOf({
  holding,
  situation,
}: Pick<Resolution, "holding" | "situation">): Decision["approvals"] {
  const rules = withEffect(holding, "step_up");
  if (rules.length === 0) return undefined;
  const ttlMs = Math.min(...rules.map(({ rule }) => rule.approval.ttlMs));
  return rules.map(({ name, rule }) => ({
    rule: name,
    from: [...rule.approval.from],
    quorum: rule.approval.quorum,
    ttlMs,
    met: situation.input.approved?.includes(name) ?? false,
  }));
}

/** What a `contain` installs: the union of the kinds, for as long as the longest lasts. */
export function restrictOf({ outcome }: Resolution): Decision["restrict"] {
  const rules = withEffect(outcome.determining, "contain");
  if (outcome.effect !== "contain" || rules.length === 0) return undefined;
  const kinds = [...new Set(rules.flatMap(({ rule }) => rule.restrict))].sort();
  const ttls = rules.map(({ rule }) => rule.ttlMs ?? Number.POSITIVE_INFINITY);
  const ttlMs = Math.max(...ttls);
  return Number.isFinite(ttlMs) ? { kinds, ttlMs } : { kinds };
}

/**
 * The one other action that the refusing rules name; none when they name several, or when its
 * arguments cannot be made.
 */
export function fallbackOf({ outcome, situation, errors }: Resolution): Decision["fallback"] {
  const failed = new Set(errors.map(({ rule }) => rule));
  const found = outcome.determining
    .filter((loaded) => !failed.has(loaded))
    .flatMap((loaded) => fallbackOfRule(loaded, situation) ?? []);
  const distinct = new Map(found.map((fallback) => [canonicalJson(fallback), fallback]));
  return distinct.size === 1 ? found[0] : undefined;
}

function fallbackOfRule({ policy, rule }: LoadedRule, situation: Situation): Decision["fallback"] {
  if (rule.fallback === undefined) return undefined;
  const { tool, args } = rule.fallback;
  if (!isExpression(args)) return { tool, args };
  const value = evaluate(args.ast, ruleScope(situation, policy, situation.request.agent));
  const json = value instanceof CelError ? value : toJson(value);
  if (json instanceof CelError || json === null || typeof json !== "object") return undefined;
  return Array.isArray(json) ? undefined : { tool, args: json as JsonObject };
}
