import { Document, visit } from "yaml";
import { canonicalJson, escapedJson, needsEscape } from "@holdfast/model";
import type { Json } from "@holdfast/model";

/** How data is written to stdout. */
export const outputFormats = ["table", "json", "jsonl", "yaml"] as const;
export type OutputFormat = (typeof outputFormats)[number];

/**
 * One document as data: indented JSON, one line in canonical order, or YAML. A text stays on one line, so
 * that none begins a line of a build log, where it could be taken for a command; what could move the
 * cursor of a terminal or turn its letters around is an escape, and the value the same.
 */
export function renderData(value: Json, format: Exclude<OutputFormat, "table">): string {
  switch (format) {
    case "json":
      return escapedJson(JSON.stringify(value, null, 2));
    case "jsonl":
      return escapedJson(canonicalJson(value));
    case "yaml":
      return yamlText(value);
  }
}

/** Data as YAML with every text on one line. */
export function yamlText(value: Json): string {
  const oneLine = {
    lineWidth: 0,
    blockQuote: false,
    doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
  };
  const document = new Document(value);
  visit(document, {
    Scalar(_key, node) {
      const { value: text } = node;
      // In double quotes alone escapes can stand.
      if (typeof text === "string" && needsEscape(text)) {
        node.type = "QUOTE_DOUBLE";
      }
    },
  });
  return escapedJson(document.toString(oneLine)).trimEnd();
}
