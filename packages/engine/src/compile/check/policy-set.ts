import type { Span } from "@holdfast/model";
import type { Range } from "../../cel/syntax.ts";
import type { Bundle, PolicyDocument } from "../../document/bundle.ts";
import type { Expression } from "../../document/expression.ts";
import { rangeSpan } from "../reading.ts";
import type { Marks } from "../reading.ts";
import type { Report } from "../report.ts";
import type { Path } from "../yaml-document.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** A policy set under check: all of it, its names, and where findings go. */
export interface PolicySet {
  readonly bundle: Bundle;
  readonly vocabulary: Vocabulary;
  readonly report: Report;
  readonly marks: Marks;
}

/** Where part of an expression stands in its file. */
export function expressionSpan(
  expression: Expression,
  range: Range,
  { marks }: Pick<PolicySet, "marks">,
): Span {
  const file = marks.files.get(expression.source.file);
  return file === undefined ? expression.source : rangeSpan(expression, range, file);
}

/** Where the value at `path` of a document stands. */
export function documentSpan(
  document: PolicyDocument,
  path: Path,
  { marks }: Pick<PolicySet, "marks">,
): Span {
  return marks.placed.get(document)?.span(path) ?? document.source;
}

/** Where the key at `path` of a document stands. */
export function documentKeySpan(
  document: PolicyDocument,
  path: Path,
  { marks }: Pick<PolicySet, "marks">,
): Span {
  return marks.placed.get(document)?.keySpan(path) ?? document.source;
}

/** False for an expression that did not parse: that was reported, and nothing else is known. */
export function isSound(expression: Expression, { marks }: PolicySet): boolean {
  return !marks.broken.has(expression);
}
