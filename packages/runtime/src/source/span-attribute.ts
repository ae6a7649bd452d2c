import { copyJson } from "@holdfast/model";
import type { Json } from "@holdfast/model";

/** Attributes nest no deeper, and hold no more values, than a payload that the log takes. */
const limits = { depthMax: 96, valuesMax: Number.POSITIVE_INFINITY };

/**
 * An attribute that holds JSON: structured where the exporter can, else the text of it. A text that is
 * no JSON is itself.
 */
export function attributeJson(value: Json | undefined): Json | undefined {
  if (typeof value !== "string") return value;
  try {
    return copyJson(JSON.parse(value), limits);
  } catch {
    return value;
  }
}
