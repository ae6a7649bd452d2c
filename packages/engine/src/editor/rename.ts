import type { TextEdit } from "../analysis/lint/finding.ts";
import { loadPolicySet } from "../compile/load.ts";
import type { PolicyFileText } from "../compile/load.ts";
import { literalText, walk, pathOf } from "../compile/check/syntax-walk.ts";
import { conditionsIn } from "./condition-place.ts";
import type { Cursor } from "./navigation.ts";
import { isSameName, occurrenceAt, occurrencesIn } from "./occurrence.ts";
import type { Occurrence } from "./occurrence.ts";
import type { SymbolKind } from "./name-place.ts";
import { surveyPolicySet } from "./survey.ts";
import type { PolicySurvey } from "./survey.ts";

/** The edits that rename something everywhere, or why it cannot be renamed. */
export type RenameResult =
  | { readonly ok: true; readonly edits: readonly TextEdit[] }
  | { readonly ok: false; readonly reason: string };

/** What has a definition in the policy set and no meaning outside of it. */
const renamable: ReadonlySet<SymbolKind> = new Set([
  "tool",
  "event",
  "meter",
  "list",
  "group",
  "sandbox",
  "external",
  "variable",
  "param",
  "role",
  "rule",
  "policy",
  "test",
]);

/** What can be renamed at the cursor, with the place of the name; undefined when nothing can. */
export function renamedAt(survey: PolicySurvey, { file, offset }: Cursor): Occurrence | undefined {
  const found = occurrenceAt(survey, file, offset);
  return found !== undefined && renamable.has(found.kind) ? found : undefined;
}

/**
 * Renames what is named at the cursor in every file. **Guarantees** that the set compiles after
 * it: it is refused in a set that does not compile before, where the new name is taken, and where
 * a condition compares the name in a way that cannot be followed.
 */
export function renameAt(survey: PolicySurvey, cursor: Cursor, name: string): RenameResult {
  const refused = (reason: string): RenameResult => ({ ok: false, reason });
  const found = renamedAt(survey, cursor);
  if (found === undefined) return refused("nothing here can be renamed");
  if (name === found.name) return { ok: true, edits: [] };
  if (!loadPolicySet(survey.files, { root: survey.root }).ok) {
    return refused("the policies do not compile: without that a rename cannot be checked");
  }
  const all = occurrencesIn(survey);
  const places = all.filter((each) => isSameName(each, found));
  if (!places.some(({ defines }) => defines)) {
    return refused(`\`${found.name}\` is not defined in these policies`);
  }
  if (all.some((each) => isSameName(each, { ...found, name }))) {
    return refused(`there is a ${found.kind} \`${name}\` already`);
  }
  const compared = found.kind === "tool" ? comparedPart(survey, found.name) : undefined;
  if (compared !== undefined) return refused(compared);
  const edits = places.map((place) => editOf(place, name, survey));
  const files = edited(survey.files, edits);
  const loaded = loadPolicySet(files, { root: survey.root });
  if (!loaded.ok) {
    const [first] = loaded.diagnostics;
    return refused(`\`${name}\` would not compile: ${first?.message ?? "the result has errors"}`);
  }
  // WHY: a text with the signs of YAML in it may compile as more, or as less, than a name.
  const after = occurrencesIn(surveyPolicySet(files, { root: survey.root }));
  const named = after.filter((each) => isSameName(each, { ...found, name }));
  if (named.length === places.length && after.length === all.length) return { ok: true, edits };
  return refused(`\`${name}\` would not be read as one name`);
}

function editOf(place: Occurrence, name: string, { files }: PolicySurvey): TextEdit {
  const { file, start, end, form } = place;
  const plain = /^[A-Za-z_][A-Za-z0-9_]*$/u.test(name);
  if (form === "text" || plain) return { file, start, end, text: name };
  if (form === "bare") return { file, start, end, text: `"${name}"` };
  const text = files.find(({ path }) => path === file)?.text ?? "";
  const dot = text.lastIndexOf(".", start);
  return { file, start: dot, end, text: `["${name}"]` };
}

/** The files with edits made, which do not overlap. */
export function edited(
  files: readonly PolicyFileText[],
  edits: readonly TextEdit[],
): readonly PolicyFileText[] {
  return files.map(({ path, text }) => {
    const own = edits.filter(({ file }) => file === path).toSorted((a, b) => b.start - a.start);
    const changed = own.reduce(
      (whole, { start, end, text: put }) => whole.slice(0, start) + put + whole.slice(end),
      text,
    );
    return { path, text: changed };
  });
}

/** Why a tool cannot be renamed: a condition compares a part of its name with a text. */
function comparedPart(survey: PolicySurvey, name: string): string | undefined {
  const cut = name.indexOf(".");
  const own = new Set([name, name.slice(0, cut), name.slice(cut + 1)]);
  for (const [file, documents] of survey.documents) {
    for (const { expression } of documents.flatMap(conditionsIn)) {
      let reads = false;
      let literal: string | undefined;
      walk(expression.ast, (expr) => {
        const path = pathOf(expr);
        if (path?.root === "tool" && ["name", "server"].includes(path.fields[0] ?? ""))
          reads = true;
        const text = literalText(expr);
        if (text !== undefined && own.has(text)) literal = text;
      });
      if (!reads || literal === undefined) continue;
      const { line } = expression.source.start;
      return `a condition compares \`tool\` with \`${literal}\` at ${file}:${line}; change that by hand first`;
    }
  }
  return undefined;
}
