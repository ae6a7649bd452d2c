import type { Json, JsonObject } from "@holdfast/model";
import { encodeBase64 } from "./base64.ts";
import { Budget, LimitReached } from "./budget.ts";
import { CelError, celError } from "./cel-error.ts";
import { numberKindOf, schemaOfItem, schemaOfProperty } from "./json-number.ts";
import type { Schema } from "./json-number.ts";
import { Duration, Timestamp } from "./time-value.ts";
import { formatDuration, formatTimestamp } from "./time-text.ts";
import { typeNameOf } from "./value-type.ts";
import { CelMap, Optional, TypeValue, Uint } from "./value.ts";
import type { Value } from "./value.ts";

/**
 * The value that a JSON document stands for. A number is an int when it is whole and within
 * +-2^53, else a double; a JSON Schema that says `number` makes it a double, one that says
 * `integer` an int. The keys of a map are in the order of RFC 8785, so that documents with one
 * canonical form are one value, whatever the order they were written in.
 *
 * **Contract:** `json` is no deeper than the reader of JSON allows.
 */
export function fromJson(json: Json, schema?: Schema): Value {
  return convert(json, schema, schema);
}

function convert(json: Json, schema: Schema | undefined, root: Schema | undefined): Value {
  if (typeof json === "number") return numberValue(json, schema, root);
  if (json === null || typeof json !== "object") return json;
  if (isJsonList(json)) {
    return json.map((item, index) => convert(item, schemaOfItem(schema, index, root), root));
  }
  const keys = Object.keys(json).sort(compareUnits);
  return CelMap.ofStrings(
    keys.map((key) => [key, convert(json[key] ?? null, schemaOfProperty(schema, key, root), root)]),
  );
}

function isJsonList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}

function numberValue(json: number, schema: Schema | undefined, root: Schema | undefined): Value {
  if (!Number.isInteger(json) || Math.abs(json) > 2 ** 53) return json;
  return numberKindOf(schema, root) === "double" ? json : BigInt(json);
}

/** UTF-16 code unit order (RFC 8785, section 3.2.3). */
function compareUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * The JSON of a value (cel-spec, langdef.md, "JSON Data Conversion"), with nothing lost: an
 * int or uint beyond +-2^53, a number that is not finite, a type or an optional is an error,
 * and so is a value larger than an evaluation may make.
 * Bytes become base64, a timestamp RFC 3339 text, a duration seconds with `s`.
 */
export function toJson(value: Value): Json | CelError {
  try {
    return write(value, new Budget());
  } catch (thrown) {
    // WHY a budget: a value may hold one part in many places, and JSON writes each of them.
    if (thrown instanceof LimitReached) return thrown.error;
    throw thrown;
  }
}

function write(value: Value, budget: Budget): Json | CelError {
  budget.spend(1);
  if (typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "bigint") return exactNumber(value);
  if (typeof value !== "number") return writeObject(value, budget);
  if (!Number.isFinite(value)) return noJson(`the double \`${value}\``);
  return value === 0 ? 0 : value;
}

function writeObject(value: Extract<Value, object | null>, budget: Budget): Json | CelError {
  if (value === null) return null;
  if (value instanceof Uint) return exactNumber(value.value);
  if (value instanceof Uint8Array) {
    budget.walk(value.length * 2);
    return encodeBase64(value);
  }
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Duration) return formatDuration(value);
  if (value instanceof TypeValue || value instanceof Optional) {
    return noJson(`a value of type \`${typeNameOf(value)}\``);
  }
  budget.enter();
  const json = value instanceof CelMap ? writeMap(value, budget) : writeList(value, budget);
  budget.leave();
  return json;
}

function exactNumber(value: bigint): number | CelError {
  const limit = 9_007_199_254_740_992n;
  return value >= -limit && value <= limit ? Number(value) : noJson(`the int \`${value}\``);
}

function writeList(list: readonly Value[], budget: Budget): Json | CelError {
  const items: Json[] = [];
  for (const item of list) {
    const json = write(item, budget);
    if (json instanceof CelError) return json;
    items.push(json);
  }
  return items;
}

function writeMap(map: CelMap, budget: Budget): JsonObject | CelError {
  const object: Record<string, Json> = Object.create(null);
  for (const [key, value] of map.entries()) {
    const json = write(value, budget);
    if (json instanceof CelError) return json;
    const name = key instanceof Uint ? String(key.value) : String(key);
    if (name in object) return celError("duplicate_key", `two keys have the JSON name \`${name}\``);
    object[name] = json;
  }
  return object;
}

function noJson(what: string): CelError {
  return celError("invalid_argument", `${what} has no exact JSON form`);
}
