import { documentSpan } from "../../compile/check/policy-set.ts";
import type { Event, Meter } from "../../document/history.ts";
import type { Policy } from "../../document/policy.ts";
import { coveredEntries, patternedTools } from "./covered-entry.ts";
import type { Fix } from "./finding.ts";
import type { LintSet } from "./lint-set.ts";
import { flowCut } from "./member-removal.ts";

/** Entries of match lists that say nothing, because another of the list covers them. */
export function checkMatches(set: LintSet): void {
  const { policies, events, meters } = set.bundle;
  const patterned = patternedTools(set.bundle);
  for (const document of [...policies, ...events, ...meters]) {
    const { match } = document;
    checkEntries(document, "tools", coveredIn(match.tools, patterned), set);
    checkEntries(
      document,
      "agents",
      coveredIn(match.agents, () => true),
      set,
    );
    for (const [key, list] of [
      ["agent_roles", match.agentRoles],
      ["user_roles", match.userRoles],
      ["labels", match.labels],
      ["kinds", match.kinds],
      ["environments", match.environments],
    ] as const) {
      checkEntries(
        document,
        key,
        coveredIn(list, () => false),
        set,
      );
    }
  }
}

interface Covered {
  readonly index: number;
  readonly entry: string;
  readonly cover: string;
}

function coveredIn(
  list: readonly string[] | undefined,
  patterned: (entry: string) => boolean,
): readonly Covered[] {
  if (list === undefined || list.length < 2) return [];
  const covers = coveredEntries(list, patterned);
  return list.flatMap((entry, index) => {
    const cover = covers[index];
    return cover === undefined ? [] : [{ index, entry, cover }];
  });
}

function checkEntries(
  document: Policy | Event | Meter,
  key: string,
  covered: readonly Covered[],
  set: LintSet,
): void {
  for (const { index, entry, cover } of covered) {
    const span = documentSpan(document, ["spec", "match", key, index], set);
    const message =
      cover === entry ? `\`${entry}\` is listed twice` : `\`${entry}\` is covered by \`${cover}\``;
    set.tell("covered_entry", message, span, {
      suggestion: "remove it",
      fix: entryRemoval(document, key, index, set),
    });
  }
}

/** Takes one entry out of a list in `[…]`; in a list with dashes, its line. */
function entryRemoval(
  document: Policy | Event | Meter,
  key: string,
  index: number,
  set: LintSet,
): Fix | undefined {
  const list = documentSpan(document, ["spec", "match", key], set);
  const { start, end } = documentSpan(document, ["spec", "match", key, index], set);
  const text = set.marks.files.get(list.file)?.text ?? "";
  if (text[list.start.offset] !== "[") return undefined;
  const cut = flowCut(text, { start: start.offset, end: end.offset });
  const title = `remove entry ${index + 1} of \`${key}\` of ${document.kind} \`${document.name}\``;
  return cut && { title, edits: [{ file: list.file, ...cut, text: "" }] };
}
