import { derivableLabels } from "../../document/fact-vocabulary.ts";
import type { Bundle } from "../../document/bundle.ts";
import type { Tool } from "../../document/kinds.ts";
import type { Match } from "../../document/policy.ts";
import { unlabelled } from "../settings.ts";

/** The tools a match can cover: those with a document, and whether any without one. */
export interface MatchedTools {
  readonly tools: readonly Tool[];
  /** tools that no document describes: their arguments have no type */
  readonly undescribed: boolean;
}

/** Labels that the facts of annotated arguments can add to an action (POLICY.md section 1). */
export const derivable: ReadonlySet<string> = new Set(derivableLabels);

/** Which tools `match` can cover, judged by its `tools` and `labels`. */
export function matchedTools(match: Match, bundle: Bundle): MatchedTools {
  const names = new Set(match.tools);
  // Most policies name their tools, and a set has as many policies as tools.
  const named =
    match.tools === undefined || match.tools.some((pattern) => pattern.endsWith("*"))
      ? undefined
      : toolsNamed(names, bundle);
  const tools = (named ?? bundle.tools).filter(
    (tool) => fitsAny(match.tools, tool.name) && canHaveLabel(match.labels, tool),
  );
  const byName = named === undefined || named.length < names.size;
  const byLabel = match.labels === undefined || match.labels.includes(unlabelled);
  return { tools, undescribed: byName && byLabel };
}

/** Tools of these names, in the order of the bundle, which is that of names. */
function toolsNamed(names: ReadonlySet<string>, { tools }: Bundle): readonly Tool[] {
  return [...names].sort().flatMap((name) => {
    let from = 0;
    let to = tools.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((tools[middle]?.name ?? "") < name) from = middle + 1;
      else to = middle;
    }
    const found = tools[from];
    return found?.name === name ? [found] : [];
  });
}

/** Whether `name` fits one of `server.name`, `server.*` and `*`; everything fits an absent list. */
export function fitsAny(patterns: readonly string[] | undefined, name: string): boolean {
  if (patterns === undefined) return true;
  return patterns.some((pattern) =>
    pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
  );
}

function canHaveLabel(labels: readonly string[] | undefined, tool: Tool): boolean {
  if (labels === undefined) return true;
  const annotated = Object.values(tool.arguments).some((use) => use !== "content");
  return labels.some((label) => tool.labels.includes(label) || (annotated && derivable.has(label)));
}

/** False only when no action can fit both: their tools, kinds, environments or phases exclude. */
export function mayOverlap(one: Match, other: Match, bundle: Bundle): boolean {
  if (one.phase !== other.phase) return false;
  if (!meet(one.kinds, other.kinds) || !meet(one.environments, other.environments)) return false;
  const first = matchedTools(one, bundle);
  const second = matchedTools(other, bundle);
  if (first.undescribed && second.undescribed && patternsMeet(one.tools, other.tools)) return true;
  return first.tools.some((tool) => second.tools.includes(tool));
}

function patternsMeet(
  one: readonly string[] | undefined,
  other: readonly string[] | undefined,
): boolean {
  if (one === undefined || other === undefined) return true;
  return one.some((pattern) => fitsAny(other, pattern)) || other.some((each) => fitsAny(one, each));
}

function meet(one: readonly string[] | undefined, other: readonly string[] | undefined): boolean {
  return one === undefined || other === undefined || one.some((item) => other.includes(item));
}
