import type { Match } from "../../document/policy.ts";
import type { LintSet, PlacedRule } from "./lint-set.ts";

/** False unless every action that `inner` covers is surely covered by `outer` too. */
function matchWithin(inner: Match, outer: Match, set: LintSet): boolean {
  if (inner.phase !== outer.phase) return false;
  return (
    patternsWithin(inner.tools, outer.tools) &&
    patternsWithin(inner.agents, outer.agents) &&
    within(inner.agentRoles, outer.agentRoles) &&
    within(inner.userRoles, outer.userRoles) &&
    within(inner.kinds, outer.kinds) &&
    within(inner.environments, outer.environments) &&
    labelsWithin(inner, outer, set)
  );
}

function within(
  inner: readonly string[] | undefined,
  outer: readonly string[] | undefined,
): boolean {
  if (outer === undefined) return true;
  return inner !== undefined && inner.every((each) => outer.includes(each));
}

function patternsWithin(
  inner: readonly string[] | undefined,
  outer: readonly string[] | undefined,
): boolean {
  if (outer === undefined) return true;
  const fits = (each: string): boolean =>
    outer.some((pattern) =>
      pattern.endsWith("*") ? each.startsWith(pattern.slice(0, -1)) : each === pattern,
    );
  return inner !== undefined && inner.every(fits);
}

/** Labels are those of the tools, so that a match on a tool is one on its labels. */
function labelsWithin(inner: Match, outer: Match, set: LintSet): boolean {
  if (outer.labels === undefined || within(inner.labels, outer.labels)) return true;
  const { tools, undescribed } = set.tools.of({ phase: inner.phase, tools: inner.tools ?? ["*"] });
  const { labels } = outer;
  return !undescribed && tools.every((tool) => labels.some((label) => tool.labels.includes(label)));
}

/**
 * Rules found by what must be the same for one to cover another: its tool, and, where it asks for
 * agents or roles, one of those.
 */
export class CoverIndex {
  readonly #set: LintSet;
  readonly #byKey = new Map<string, PlacedRule[]>();

  constructor(rules: readonly PlacedRule[], set: LintSet) {
    this.#set = set;
    for (const placed of rules) {
      for (const key of this.#keysOf(placed)) {
        const known = this.#byKey.get(key);
        if (known === undefined) this.#byKey.set(key, [placed]);
        else known.push(placed);
      }
    }
  }

  /** Rules that may cover all of what `inner` covers, judged by tool, agents and roles. */
  covering(inner: PlacedRule): readonly PlacedRule[] {
    const { match } = inner.policy;
    const [tool] = this.#set.tools.of(match).tools;
    const tools = ["*", ...(tool === undefined ? (match.tools ?? []).slice(0, 1) : [tool.name])];
    const principals = [
      "",
      ...(match.agents ?? []).slice(0, 1),
      ...(match.agentRoles ?? []).slice(0, 1),
    ];
    const found = tools.flatMap((name) =>
      principals.flatMap((principal) => this.#byKey.get(`${name} ${principal}`) ?? []),
    );
    return found.filter(
      (outer) => outer !== inner && matchWithin(match, outer.policy.match, this.#set),
    );
  }

  #keysOf({ policy }: PlacedRule): readonly string[] {
    const { match } = policy;
    const exact = match.tools?.every((name) => !name.endsWith("*")) === true;
    const tools = exact ? (match.tools ?? []) : ["*"];
    const named = match.agents?.filter((agent) => !agent.endsWith("*")) ?? [];
    const patterned = match.agents !== undefined && named.length < match.agents.length;
    const open = match.agentRoles === undefined && (match.agents === undefined || patterned);
    const principals = open ? [""] : (match.agentRoles ?? named);
    return tools.flatMap((tool) => principals.map((principal) => `${tool} ${principal}`));
  }
}
