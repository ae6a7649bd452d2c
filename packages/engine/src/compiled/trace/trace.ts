import type { Decision, DecisionTrace } from "@holdfast/model";
import { decide, decisionOf, problemOf, resolveObserved } from "../decision/decide.ts";
import { resolve } from "../decision/resolve.ts";
import type { Resolution } from "../decision/resolve.ts";
import { nearestAllow } from "../explanation/nearest.ts";
import { referenceTo } from "../explanation/rule-reference.ts";
import type { CompiledState } from "../history/compiled-state.ts";
import type { Program, RulePlan } from "../rule/program.ts";
import { Situation } from "../rule/subject.ts";
import type { Recorded } from "../rule/subject.ts";
import { toolPlan } from "../rule/tool-plan.ts";
import { byUnit } from "../value/map.ts";
import { foundRules } from "./found-rules.ts";
import { joinsOf } from "./join.ts";
import { admissionRefused, isJudged, stagesOf } from "./stage.ts";
import { ruleDetail, tracedChanges } from "./traced-rule.ts";

type TracedRule = DecisionTrace["rules"][number];
type Verdict = TracedRule["verdict"];

/** How the decision on this input came to be, found anew from the same input. */
export function traceOf(program: Program, recorded: Recorded, state: CompiledState): DecisionTrace {
  const decision = decide(program, recorded, state);
  const problem = problemOf(program, recorded);
  const rulesTotal = program.table.rules.length;
  if (problem !== undefined) return refusedTrace(decision, problem, rulesTotal);
  const { request } = recorded;
  const enforced = resolve(program, recorded, state, "enforced");
  const all = program.observes ? resolve(program, recorded, state, "all") : enforced;
  const plan = toolPlan(program, request.tool);
  const asked = { args: request.args, result: request.result };
  const original = new Situation(program, recorded, state, plan, asked);
  const rules = foundRules([original, enforced.situation, all.situation]).map((rule) =>
    tracedRule(rule, { original, enforced, all }),
  );
  const observed = resolveObserved(program, recorded, state);
  const matched = new Set(
    [...enforced.holding, ...(observed?.holding ?? [])].map(({ name }) => name),
  );
  const nearest =
    enforced.outcome.code === "default_deny" ? nearestAllow(enforced.situation) : undefined;
  return {
    request: requestOf(enforced.situation),
    nowMs: recorded.nowMs,
    stages: stagesOf(enforced, countedWords(rules, rulesTotal)),
    rulesTotal,
    rules,
    matched: [...matched].sort(byUnit),
    ...(nearest === undefined ? {} : { nearest: { ...nearest.failed, rule: nearest.rule } }),
    joins: joinsOf(enforced, decisionOf(enforced, program.bundle.digest)),
    decision,
  };
}

/** The trace of what is no valid request: admission refused it, and nothing else was asked. */
export function refusedTrace(
  decision: Decision,
  problem: string,
  rulesTotal: number,
): DecisionTrace {
  const stages = admissionRefused(problem);
  return { stages, rulesTotal, rules: [], matched: [], joins: [], decision };
}

interface Looked {
  /** the action as it was asked, which is what `modify` rules see */
  readonly original: Situation;
  readonly enforced: Resolution;
  /** with the rules in mode observe among those that decide */
  readonly all: Resolution;
}

function tracedRule(plan: RulePlan, { original, enforced, all }: Looked): TracedRule {
  const { mode } = plan.plan.policy;
  const own = mode === "observe" ? all : enforced;
  const verdict = verdictOf(plan, own);
  const shadow = verdictOf(plan, all);
  const situation = plan.rule.effect === "modify" ? original : own.situation;
  const failure = own.failures.find((one) => one.plan === plan)?.failure;
  const result = original.request.action.phase === "result";
  return {
    ...referenceTo(plan),
    mode,
    verdict,
    ...(shadow === verdict ? {} : { shadow }),
    determining: own.outcome.determining.includes(plan),
    ...ruleDetail(plan, situation),
    changes:
      verdict === "holds"
        ? tracedChanges(
            plan,
            result ? original.result : original.args,
            result ? own.situation.result : own.situation.args,
          )
        : [],
    ...(failure === undefined ? {} : { error: failure.message }),
  };
}

function verdictOf(plan: RulePlan, resolution: Resolution): Verdict {
  const { holding, failures, outcome } = resolution;
  if (failures.some((one) => one.plan === plan)) return "error";
  if (holding.includes(plan)) return "holds";
  if (isJudged(resolution)) return "fails";
  return outcome.determining.includes(plan) ? "conflict" : "skipped";
}

function countedWords(rules: readonly TracedRule[], rulesTotal: number): string {
  const enforced = rules.filter(({ mode }) => mode === "enforce");
  const of = (verdict: Verdict): number =>
    enforced.filter((rule) => rule.verdict === verdict).length;
  const errors = of("error");
  const observed = rules.length - enforced.length;
  const holding = of("holds");
  return [
    `${rules.length} of ${rulesTotal} rules are for this action: ${holding} ${holding === 1 ? "holds" : "hold"}`,
    `${of("fails")} do not`,
    ...(errors === 0 ? [] : [errors === 1 ? "1 is an error" : `${errors} are errors`]),
    ...(observed === 0 ? [] : [`${observed} only observe`]),
  ].join(", ");
}

function requestOf({ request, plan, labels }: Situation): NonNullable<DecisionTrace["request"]> {
  const { tenant, agent, user, delegation, session, environment, action } = request;
  return {
    tenant,
    agent: agent.id,
    agentRoles: [...agent.roles],
    user: user === null ? null : user.id,
    delegation: delegation.map((hop) => hop.agent.id),
    ...(session === undefined ? {} : { session: session.id }),
    ...(environment === undefined ? {} : { environment }),
    tool: plan.name,
    labels: [...labels],
    kind: action.kind,
    phase: action.phase,
  };
}
