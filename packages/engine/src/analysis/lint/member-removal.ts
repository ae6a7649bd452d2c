import { documentKeySpan, documentSpan } from "../../compile/check/policy-set.ts";
import type { Path } from "../../compile/yaml-document.ts";
import type { PolicyDocument } from "../../document/bundle.ts";
import type { Fix, TextEdit } from "./finding.ts";
import type { LintSet } from "./lint-set.ts";

/**
 * The fix that takes the member at `path` out of its map, with its line where it has one of its
 * own; comments on other lines and the layout around stay. Undefined where the member shares its
 * line in a way that cannot be cut plainly. What is the last of its map takes the map with it.
 */
export function memberRemoval(
  document: PolicyDocument,
  path: Path,
  title: string,
  set: LintSet,
): Fix | undefined {
  const value = set.marks.placed.get(document)?.value;
  const parent = path.slice(0, -1);
  const members = parent.reduce<unknown>(memberOf, value);
  const alone =
    typeof members === "object" && members !== null && Object.keys(members).length === 1;
  if (alone && parent.length > 1) return memberRemoval(document, parent, title, set);
  const edit = removalOf(document, path, set);
  return edit === undefined ? undefined : { title, edits: [edit] };
}

function memberOf(value: unknown, step: string | number): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === String(step))?.[1];
}

function removalOf(document: PolicyDocument, path: Path, set: LintSet): TextEdit | undefined {
  const around = documentSpan(document, path.slice(0, -1), set);
  const key = documentKeySpan(document, path, set);
  const value = documentSpan(document, path, set);
  const file = set.marks.files.get(around.file);
  if (file === undefined || value.end.offset < key.end.offset) return undefined;
  const { text } = file;
  const part = { start: key.start.offset, end: value.end.offset };
  const cut = text[around.start.offset] === "{" ? flowCut(text, part) : blockCut(text, part);
  return cut === undefined ? undefined : { file: around.file, ...cut, text: "" };
}

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** In `{a: 1, b: 2}` a member goes with the comma behind it, or the one before the last. */
export function flowCut(text: string, { start, end }: Stretch): Stretch | undefined {
  const behind = skip(text, end, 1);
  if (text[behind] === ",") {
    const next = skip(text, behind + 1, 1);
    return text[next] === "#" ? undefined : { start, end: next };
  }
  const before = skip(text, start - 1, -1);
  if (text[before] === ",") return { start: before, end };
  return undefined;
}

function skip(text: string, from: number, step: 1 | -1): number {
  let at = from;
  while (/\s/u.test(text[at] ?? "")) at += step;
  return at;
}

/** In block layout a member has its lines to itself. */
export function blockCut(text: string, { start, end }: Stretch): Stretch | undefined {
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  if (text.slice(lineStart, start).trim() !== "") return undefined;
  // A block scalar ends behind its last line break.
  if (text[end - 1] === "\n") return { start: lineStart, end };
  const found = text.indexOf("\n", end);
  const lineEnd = found === -1 ? text.length : found + 1;
  const rest = text.slice(end, lineEnd).trim();
  return rest === "" || rest.startsWith("#") ? { start: lineStart, end: lineEnd } : undefined;
}
