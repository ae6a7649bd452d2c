import type { Json, JsonObject } from "@holdfast/model";
import { Double, isWhole } from "./value.ts";
import type { Value } from "./value.ts";

const followedMax = 16;

/**
 * Arguments as values where a schema makes some whole numbers doubles: `number` says double,
 * `integer` int, both or neither leave it to the number. Shares every part without such numbers.
 */
export function typedBySchema(json: Json, schema: Json): Value {
  return typed(json, schema, schema);
}

/** Whether a schema can make any number a double. */
export function namesNumbers(schema: Json): boolean {
  return JSON.stringify(schema).includes('"number"');
}

function typed(json: Json, schema: Json | undefined, root: Json): Value {
  if (typeof json === "number") {
    return isWhole(json) && isReal(schema, root) ? new Double(json) : json;
  }
  if (json === null || typeof json !== "object" || schema === undefined) return json;
  if (isList(json))
    return json.map((item, index) => typed(item, itemSchema(schema, index, root), root));
  const object: Record<string, Value> = Object.create(null);
  for (const key of Object.keys(json)) {
    object[key] = typed(json[key] ?? null, propertySchema(schema, key, root), root);
  }
  return object;
}

function isReal(schema: Json | undefined, root: Json): boolean {
  const types = new Set<Json | undefined>();
  for (const { type } of joined(schema, root)) {
    for (const one of isList(type) ? type : [type]) types.add(one);
  }
  return types.has("number") && !types.has("integer");
}

function propertySchema(schema: Json, name: string, root: Json): Json | undefined {
  const parts = joined(schema, root);
  for (const part of parts) {
    const properties = part["properties"];
    if (isObject(properties) && Object.hasOwn(properties, name)) return properties[name];
  }
  return parts.find((part) => part["additionalProperties"] !== undefined)?.["additionalProperties"];
}

function itemSchema(schema: Json, index: number, root: Json): Json | undefined {
  for (const part of joined(schema, root)) {
    const prefix = part["prefixItems"];
    if (isList(prefix) && index < prefix.length) return prefix[index];
    if (part["items"] !== undefined) return part["items"];
  }
  return undefined;
}

/** The schema and what it is combined with, the last branch of each list first. */
function joined(schema: Json | undefined, root: Json): readonly JsonObject[] {
  const found: JsonObject[] = [];
  const waiting: [Json | undefined, number][] = [[schema, 0]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [part, depth] = next;
    if (!isObject(part) || depth > followedMax) continue;
    found.push(part);
    const reference = part["$ref"];
    if (typeof reference === "string") waiting.push([pointed(reference, root), depth + 1]);
    for (const keyword of ["allOf", "anyOf", "oneOf"]) {
      const branches = part[keyword];
      if (isList(branches)) for (const branch of branches) waiting.push([branch, depth + 1]);
    }
  }
  return found;
}

function pointed(reference: string, root: Json): Json | undefined {
  if (reference === "#") return root;
  if (!reference.startsWith("#/")) return undefined;
  let at: Json | undefined = root;
  for (const token of reference.slice(2).split("/")) {
    const name = token.replaceAll("~1", "/").replaceAll("~0", "~");
    at = isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  }
  return at;
}

function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

function isList(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json);
}
