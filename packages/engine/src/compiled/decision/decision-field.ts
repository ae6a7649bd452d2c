import { canonicalJson } from "@holdfast/model";
import type { Decision, JsonObject, Obligation } from "@holdfast/model";
import { compileExpression } from "../expression/compile.ts";
import { Absent } from "../rule/key-reader.ts";
import { policyNames } from "../rule/policy-names.ts";
import type { RulePlan } from "../rule/program.ts";
import { frameFor } from "../rule/subject.ts";
import type { Situation } from "../rule/subject.ts";
import { Failure } from "../value/failure.ts";
import { jsonOf } from "../value/json.ts";
import { byUnit } from "../value/map.ts";
import { executes, ofEffect } from "./combine.ts";
import { limitOf, limitState } from "./judge.ts";
import type { Resolution } from "./resolve.ts";

/** Of all rules that hold where something executes, else of the determining ones; each once. */
export function obligationsOf({ holding, outcome }: Resolution): Obligation[] {
  const byText = new Map<string, Obligation>();
  for (const { rule } of executes(outcome.effect) ? holding : outcome.determining) {
    for (const one of rule.obligations) byText.set(JSON.stringify(one), one);
  }
  return [...byText.entries()].sort(([a], [b]) => byUnit(a, b)).map(([, one]) => one);
}

/** How long to wait: for the slowest throttle, for limits that deny, for the first defer. */
export function retryAfterOf({ outcome, situation }: Resolution): number | undefined {
  const { effect, code, determining } = outcome;
  if (effect === "defer") {
    const waits = ofEffect(determining, "defer").flatMap(({ rule }) => rule.retryAfterMs ?? []);
    return waits.length === 0 ? undefined : Math.min(...waits);
  }
  if (effect !== "throttle" && (effect !== "deny" || code !== "limit")) return undefined;
  const waits = determining.flatMap((plan) => waitsOf(plan, situation));
  return waits.length === 0 ? undefined : Math.max(...waits);
}

function waitsOf({ rule }: RulePlan, situation: Situation): readonly number[] {
  const waits: number[] = [];
  if (rule.effect === "throttle" && rule.retryAfterMs !== undefined) waits.push(rule.retryAfterMs);
  const limit = limitOf(rule);
  const state = limit === undefined ? undefined : limitState(limit, situation);
  if (limit === undefined || state === undefined || state instanceof Failure) return waits;
  const { plan, amount } = state;
  const { nowMs } = situation.recorded;
  const path = plan.key(situation);
  const account =
    path instanceof Absent ? undefined : situation.state.meters(plan.shelf).find(path);
  const wait =
    account === undefined
      ? plan.window.endMs(nowMs) - nowMs
      : account.retryAfterMs(plan.window, nowMs, amount, limit.max);
  return [...waits, wait];
}

/** Each requirement on its own, all under the shortest ttl. */
export function approvalsOf({ holding, situation }: Resolution): Decision["approvals"] {
  const rules = ofEffect(holding, "step_up");
  if (rules.length === 0) return undefined;
  const ttlMs = Math.min(...rules.map(({ rule }) => rule.approval.ttlMs));
  return rules.map(({ name, rule }) => ({
    rule: name,
    from: [...rule.approval.from],
    quorum: rule.approval.quorum,
    ttlMs,
    met: situation.recorded.approved?.includes(name) === true,
  }));
}

/** The union of what all `contain` rules restrict, for as long as the longest lasts. */
export function restrictOf({ outcome }: Resolution): Decision["restrict"] {
  if (outcome.effect !== "contain") return undefined;
  const rules = ofEffect(outcome.determining, "contain");
  if (rules.length === 0) return undefined;
  const kinds = [...new Set(rules.flatMap(({ rule }) => rule.restrict))].sort(byUnit);
  let ttlMs = 0;
  for (const { rule } of rules) ttlMs = Math.max(ttlMs, rule.ttlMs ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(ttlMs) ? { kinds, ttlMs } : { kinds };
}

/** The one other action that the refusing rules name; none when they name several. */
export function fallbackOf({ outcome, situation, failures }: Resolution): Decision["fallback"] {
  const failed = new Set(failures.map(({ plan }) => plan));
  const found = new Map<string, NonNullable<Decision["fallback"]>>();
  for (const plan of outcome.determining) {
    const fallback = failed.has(plan) ? undefined : fallbackOfRule(plan, situation);
    if (fallback !== undefined) {
      const key = canonicalJson(fallback);
      if (!found.has(key)) found.set(key, fallback);
    }
  }
  const [only] = found.values();
  return found.size === 1 ? only : undefined;
}

function fallbackOfRule(plan: RulePlan, situation: Situation): Decision["fallback"] {
  const { fallback } = plan.rule;
  if (fallback === undefined) return undefined;
  const { tool, args } = fallback;
  if (!isExpression(args)) return { tool, args };
  const evaluate = compileExpression(args.ast, policyNames(plan.plan));
  const value = evaluate(frameFor(situation, situation.request.agent, plan.plan));
  const json = value instanceof Failure ? value : jsonOf(value);
  if (json instanceof Failure || json === null || typeof json !== "object") return undefined;
  return Array.isArray(json) ? undefined : { tool, args: json as JsonObject };
}

type FallbackArgs = NonNullable<RulePlan["rule"]["fallback"]>["args"];

/** By `offsets`, since literal arguments may well be called `ast` or `text`. */
function isExpression(args: FallbackArgs): args is Exclude<FallbackArgs, JsonObject> {
  return "ast" in args && "source" in args && "offsets" in args && Array.isArray(args.offsets);
}
