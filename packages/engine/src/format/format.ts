import { canonicalJson } from "@holdfast/model";
import type { Diagnostic } from "@holdfast/model";
import { bundleOf } from "../compile/assemble.ts";
import { bundleExpressions } from "../compile/bundle-expressions.ts";
import { readPolicySet } from "../compile/load.ts";
import type { PolicyFileText, PolicySetReading } from "../compile/load.ts";
import type { YamlDocument } from "../compile/yaml-document.ts";
import type { Bundle, PolicyDocument } from "../document/bundle.ts";
import { printExpression } from "../cel/printer.ts";
import { placeComments } from "./comment-place.ts";
import { kindOf } from "./key-order.ts";
import type { Condition } from "./scalar-text.ts";
import { documentLines } from "./tree-text.ts";
import { treeOf } from "./tree.ts";
import { segmentsOf } from "./trivia.ts";
import type { Segment } from "./trivia.ts";

/** A file that was formatted, or why it was left alone. */
export type FormatResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/**
 * Lays a policy file out anew: keys in the order of the language, two columns for each level,
 * conditions as the printer writes them, lines of at most 100 where they can be broken. Braces and
 * brackets stay where they fit on a line; every comment, the order of documents and an empty line
 * between entries stay.
 *
 * **Guarantees** that the text reads as the same documents, and so keeps the bundle digest, with
 * the same comments; formatting it again changes nothing. A file that cannot be read is left alone,
 * with every error. Never throws.
 */
export function formatPolicyFile(file: PolicyFileText): FormatResult {
  const before = readAlone(file);
  if (before.reading.report.failed) {
    return { ok: false, diagnostics: before.reading.report.diagnostics("error") };
  }
  const text = laidOut(file.text, before);
  const after = readAlone({ path: file.path, text });
  // INVARIANT: what is written reads as what was there; what is not sure of it is not written.
  if (!isSame(before, after) || !sameComments(file.text, text)) {
    const message = "this file cannot be laid out anew without changing it, so it is left alone";
    const span = before.documents[0]?.span([]) ?? { file: file.path, ...nowhere };
    const diagnostic = { code: "format_changes", severity: "error", message, span } as const;
    return { ok: false, diagnostics: [diagnostic] };
  }
  return { ok: true, text };
}

const start = { offset: 0, line: 1, column: 1 };
const nowhere = { start, end: start };

/** One file, read as if it were the whole set. */
interface Reading {
  readonly reading: PolicySetReading;
  readonly documents: readonly YamlDocument[];
  readonly bundle: Bundle;
}

function readAlone(file: PolicyFileText): Reading {
  const reading = readPolicySet([file], "");
  const placed = (each: PolicyDocument): readonly YamlDocument[] => {
    const found = reading.marks.placed.get(each);
    return found === undefined ? [] : [found];
  };
  return {
    reading,
    documents: reading.documents.flatMap(placed),
    bundle: bundleOf(reading.documents, reading),
  };
}

function laidOut(text: string, { documents, bundle }: Reading): string {
  const conditions = conditionsOf(bundle);
  const segments = segmentsOf(text);
  let written = "";
  for (const segment of segments) {
    const document = documents.find(({ root }) => {
      const from = root.range?.[0] ?? -1;
      return from >= segment.start && from < segment.end;
    });
    const lines = segmentLines(segment, document, conditions, text);
    if (lines.length === 0) continue;
    if (written !== "") {
      written += `${segment.blankBefore ? "\n" : ""}---\n${segment.blankBehind ? "\n" : ""}`;
    }
    written += `${lines.join("\n")}\n`;
  }
  return written;
}

function segmentLines(
  { comments }: Segment,
  document: YamlDocument | undefined,
  conditions: ReadonlyMap<number, Condition>,
  text: string,
): readonly string[] {
  if (document === undefined) {
    return comments.flatMap(({ text: line, blankBefore }, index) =>
      blankBefore && index > 0 ? ["", line] : [line],
    );
  }
  const root = treeOf(document.root, text);
  const rest = placeComments(root, comments, text);
  const lines = documentLines(root, { value: document.value, conditions });
  return [...rest.map((lead) => lead.text), ...lines];
}

/** Every condition by the offset of the scalar that holds it and nothing else. */
function conditionsOf(bundle: Bundle): ReadonlyMap<number, Condition> {
  return new Map(
    bundleExpressions(bundle).map(({ expression }) => [expression.source.start.offset, expression]),
  );
}

function isSame(before: Reading, after: Reading): boolean {
  if (after.reading.report.failed || before.bundle.digest !== after.bundle.digest) return false;
  return valuesOf(before) === valuesOf(after);
}

/** All that a file says, tests included, in its own order of documents; conditions by their tree. */
function valuesOf({ documents, bundle }: Reading): string {
  const trees = bundleExpressions(bundle).map(({ expression }) => printExpression(expression.ast));
  const tests = documents.filter(({ value }) => kindOf(value) === "PolicyTest");
  return canonicalJson({
    trees: trees.toSorted(),
    tests: tests.map(({ value }) => value),
    order: documents.map(({ value }) => kindOf(value) ?? null),
  });
}

function sameComments(before: string, after: string): boolean {
  const of = (text: string): string =>
    segmentsOf(text)
      .flatMap(({ comments }) => comments.map((comment) => comment.text))
      .toSorted()
      .join("\n");
  return of(before) === of(after);
}
