import type { Bundle } from "../../document/bundle.ts";
import type { Match } from "../../document/policy.ts";

/**
 * For each entry of a match list, another that covers it, or undefined: the same once more, or,
 * for what `patterned` says, a pattern that ends in `*`. Of two alike the second is the covered one.
 */
export function coveredEntries(
  list: readonly string[],
  patterned: (entry: string) => boolean,
): readonly (string | undefined)[] {
  const wild = list.filter((entry) => entry.endsWith("*") && patterned(entry));
  const seen = new Set<string>();
  return list.map((entry) => {
    const twice = seen.has(entry);
    seen.add(entry);
    if (twice) return entry;
    if (!patterned(entry)) return undefined;
    return wild.find((each) => each !== entry && entry.startsWith(each.slice(0, -1)));
  });
}

/**
 * Which entries of `tools` a pattern can stand for: it covers registered tools alone, and the
 * exact name of any other grants it (POLICY.md section 5).
 */
export function patternedTools(bundle: Pick<Bundle, "tools">): (entry: string) => boolean {
  const registered = new Set(bundle.tools.map(({ name }) => name));
  return (entry) => entry.endsWith("*") || registered.has(entry);
}

/** A match that covers the same actions, without entries that others cover, in one order. */
export function settleMatch(match: Match, patterned: (entry: string) => boolean): Match {
  const settled = <Entry extends string>(
    list: readonly Entry[] | undefined,
    isPatterned: (entry: string) => boolean = () => false,
  ): readonly Entry[] | undefined => {
    const covered = list === undefined ? [] : coveredEntries(list, isPatterned);
    return list?.filter((_, index) => covered[index] === undefined).toSorted();
  };
  const { agents, agentRoles, userRoles, tools, labels, kinds, environments, phase } = match;
  const lists = {
    agents: settled(agents, () => true),
    agentRoles: settled(agentRoles),
    userRoles: settled(userRoles),
    tools: settled(tools, patterned),
    labels: settled(labels),
    kinds: settled(kinds),
    environments: settled(environments),
  };
  const given = Object.entries(lists).filter(([, list]) => list !== undefined);
  return { phase, ...Object.fromEntries(given) };
}
