import { readRedactionPath, redactedKey } from "@holdfast/model";
import type { Json, JsonObject } from "@holdfast/model";
import type { Tool } from "./kinds.ts";

/** A mark in the place of a value that is not kept. No request has one: the runtime denies it. */
const mark: JsonObject = {
  type: "object",
  properties: { [redactedKey]: { type: "string" } },
  required: [redactedKey],
};

/**
 * The schema of a tool's arguments as records hold them: marks may stand where values are redacted, so
 * that a decision is recomputed though nobody knows them any more. Where a path leads through
 * anything but `properties` and `items` the schema stays, and such a decision cannot be recomputed.
 */
export function recordedSchema({ schema, redact }: Tool): JsonObject | undefined {
  if (schema === undefined) return undefined;
  let recorded: Json = schema;
  for (const path of redact) {
    const read = readRedactionPath(path);
    if (read?.root === "args") recorded = marked(recorded, read.steps);
  }
  return isObject(recorded) ? recorded : schema;
}

function marked(schema: Json, steps: readonly string[]): Json {
  if (!isObject(schema)) return schema;
  const [step, ...below] = steps;
  if (step === undefined) {
    const { default: filled, ...others } = schema;
    return { anyOf: [others, mark], ...(filled === undefined ? {} : { default: filled }) };
  }
  const { items, properties } = schema;
  // Names go through lists, as they do where values are redacted.
  if (items !== undefined)
    return { ...schema, items: marked(items, step === "[]" ? below : steps) };
  if (!isObject(properties)) return schema;
  const part = properties[step];
  if (part === undefined) return schema;
  return { ...schema, properties: { ...properties, [step]: marked(part, below) } };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
