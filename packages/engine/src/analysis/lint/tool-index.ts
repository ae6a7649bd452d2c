import { matchedTools } from "../../compile/check/matched-tools.ts";
import type { MatchedTools } from "../../compile/check/matched-tools.ts";
import type { Bundle } from "../../document/bundle.ts";
import type { Match } from "../../document/policy.ts";

/** Which tools matches cover, each found once. */
export interface ToolIndex {
  of(match: Match): MatchedTools;
}

/** An index of the tools of a bundle. */
export function createToolIndex(bundle: Bundle): ToolIndex {
  const known = new Map<string, MatchedTools>();
  return {
    of: (match) => {
      const key = JSON.stringify([match.tools, match.labels]);
      const found = known.get(key) ?? matchedTools(match, bundle);
      known.set(key, found);
      return found;
    },
  };
}
