import { stringify } from "yaml";
import { canonicalJson } from "@holdfast/model";
import type { Json } from "@holdfast/model";

/** How data is written to stdout. */
export const outputFormats = ["table", "json", "jsonl", "yaml"] as const;
export type OutputFormat = (typeof outputFormats)[number];

/** One document as data: indented JSON, one canonical line, or YAML. */
export function renderData(value: Json, format: Exclude<OutputFormat, "table">): string {
  switch (format) {
    case "json":
      return JSON.stringify(value, null, 2);
    case "jsonl":
      return canonicalJson(value);
    case "yaml":
      return stringify(value).trimEnd();
  }
}
