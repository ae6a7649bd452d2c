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
const derivable: ReadonlySet<string> = new Set([
  "read",
  "write",
  "egress",
  "exec",
  "destructive",
  "internal",
]);

/** Which tools `match` can cover, judged by its `tools` and `labels`. */
export function matchedTools(match: Match, bundle: Bundle): MatchedTools {
  const tools = bundle.tools.filter(
    (tool) => fitsAny(match.tools, tool.name) && canHaveLabel(match.labels, tool),
  );
  const described = new Set(bundle.tools.map(({ name }) => name));
  const byName =
    match.tools === undefined ||
    match.tools.some((pattern) => pattern.endsWith("*") || !described.has(pattern));
  const byLabel = match.labels === undefined || match.labels.includes(unlabelled);
  return { tools, undescribed: byName && byLabel };
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
