import type { Span } from "@holdfast/model";
import type { Expr } from "../cel/syntax.ts";

/** A CEL expression of a document: its text, its parsed form and where it stands. */
export interface Expression {
  readonly text: string;
  readonly ast: Expr;
  /** the YAML scalar that holds it */
  readonly source: Span;
  /** for each UTF-16 unit of `text`, and one past its end, the offset in the file */
  readonly offsets: readonly number[];
  /** the offset in the file of each line that `source` touches, its first line first */
  readonly lineStarts?: readonly number[];
}

/** A reason: literal text and `{CEL}` parts in turn. */
export interface Template {
  readonly text: string;
  readonly parts: readonly (string | Expression)[];
  readonly source: Span;
}
