import type { Span } from "@holdfast/model";
import { parseExpression } from "../cel/parse.ts";
import type { Expr, Range } from "../cel/syntax.ts";
import type { PolicyDocument } from "../document/bundle.ts";
import type { Expression } from "../document/expression.ts";
import type { Report } from "./report.ts";
import type { DocumentKind } from "./schema/documents.ts";
import { scalarOffsets } from "./scalar-offsets.ts";
import type { SourceFile } from "./source-file.ts";
import type { Path, YamlDocument } from "./yaml-document.ts";

/** One document on its way from YAML to its typed form. */
export interface Reading {
  readonly document: YamlDocument;
  readonly report: Report;
  readonly marks: Marks;
}

/** What later checks need to know of a policy set besides its documents. */
export interface Marks {
  /** expressions that did not parse: reported already, never checked, never evaluated */
  readonly broken: Set<Expression>;
  /** every file by its path */
  readonly files: Map<string, SourceFile>;
  /** names of documents by kind that were refused: known to exist, and no more */
  readonly refused: Map<DocumentKind, Set<string>>;
  /** trees by text of what parsed: equal expressions are one tree */
  readonly trees: Map<string, Expr>;
  /** the YAML each document was read from, to point into it */
  readonly placed: Map<PolicyDocument, YamlDocument>;
}

/** Text of a document with the way back into the file. */
export interface PlacedText {
  readonly text: string;
  readonly source: Span;
  readonly offsets: readonly number[];
}

/** The text of the scalar at `path`, without white space at its ends. */
export function placedText(
  value: string | boolean | number,
  path: Path,
  { document }: Reading,
): PlacedText {
  const source = document.span(path);
  const scalar = document.scalar(path);
  const whole = String(value);
  const text = whole.trim();
  if (typeof value !== "string" || scalar === undefined) {
    return {
      text,
      source,
      offsets: Array.from({ length: text.length + 1 }, () => source.start.offset),
    };
  }
  const offsets = scalarOffsets(scalar, whole, document.file.text);
  const start = whole.length - whole.trimStart().length;
  const kept = offsets.slice(start, start + text.length);
  kept.push((kept.at(-1) ?? source.start.offset - 1) + 1);
  return { text, source, offsets: kept };
}

/** The CEL expression at `path`; one that does not parse is reported and marked broken. */
export function readExpression(
  value: string | boolean | number,
  path: Path,
  reading: Reading,
): Expression {
  return parsePlaced(placedText(value, path, reading), reading);
}

/** Parses text that has a place as CEL. */
export function parsePlaced(placed: PlacedText, reading: Reading): Expression {
  const { trees } = reading.marks;
  const known = trees.get(placed.text);
  const parsed =
    known === undefined ? parseExpression(placed.text) : ({ ok: true, ast: known } as const);
  const lineStarts = lineStartsOf(placed.source, reading.document.file.text);
  if (parsed.ok) {
    trees.set(placed.text, parsed.ast);
    return { ...placed, ast: parsed.ast, lineStarts };
  }
  for (const { code, message, range } of parsed.errors) {
    const span = rangeSpan(placed, range, reading.document.file);
    const suggestion = commaHint(placed, range, reading.document.file.text);
    reading.report.add({ code, severity: "error", message, span, ...suggestion });
  }
  return brokenExpression(placed, reading);
}

/** In `{…}` and `[…]` a comma ends text without quotes, which cuts calls in two. */
function commaHint(placed: PlacedText, range: Range, text: string): { suggestion?: string } {
  const cut =
    range.start >= placed.text.length && /^\s*,/u.test(text.slice(placed.source.end.offset));
  return cut ? { suggestion: "the comma ends the text here, put the expression in quotes" } : {};
}

/** Stands for an expression that cannot be used, which was reported. */
export function brokenExpression(placed: PlacedText, { marks }: Reading): Expression {
  const range = { start: 0, end: placed.text.length };
  const ast = { kind: "constant", constant: { type: "null" }, range } as const;
  const { text, source, offsets } = placed;
  const expression: Expression = { text, source, offsets, ast };
  marks.broken.add(expression);
  return expression;
}

/** Lines end as everywhere in a policy file: `\n`, `\r\n` or a lone `\r`. */
function lineStartsOf({ start, end }: Span, text: string): readonly number[] {
  const first = start.offset - start.column + 1;
  const inside = text.slice(first, end.offset);
  return [
    first,
    ...Array.from(inside.matchAll(/\r\n|\n|\r/gu), (one) => first + one.index + one[0].length),
  ];
}

/** Where a range of an expression's text stands in its file. */
export function rangeSpan(placed: PlacedText, range: Range, file: SourceFile): Span {
  const last = placed.offsets.length - 1;
  const start = placed.offsets[Math.min(range.start, last)] ?? placed.source.start.offset;
  const end =
    range.end > range.start
      ? (placed.offsets[Math.min(range.end, last + 1) - 1] ?? start) + 1
      : start;
  return file.span(start, Math.max(end, start + (range.start < last ? 1 : 0)));
}
