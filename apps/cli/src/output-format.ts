import { stringify } from "yaml";
import { canonicalJson } from "@holdfast/model";
import type { Json } from "@holdfast/model";

/** How data is written to stdout. */
export const outputFormats = ["table", "json", "jsonl", "yaml"] as const;
export type OutputFormat = (typeof outputFormats)[number];

/**
 * One document as data: indented JSON, one canonical line, or YAML. A text stays on one line, so
 * that none begins a line of a build log, where it could be taken for a command.
 */
export function renderData(value: Json, format: Exclude<OutputFormat, "table">): string {
  switch (format) {
    case "json":
      return JSON.stringify(value, null, 2);
    case "jsonl":
      return canonicalJson(value);
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
  return stringify(value, oneLine).trimEnd();
}
