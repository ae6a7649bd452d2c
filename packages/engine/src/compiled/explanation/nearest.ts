import type { Agent } from "@holdfast/model";
import type { Expression } from "../../document/expression.ts";
import type { Match } from "../../document/policy.ts";
import type { NearestAllow } from "../../engine.ts";
import { agentsOf, holdsFor } from "../decision/judge.ts";
import { covers, coversUnregistered, keyBits } from "../rule/coverage.ts";
import type { RulePlan } from "../rule/program.ts";
import { frameFor } from "../rule/subject.ts";
import type { Situation } from "../rule/subject.ts";
import { countConjuncts, findFailing } from "./failing.ts";
import type { Place } from "./failing.ts";
import { referenceTo } from "./rule-reference.ts";

/** One key of a match that does not hold, in the words of the policy text. */
interface KeyFailure {
  readonly key: string;
  readonly expression: string;
  readonly found: string;
  readonly needed: string;
  readonly weight: number;
}

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
  for (const plan of situation.program.table.rules) {
    if (plan.rule.effect !== "allow" || plan.plan.policy.mode === "observe") continue;
    const candidate = candidateOf(plan, situation);
    if (candidate === undefined) continue;
    if (nearest === undefined || isNearer(candidate, nearest)) nearest = candidate;
  }
  return nearest === undefined ? undefined : described(nearest, situation);
}

function candidateOf(plan: RulePlan, situation: Situation): Candidate | undefined {
  const agent = agentsOf(plan, situation).find((one) => !holdsFor(plan, situation, one));
  if (agent === undefined) return undefined;
  const failures = keyFailures(plan.plan.policy.match, situation, agent);
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

function keyFailures(match: Match, situation: Situation, agent: Agent): readonly KeyFailure[] {
  const { request, plan } = situation;
  const failures: KeyFailure[] = [];
  const look = (
    key: string,
    bit: number,
    wanted: readonly string[] | undefined,
    found: string,
    weight: number,
  ): void => {
    if (wanted === undefined) return;
    // A stance other than granting never looks at the registry, so that each key stands alone.
    if (covers(match, situation, agent, "modifying", bit)) return;
    const list = `[${wanted.join(", ")}]`;
    failures.push({ key, expression: `${key}: ${list}`, found, needed: `one of ${list}`, weight });
  };
  look("tools", keyBits.tools, match.tools, plan.name, 100);
  look("labels", keyBits.labels, match.labels, shownList(plan.labels), 20);
  look("kinds", keyBits.kinds, match.kinds, request.action.kind, 20);
  if (!situation.registered && !coversUnregistered(match, situation)) {
    failures.push({
      key: "registry",
      expression: "match",
      found: `\`${plan.name}\`, which is not registered`,
      needed: "its exact name in `tools`, or the label `unlabelled`",
      weight: 10,
    });
  }
  const { user, environment } = request;
  look("agents", keyBits.agents, match.agents, agent.id, 1);
  look("agent_roles", keyBits.agentRoles, match.agentRoles, shownList(agent.roles), 1);
  const userRoles = user === null ? "no user" : shownList(user.roles);
  look("user_roles", keyBits.userRoles, match.userRoles, userRoles, 1);
  const place = environment ?? "no environment";
  look("environments", keyBits.environments, match.environments, place, 2);
  return failures;
}

function shownList(items: readonly string[]): string {
  return `[${items.join(", ")}]`;
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

/** Where a part of an expression stands in its file. */
function positionOf(
  { source, offsets, lineStarts = [] }: Expression,
  at: number,
): { readonly line: number; readonly column: number } {
  const offset = offsets[at] ?? source.start.offset;
  const before = lineStarts.filter((start) => start <= offset);
  const last = before.at(-1);
  if (last === undefined) return { line: source.start.line, column: source.start.column };
  return { line: source.start.line + before.length - 1, column: offset - last + 1 };
}
