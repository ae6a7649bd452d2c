import { matchedTools } from "../../compile/check/matched-tools.ts";
import type { MatchedTools } from "../../compile/check/matched-tools.ts";
import type { Bundle } from "../../document/bundle.ts";
import type { Tool } from "../../document/kinds.ts";
import type { Match } from "../../document/policy.ts";

/** Which tools matches cover, each found once; matches that name tools exactly scan none. */
export interface ToolIndex {
  of(match: Match): MatchedTools;
}

/** An index of the tools of a bundle. */
export function createToolIndex(bundle: Bundle): ToolIndex {
  const byName = new Map(bundle.tools.map((tool) => [tool.name, tool]));
  const known = new Map<string, MatchedTools>();
  return {
    of: (match) => {
      const key = JSON.stringify([match.tools, match.labels]);
      const earlier = known.get(key);
      if (earlier !== undefined) return earlier;
      const found = matchedTools(match, { ...bundle, tools: candidates(match, bundle, byName) });
      known.set(key, { ...found, undescribed: isUndescribed(match, found, byName) });
      return known.get(key) ?? found;
    },
  };
}

function candidates(
  { tools }: Match,
  bundle: Bundle,
  byName: ReadonlyMap<string, Tool>,
): readonly Tool[] {
  if (tools === undefined || tools.some((pattern) => pattern.endsWith("*"))) return bundle.tools;
  const named = tools.map((name) => byName.get(name)).filter((tool) => tool !== undefined);
  return [...new Set(named)];
}

/** `matchedTools` of fewer tools takes a tool for undescribed that is merely not among them. */
function isUndescribed(
  { tools }: Match,
  found: MatchedTools,
  byName: ReadonlyMap<string, Tool>,
): boolean {
  const open = tools === undefined || tools.some((name) => name.endsWith("*") || !byName.has(name));
  return found.undescribed && open;
}
