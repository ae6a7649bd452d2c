import type { Json, JsonObject } from "@holdfast/model";
import { encodeBase64 } from "./base64.ts";
import { CelError, celError } from "./cel-error.ts";
import { numberKindOf, schemaOfItem, schemaOfProperty } from "./json-number.ts";
import type { Schema } from "./json-number.ts";
import { Duration, Timestamp } from "./time-value.ts";
import { formatDuration, formatTimestamp } from "./time-text.ts";
import { isList, typeNameOf } from "./value-type.ts";
import { CelMap, Uint } from "./value.ts";
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
 * int or uint beyond +-2^53, a number that is not finite, a type or an optional is an error.
 * Bytes become base64, a timestamp RFC 3339 text, a duration seconds with `s`.
 */
export function toJson(value: Value): Json | CelError {
  if (typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "bigint") return exactNumber(value);
  if (typeof value !== "number") return objectToJson(value);
  if (!Number.isFinite(value)) return noJson(`the double \`${value}\``);
  return value === 0 ? 0 : value;
}

function objectToJson(value: Extract<Value, object | null>): Json | CelError {
  if (value === null) return null;
  if (value instanceof Uint) return exactNumber(value.value);
  if (value instanceof Uint8Array) return encodeBase64(value);
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Duration) return formatDuration(value);
  if (value instanceof CelMap) return mapToJson(value);
  if (isList(value)) return listToJson(value);
  return noJson(`a value of type \`${typeNameOf(value)}\``);
}

function exactNumber(value: bigint): number | CelError {
  const limit = 9_007_199_254_740_992n;
  return value >= -limit && value <= limit ? Number(value) : noJson(`the int \`${value}\``);
}

function listToJson(list: readonly Value[]): Json | CelError {
  const items: Json[] = [];
  for (const item of list) {
    const json = toJson(item);
    if (json instanceof CelError) return json;
    items.push(json);
  }
  return items;
}

function mapToJson(map: CelMap): JsonObject | CelError {
  const object: Record<string, Json> = Object.create(null);
  for (const [key, value] of map.entries()) {
    const json = toJson(value);
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
