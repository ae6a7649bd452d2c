import type { Agent, DecisionTrace, Json } from "@holdfast/model";
import type { Rule } from "../../document/policy.ts";
import { agentsOf, holdsFor, limitOf, limitState } from "../decision/judge.ts";
import { findFailing } from "../explanation/failing.ts";
import type { Place } from "../explanation/failing.ts";
import { keyFailures } from "../explanation/key-failure.ts";
import { positionOf } from "../explanation/rule-reference.ts";
import type { RulePlan } from "../rule/program.ts";
import type { Stance } from "../rule/coverage.ts";
import { frameFor } from "../rule/subject.ts";
import type { Situation } from "../rule/subject.ts";
import { Failure } from "../value/failure.ts";
import { conditionParts } from "./condition-part.ts";
import type { ConditionPart } from "./condition-part.ts";
import { originsWithin, textOf, tracedJson, valuesWithin } from "./traced-value.ts";

type TracedRule = DecisionTrace["rules"][number];
type TracedCondition = NonNullable<TracedRule["condition"]>;

/** What is shown of a rule besides what became of it. */
export type RuleDetail = Pick<
  TracedRule,
  "agent" | "unmatched" | "condition" | "limit" | "origins"
>;

/** Looks at a rule for the agent it does not hold for, if there is one, else for the acting one. */
export function ruleDetail(plan: RulePlan, situation: Situation): RuleDetail {
  const { request } = situation;
  const stance = stanceOf(plan.rule);
  const agent =
    agentsOf(plan, situation).find((one) => !holdsFor(plan, situation, one)) ?? request.agent;
  const unmatched = unmatchedKeys(plan, situation, agent, stance);
  const condition = conditionOf(plan, situation, agent);
  const limit = limitDetail(plan.rule, situation);
  return {
    ...(agent === request.agent ? {} : { agent: agent.id }),
    unmatched,
    ...(condition === undefined ? { origins: [] } : condition),
    // Where the condition says no, nobody asks the limit.
    ...(limit === undefined || condition?.condition.outcome === "false" ? {} : { limit }),
  };
}

function stanceOf({ effect }: Rule): Stance {
  if (effect === "allow") return "granting";
  return effect === "modify" ? "modifying" : "narrowing";
}

function unmatchedKeys(
  { plan }: RulePlan,
  situation: Situation,
  agent: Agent,
  stance: Stance,
): TracedRule["unmatched"] {
  const { match, matchSources, source } = plan.policy;
  return keyFailures(match, situation, { agent, stance }).map(
    ({ key, expression, found, needed }) => {
      const { file, start } = matchSources?.get(key) ?? source;
      const { line, column } = start;
      return { key, expression, file, line, column, found, needed };
    },
  );
}

function conditionOf(
  { plan, rule: { when } }: RulePlan,
  situation: Situation,
  agent: Agent,
): { readonly condition: TracedCondition; readonly origins: TracedRule["origins"] } | undefined {
  if (when === undefined) return undefined;
  const { host } = frameFor(situation, agent, plan);
  const place: Place = { expression: when, host, bound: new Map(), slots: [] };
  const { parts, outcome } = conditionParts(place, plan.policy);
  const failed = outcome === "true" ? undefined : findFailing(when.ast, true, place);
  return {
    condition: {
      expression: when.text,
      outcome,
      parts: parts.map((part) => tracedPart(part)),
      ...(failed === undefined
        ? {}
        : {
            failed: {
              ...placed(failed.expression, failed.part),
              found: failed.found,
              needed: failed.needed,
            },
          }),
    },
    origins: originsWithin(when.ast, place),
  };
}

function tracedPart({
  expr,
  place,
  outcome,
  failure,
  decides,
}: ConditionPart): TracedCondition["parts"][number] {
  return {
    ...placed(place.expression, expr),
    outcome,
    decides,
    ...(failure === undefined ? {} : { error: failure.message }),
    values: valuesWithin(expr, place),
  };
}

function placed(
  expression: Place["expression"],
  part: ConditionPart["expr"],
): Pick<TracedCondition["parts"][number], "expression" | "file" | "line" | "column"> {
  return {
    expression: textOf(part, { expression }),
    file: expression.source.file,
    ...positionOf(expression, part.range.start),
  };
}

function limitDetail(rule: Rule, situation: Situation): TracedRule["limit"] {
  const limit = limitOf(rule);
  if (limit === undefined) return undefined;
  const { meter, max, source } = limit;
  const { line, column } = source.start;
  const where = { meter, file: source.file, line, column, max };
  const state = limitState(limit, situation);
  if (state instanceof Failure) return { ...where, error: state.message };
  const { current, amount } = state;
  return { ...where, current, amount, exceeded: current + amount > max };
}

/** What a rule that modifies asks for, with what stood there and what stands there once merged. */
export function tracedChanges(
  { rule }: RulePlan,
  before: Json | undefined,
  after: Json | undefined,
): TracedRule["changes"] {
  if (rule.effect !== "modify") return [];
  return rule.modifications.map(({ operation, path }) => {
    const name = path.join(".");
    return {
      operation,
      path: name,
      before: tracedJson(name, valueAtPath(before, path)),
      after: tracedJson(name, valueAtPath(after, path)),
    };
  });
}

function valueAtPath(json: Json | undefined, path: readonly string[]): Json | undefined {
  let at = json;
  for (const step of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Readonly<Record<string, Json>>)[step];
  }
  return at;
}
