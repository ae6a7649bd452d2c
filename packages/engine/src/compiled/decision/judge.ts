import type { Agent } from "@holdfast/model";
import type { Expr } from "../../cel/syntax.ts";
import type { Limit, Rule } from "../../document/policy.ts";
import { compileExpression } from "../expression/compile.ts";
import type { Evaluate } from "../expression/compile.ts";
import { covers } from "../rule/coverage.ts";
import type { Covered } from "../rule/coverage.ts";
import { currentOf } from "../rule/history-call.ts";
import { Absent } from "../rule/key-reader.ts";
import { policyNames } from "../rule/policy-names.ts";
import type { MeterPlan, PolicyPlan, RulePlan } from "../rule/program.ts";
import { chainOf, frameFor } from "../rule/subject.ts";
import type { Situation, Subject } from "../rule/subject.ts";
import { Failure } from "../value/failure.ts";
import { isNumber, plainOf } from "../value/order.ts";
import { typeOf } from "../value/value.ts";
import type { Value } from "../value/value.ts";

/** Whether a rule holds, or the error that its effect gives a meaning to. */
export type Verdict = boolean | Failure;

/** Whether a rule holds whose match is known to cover the acting agent. */
export function judgeCovered(plan: RulePlan, situation: Situation): Verdict {
  const { verdicts } = situation.judged;
  const known = verdicts.get(plan.index);
  if (known !== undefined) return known;
  const verdict = judgeChain(plan, situation);
  verdicts.set(plan.index, verdict);
  return verdict;
}

/** For the acting agent, and with an allow for every agent that it acts for. */
function judgeChain(plan: RulePlan, situation: Situation): Verdict {
  const { rule } = plan;
  const own = judgeFor(plan, situation, situation.request.agent);
  if (rule.effect !== "allow" || rule.ownAuthority || own === false) return own;
  // An allow must hold with every agent of the chain in the place of `agent`.
  let verdict: Verdict = own;
  for (const { agent } of situation.request.delegation) {
    if (!covers(plan.plan.policy.match, situation, agent, "granting")) return false;
    const theirs = judgeFor(plan, situation, agent);
    if (theirs === false) return false;
    if (verdict === true) verdict = theirs;
  }
  return verdict;
}

/** Whether a rule holds for one agent, its match being left aside. */
function judgeFor(plan: RulePlan, situation: Situation, agent: Agent): Verdict {
  const condition = conditionOf(plan, situation, agent);
  const limit = limitOf(plan.rule);
  if (condition === false || limit === undefined) return condition;
  const exceeded = exceeds(limit, situation);
  return exceeded === false || condition === true ? exceeded : condition;
}

/** Whether a rule's match covers an agent and the rule holds for it. */
export function holdsFor(plan: RulePlan, situation: Situation, agent: Agent): boolean {
  const { match } = plan.plan.policy;
  if (match.phase !== situation.request.action.phase) return false;
  return covers(match, situation, agent, "granting") && judgeFor(plan, situation, agent) === true;
}

/** The agents a rule is judged for. */
export function agentsOf({ rule }: RulePlan, { request }: Situation): readonly Agent[] {
  return rule.effect === "allow" && !rule.ownAuthority ? chainOf(request) : [request.agent];
}

export function limitOf(rule: Rule): Limit | undefined {
  return "limit" in rule ? rule.limit : undefined;
}

function conditionOf(plan: RulePlan, situation: Situation, agent: Agent): Verdict {
  const { when } = plan.rule;
  if (when === undefined) return true;
  plan.when ??= compiledFor(plan.plan, when.ast);
  const value = plan.when(frameFor(situation, agent, plan.plan));
  if (typeof value === "boolean" || value instanceof Failure) return value;
  const type = typeOf(value);
  const words = `a condition is a bool, not \`${type}\``;
  return new Failure("no_such_overload", words, when.ast.range);
}

function compiledFor(plan: PolicyPlan, ast: Expr): Evaluate<Subject> {
  const known = plan.conditions.get(ast);
  if (known !== undefined) return known;
  const made = compileExpression(ast, policyNames(plan));
  plan.conditions.set(ast, made);
  return made;
}

/** Whether current + this action's amount > max. */
function exceeds(limit: Limit, situation: Situation): Verdict {
  const state = limitState(limit, situation);
  return state instanceof Failure ? state : state.current + state.amount > limit.max;
}

/** What a limit compares: what is charged already, and what this action would add. */
export interface LimitState {
  readonly plan: MeterPlan;
  readonly current: number;
  readonly amount: number;
}

export function limitState(limit: Limit, situation: Situation): LimitState | Failure {
  const plan = situation.program.metersByName.get(limit.meter);
  if (plan === undefined) {
    return new Failure("unknown_name", `there is no Meter \`${limit.meter}\``);
  }
  // In phase `result` the action is part of `current` already.
  const charged = situation.request.action.phase === "result";
  const amount = charged ? 0 : amountOf(plan, situation);
  if (amount instanceof Failure) return amount;
  const current = currentOf(plan, situation);
  return current instanceof Failure ? current : { plan, current, amount };
}

/** Whether a Meter or Event covers an action; its moment says the phase. */
export function coversMoment(
  { match }: { readonly match: Parameters<typeof covers>[0] },
  situation: Covered,
  stance: "granting" | "narrowing" = "narrowing",
): boolean {
  return covers(match, situation, situation.request.agent, stance);
}

/** What this action would charge: 0 when the Meter does not cover it. */
export function amountOf(plan: MeterPlan, situation: Situation): number | Failure {
  if (!coversMoment(plan.meter, situation)) return 0;
  if (plan.reserve === undefined) return 1;
  const value = plan.reserve(frameFor(situation, situation.request.agent, undefined));
  return value instanceof Failure ? value : checkedAmount(plan.meter.name, value);
}

/** A number that can be charged: finite and not negative. */
export function checkedAmount(meter: string, value: Value): number | Failure {
  const amount = isNumber(value) ? plainOf(value) : Number.NaN;
  if (Number.isFinite(amount) && amount >= 0) return amount;
  const words = `the amount for \`${meter}\` is not a finite number of at least 0`;
  return new Failure("invalid_argument", words);
}

/** Why `begin` could not commit this action to history; empty when it can. */
export function commitProblems(situation: Situation): readonly string[] {
  if (situation.request.action.phase !== "call") return [];
  const { program } = situation;
  const problems: string[] = [];
  for (const plan of program.meters) {
    if (!coversMoment(plan.meter, situation)) continue;
    const amount = amountOf(plan, situation);
    if (amount instanceof Failure) {
      problems.push(`\`${plan.meter.name}\` cannot be charged: ${amount.message}`);
    } else noteAbsentKey(plan.meter.name, plan.key(situation), situation, problems);
  }
  for (const plan of program.events) {
    const { event } = plan;
    if (event.at !== "begin" && event.at !== "decision") continue;
    if (!coversMoment(event, situation)) continue;
    const frame = frameFor(situation, situation.request.agent, undefined);
    if (plan.when !== undefined && plan.when(frame) === false) continue;
    noteAbsentKey(event.name, plan.key(situation), situation, problems);
  }
  return problems;
}

function noteAbsentKey(
  name: string,
  key: ReturnType<MeterPlan["key"]>,
  { program }: Situation,
  problems: string[],
): void {
  if (!(key instanceof Absent) || !program.historyRead.has(name)) return;
  problems.push(`the key of \`${name}\` needs \`${key.part}\``);
}
