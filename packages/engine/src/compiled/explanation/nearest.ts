import type { Agent } from "@holdfast/model";
import type { NearestAllow } from "../../engine.ts";
import { agentsOf, holdsFor } from "../decision/judge.ts";
import type { RulePlan } from "../rule/program.ts";
import { frameFor } from "../rule/subject.ts";
import type { Situation } from "../rule/subject.ts";
import { countConjuncts, findFailing } from "./failing.ts";
import type { Place } from "./failing.ts";
import { keyFailures } from "./key-failure.ts";
import type { KeyFailure } from "./key-failure.ts";
import { positionOf, referenceTo } from "./rule-reference.ts";

interface Candidate {
  readonly plan: RulePlan;
  readonly agent: Agent;
  readonly failures: readonly KeyFailure[];
  readonly place: Place | undefined;
  readonly distance: readonly [number, number, number];
}

/**
 * The allow rule that came nearest and the one thing that was not so: of those whose match fails
 * least the one with the fewest failing parts, then the most that hold.
 */
export function nearestAllow(situation: Situation): NearestAllow | undefined {
  let nearest: Candidate | undefined;
  const { rules } = situation.program.table;
  for (let index = 0; index < rules.length; index += 1) {
    if (rules.ruleOf(index)?.effect !== "allow") continue;
    if (rules.policyOf(index)?.mode === "observe") continue;
    const plan = rules.at(index);
    const candidate = plan === undefined ? undefined : candidateOf(plan, situation);
    if (candidate === undefined) continue;
    if (nearest === undefined || isNearer(candidate, nearest)) nearest = candidate;
  }
  return nearest === undefined ? undefined : described(nearest, situation);
}

function candidateOf(plan: RulePlan, situation: Situation): Candidate | undefined {
  const agent = agentsOf(plan, situation).find((one) => !holdsFor(plan, situation, one));
  if (agent === undefined) return undefined;
  const failures = keyFailures(plan.plan.policy.match, situation, { agent, stance: "granting" });
  const { when } = plan.rule;
  const { host } = frameFor(situation, agent, plan.plan);
  const place =
    when === undefined ? undefined : { expression: when, host, bound: new Map(), slots: [] };
  const parts =
    place === undefined ? { failing: 0, holding: 0 } : countConjuncts(place.expression.ast, place);
  const weight = failures.reduce((sum, failure) => sum + failure.weight, 0);
  return { plan, agent, failures, place, distance: [weight, parts.failing, -parts.holding] };
}

/** Rules are looked at in order of name, so of equally near ones the first stands. */
function isNearer({ distance }: Candidate, than: Candidate): boolean {
  for (const [index, own] of distance.entries()) {
    const other = than.distance[index] ?? 0;
    if (own !== other) return own < other;
  }
  return false;
}

function described(candidate: Candidate, situation: Situation): NearestAllow {
  const { plan, agent, failures, place } = candidate;
  const acting = agent === situation.request.agent;
  const who = acting ? "" : ` (for the delegating agent \`${agent.id}\`)`;
  const reference = referenceTo(plan);
  const [failure] = failures;
  if (failure !== undefined || place === undefined) {
    const { policy } = plan.plan;
    const { key, expression, found, needed } = failure ?? {
      key: "phase",
      expression: "match",
      found: "no match",
      needed: "a match",
    };
    const { file, start } = policy.matchSources?.get(key) ?? policy.source;
    const { line, column } = start;
    return {
      ...reference,
      failed: { expression, file, line, column, found: `${found}${who}`, needed },
    };
  }
  const { expression, part, found, needed } = findFailing(place.expression.ast, true, place);
  return {
    ...reference,
    failed: {
      expression: expression.text.slice(part.range.start, part.range.end),
      file: expression.source.file,
      ...positionOf(expression, part.range.start),
      found: `${found}${who}`,
      needed,
    },
  };
}
