import type { Expr } from "../../cel/syntax.ts";
import type { Limit } from "../../document/policy.ts";
import { compileExpression } from "../expression/compile.ts";
import type { CompiledState } from "../history/compiled-state.ts";
import { covers } from "../rule/coverage.ts";
import { Absent } from "../rule/key-reader.ts";
import { policyNames } from "../rule/policy-names.ts";
import type { PolicyPlan, Program, RulePlan } from "../rule/program.ts";
import { Situation, argumentVariables, frameFor } from "../rule/subject.ts";
import type { Recorded } from "../rule/subject.ts";
import { someWithin, variableName } from "../rule/syntax.ts";
import { toolPlan } from "../rule/tool-plan.ts";
import { Failure } from "../value/failure.ts";
import { candidates } from "./candidate.ts";
import { problemOf } from "./decide.ts";
import { mayBeDelegated } from "./delegation.ts";
import { agentsOf, coversMoment, limitOf } from "./judge.ts";
import { forbiddenBy } from "./restriction.ts";

/** False only when no arguments could make this request allowed, now or later. */
export function couldAllow(program: Program, recorded: Recorded, state: CompiledState): boolean {
  if (problemOf(program, recorded) !== undefined) return false;
  if (recorded.mode === "observe") return true;
  if (recorded.registry === "changed" || recorded.registry === "ambiguous") return false;
  const { request } = recorded;
  const unknown = new Failure("arguments_unknown", "the arguments are not known");
  const stage = { args: {}, result: request.result };
  const plan = toolPlan(program, request.tool);
  const situation = new Situation(program, recorded, state, plan, stage, { unknown });
  if (forbiddenBy(situation).length > 0 || !mayBeDelegated(situation)) return false;
  const narrowing = candidates(situation, "narrow", "enforced");
  if (narrowing.some((rule) => alwaysDenies(rule, situation))) return false;
  if (request.action.phase === "result") return true;
  return candidates(situation, "allow", "enforced").some((rule) => mayGrant(rule, situation));
}

/** Whether a rule denies whatever the arguments are. */
function alwaysDenies(plan: RulePlan, situation: Situation): boolean {
  const { rule } = plan;
  if (rule.effect !== "deny" && rule.effect !== "contain") return false;
  if (prospectOf(plan, situation, situation.request.agent) !== "always") return false;
  const limit = limitOf(rule);
  return limit === undefined || isExhausted(limit, situation);
}

/** Whether a limit is passed by whatever this action charges. */
function isExhausted(limit: Limit, situation: Situation): boolean {
  const plan = situation.program.metersByName.get(limit.meter);
  if (plan === undefined) return true;
  const { meter } = plan;
  const keyed = meter.key.some((part) => typeof part === "object" || part.startsWith("resource."));
  if (keyed || situation.request.action.phase === "result") return false;
  const path = plan.key(situation);
  if (path instanceof Absent) return true;
  const account = situation.state.meters(plan.shelf).find(path);
  const current = account?.current(plan.window, situation.recorded.nowMs) ?? 0;
  const adds = coversMoment(meter, situation) && meter.reserve === undefined;
  return current + (adds ? 1 : 0) > limit.max;
}

function mayGrant(plan: RulePlan, situation: Situation): boolean {
  const { match } = plan.plan.policy;
  return agentsOf(plan, situation).every(
    (agent) =>
      covers(match, situation, agent, "granting") && prospectOf(plan, situation, agent) !== "never",
  );
}

/**
 * An allow can never hold when its condition is false, or an error that arguments cannot heal;
 * any other rule always holds when it is true, or such an error.
 */
function prospectOf(
  { plan, rule }: RulePlan,
  situation: Situation,
  agent: Situation["request"]["agent"],
): "always" | "never" | "perhaps" {
  if (rule.when === undefined) return "always";
  const evaluate = compileExpression(rule.when.ast, policyNames(plan));
  const value = evaluate(frameFor(situation, agent, plan));
  if (typeof value === "boolean") return value ? "always" : "never";
  const names = situation.plan.derives ? derivingVariables : argumentVariables;
  if (value instanceof Failure && readsArguments(rule.when.ast, plan, names)) return "perhaps";
  return rule.effect === "allow" ? "never" : "always";
}

const argumentCalls: ReadonlySet<string> = new Set([
  "happened",
  "count",
  "since",
  "meter",
  "origin",
  "from_only",
  "touches",
  "requested_by",
  "names_act",
]);

/** Of a tool with annotated arguments, whose facts decide some labels of the action. */
const derivingVariables: ReadonlySet<string> = new Set([...argumentVariables, "action"]);

/** Whether arguments decide a condition: itself, through a variable, or through a history key. */
function readsArguments(expr: Expr, plan: PolicyPlan, names: ReadonlySet<string>): boolean {
  return someWithin(expr, (part) => {
    if (part.kind === "ident") return names.has(part.name);
    if (part.kind === "call") {
      return part.target === undefined && argumentCalls.has(part.function);
    }
    const index = plan.variables.get(variableName(part) ?? "");
    const variable = index === undefined ? undefined : plan.policy.variables[index];
    return variable !== undefined && readsArguments(variable.expression.ast, plan, names);
  });
}
