import { HoldfastError } from "./error.ts";
import { lineIndex } from "./line-index.ts";
import { printable } from "./printable.ts";

/** What can be wrong with a JSON text or value; the `code` of the `HoldfastError` thrown. */
export type JsonErrorCode =
  | "json_syntax"
  | "json_duplicate_key"
  | "json_surrogate"
  | "json_bom"
  | "json_utf8"
  | "json_number"
  | "json_depth"
  | "json_size"
  | "json_too_many_values"
  | "json_value";

/** The error for the place `offset` (UTF-16 units) of `text`; the span's file is `json`. */
export function jsonErrorAt(
  code: JsonErrorCode,
  message: string,
  place: { readonly text: string; readonly offset: number },
): HoldfastError {
  const index = lineIndex(place.text);
  const span = index.spanAt("json", place.offset, place.offset + 1);
  const { line, column } = span.start;
  return new HoldfastError(code, `${printable(message)} at line ${line}, column ${column}`, {
    span,
  });
}
