import type { Agent } from "@holdfast/model";
import type { Expression } from "../document/expression.ts";
import type { NearestAllow, RuleReference } from "../engine.ts";
import { failingConjuncts, failingPart } from "./failing-part.ts";
import type { Looking } from "./failing-part.ts";
import { judgeFor } from "./judge.ts";
import { matchFailures } from "./match.ts";
import type { MatchFailure } from "./match.ts";
import { compareNames } from "./policy-index.ts";
import type { LoadedRule } from "./policy-index.ts";
import { ruleScope } from "./rule-scope.ts";
import { chainOf } from "./situation.ts";
import type { Situation } from "./situation.ts";

/** One allow rule that did not hold, seen with the agent it failed for. */
interface Candidate {
  readonly loaded: LoadedRule;
  readonly agent: Agent;
  readonly failures: readonly MatchFailure[];
  readonly looking: Looking | undefined;
  /** the nearer, the smaller: compared number by number */
  readonly distance: readonly number[];
}

/** What a failing key says of how far away a rule is: another tool is far, another role is near. */
const keyWeight: Readonly<Record<MatchFailure["key"], number>> = {
  tools: 100,
  kinds: 20,
  labels: 20,
  registry: 10,
  environments: 2,
  agents: 1,
  agent_roles: 1,
  user_roles: 1,
};

/**
 * The allow rule that came nearest, and the one thing that was not so: of the rules whose match
 * fails least, the one whose condition has the fewest parts that fail, then the most that hold.
 */
export function nearestAllow(
  rules: readonly LoadedRule[],
  situation: Situation,
): NearestAllow | undefined {
  const candidates = rules
    .filter(({ rule }) => rule.effect === "allow")
    .flatMap((loaded) => candidateOf(loaded, situation) ?? [])
    .toSorted((a, b) => compareDistance(a, b) || compareNames(a.loaded.name, b.loaded.name));
  const [nearest] = candidates;
  return nearest === undefined ? undefined : described(nearest, situation);
}

/** Where a rule stands. */
export function referenceOf({ name, rule }: LoadedRule): RuleReference {
  const { file, start } = rule.source;
  return { rule: name, effect: rule.effect, file, line: start.line, column: start.column };
}

function candidateOf(loaded: LoadedRule, situation: Situation): Candidate | undefined {
  const { policy, rule } = loaded;
  const { request } = situation;
  const agents = rule.ownAuthority ? [request.agent] : chainOf(request);
  const agent = agents.find((one) => judgeFor(policy, rule, situation, one) !== true);
  if (agent === undefined) return undefined;
  const failures = matchFailures(policy.match, situation, agent, "granting");
  const scope = ruleScope(situation, policy, agent);
  const looking =
    rule.when === undefined
      ? undefined
      : { policy, scope, expression: rule.when, bindings: undefined };
  const conjuncts =
    looking === undefined
      ? { failing: 0, holding: 0 }
      : failingConjuncts(looking.expression.ast, looking);
  const weight = failures.reduce((sum, failure) => sum + keyWeight[failure.key], 0);
  return {
    loaded,
    agent,
    failures,
    looking,
    distance: [weight, conjuncts.failing, -conjuncts.holding],
  };
}

function compareDistance(a: Candidate, b: Candidate): number {
  for (const [index, distance] of a.distance.entries()) {
    const difference = distance - (b.distance[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function described(candidate: Candidate, situation: Situation): NearestAllow {
  const { loaded, agent, failures, looking } = candidate;
  const who =
    agent === situation.request.agent ? "" : ` (for the delegating agent \`${agent.id}\`)`;
  const reference = referenceOf(loaded);
  const [failure] = failures;
  if (failure !== undefined || looking === undefined) {
    const { key, expression, found, needed } = failure ?? nothingFound;
    const { file, start } = loaded.policy.matchSources?.get(key) ?? loaded.policy.source;
    const place = { file, line: start.line, column: start.column };
    return { ...reference, failed: { expression, ...place, found: `${found}${who}`, needed } };
  }
  const { expression, part, found, needed } = failingPart(looking.expression.ast, true, looking);
  const place = positionOf(expression, part.range.start);
  return {
    ...reference,
    failed: {
      expression: expression.text.slice(part.range.start, part.range.end),
      file: expression.source.file,
      line: place.line,
      column: place.column,
      found: `${found}${who}`,
      needed,
    },
  };
}

const nothingFound = { key: "phase", expression: "match", found: "no match", needed: "a match" };

/** Where a part of an expression stands in its file. */
function positionOf(expression: Expression, at: number): { line: number; column: number } {
  const { source, offsets, lineStarts = [] } = expression;
  const offset = offsets[at] ?? source.start.offset;
  const before = lineStarts.filter((start) => start <= offset);
  const lineStart = before.at(-1);
  if (lineStart === undefined) return { line: source.start.line, column: source.start.column };
  return { line: source.start.line + before.length - 1, column: offset - lineStart + 1 };
}
