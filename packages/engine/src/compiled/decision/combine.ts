import { effects } from "@holdfast/model";
import type { Effect, ReasonCode } from "@holdfast/model";
import type { Rule } from "../../document/policy.ts";
import type { Capabilities } from "../../engine.ts";
import type { RulePlan } from "../rule/program.ts";
import type { Situation } from "../rule/subject.ts";
import { byUnit } from "../value/map.ts";
import { limitOf } from "./judge.ts";
import type { RuleFailure } from "./rewrite.ts";

/** What the rules say of one action, before it is put into words. */
export interface Outcome {
  readonly effect: Effect;
  readonly code: ReasonCode;
  /** in order of name */
  readonly determining: readonly RulePlan[];
  readonly sandbox: string | undefined;
}

/** All that judging has found. */
export interface Findings {
  readonly situation: Situation;
  /** in order of name */
  readonly holding: readonly RulePlan[];
  readonly failures: readonly RuleFailure[];
  /** what could not be committed to history */
  readonly problems: readonly string[];
  readonly changed: boolean;
}

type RuleOf<E extends Effect> = Extract<Rule, { readonly effect: E }>;

/** The rules of one effect. */
export function ofEffect<E extends Effect>(
  rules: readonly RulePlan[],
  effect: E,
): readonly RulePlan<RuleOf<E>>[] {
  return rules.filter((plan): plan is RulePlan<RuleOf<E>> => plan.rule.effect === effect);
}

/** Steps 2 to 6 of deciding. */
export function combine(findings: Findings): Outcome {
  const { situation, holding, failures, problems } = findings;
  const contains = ofEffect(holding, "contain");
  if (contains.length > 0) return refusal("contain", "rule", contains);
  const denies: readonly RulePlan[] = ofEffect(holding, "deny");
  const failed = failures.filter(({ plan }) => plan.rule.effect !== "allow");
  if (denies.length > 0 || failed.length > 0 || problems.length > 0) {
    const rules = [...denies, ...failed.map(({ plan }) => plan)];
    rules.sort((a, b) => a.index - b.index);
    return refusal("deny", denies.length === 0 ? "eval_error" : ruleOrLimit(denies), rules);
  }
  const call = situation.request.action.phase === "call";
  if (call && !holding.some(({ rule }) => rule.effect === "allow")) {
    return refusal("deny", "default_deny", []);
  }
  return grant(findings);
}

/** Nothing denies and something grants: the narrowest effect, if all that holds can be done. */
function grant({ situation, holding, changed }: Findings): Outcome {
  const { approved, capabilities } = situation.recorded;
  const open = holding.filter(
    ({ name, rule }) => rule.effect !== "step_up" || approved?.includes(name) !== true,
  );
  let level = 0;
  for (const { rule } of open) level = Math.max(level, effects.indexOf(rule.effect));
  const effect = effects[level] ?? "allow";
  const determining = open.filter(({ rule }) => rule.effect === effect);
  const beyond = holding.filter(
    (plan) =>
      !isCovered(plan, situation) || !isCapable(plan.rule, open.includes(plan), capabilities),
  );
  if (beyond.length > 0) return refusal("deny", "unavailable", beyond);
  const can = capabilities?.effects;
  if (can !== undefined && (!can.includes(effect) || (changed && !can.includes("modify")))) {
    return refusal("deny", "unavailable", determining);
  }
  const sandbox = executes(effect) ? sandboxOf(holding, situation) : undefined;
  return { effect, code: ruleOrLimit(determining), determining, sandbox };
}

/** Whether a sandbox that a rule wants covers this kind of action. */
function isCovered({ rule }: RulePlan, { program, request }: Situation): boolean {
  if (rule.effect !== "sandbox") return true;
  const covers = program.sandboxes.get(rule.sandbox)?.covers;
  return covers !== undefined && Object.hasOwn(covers, request.action.kind);
}

/** Whether the enforcement point can do what a rule wants; of an approved one its obligations. */
function isCapable(rule: Rule, open: boolean, can: Capabilities | undefined): boolean {
  if (can === undefined) return true;
  if (open && !can.effects.includes(rule.effect)) return false;
  if (rule.effect === "sandbox" && !can.sandboxes.includes(rule.sandbox)) return false;
  return rule.obligations.every((one) =>
    Object.keys(one).every((name) => can.obligations.includes(name)),
  );
}

/** The effects under which something runs, now or once people have approved it. */
export function executes(effect: Effect): boolean {
  return effects.indexOf(effect) < effects.indexOf("throttle") || effect === "step_up";
}

/** The sandbox of lowest rank, of equal ones the first by name. */
function sandboxOf(holding: readonly RulePlan[], { program }: Situation): string | undefined {
  const rankOf = (name: string): number => program.sandboxes.get(name)?.rank ?? -1;
  return ofEffect(holding, "sandbox")
    .map(({ rule }) => rule.sandbox)
    .toSorted((a, b) => rankOf(a) - rankOf(b) || byUnit(a, b))[0];
}

/** `limit` when nothing but limits is why. */
function ruleOrLimit(determining: readonly RulePlan[]): "rule" | "limit" {
  const limited = determining.every(({ rule }) => limitOf(rule) !== undefined);
  return determining.length > 0 && limited ? "limit" : "rule";
}

function refusal(
  effect: "deny" | "contain",
  code: ReasonCode,
  determining: readonly RulePlan[],
): Outcome {
  return { effect, code, determining, sandbox: undefined };
}
