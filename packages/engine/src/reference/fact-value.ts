import type { FactName, Json, JsonObject } from "@holdfast/model";
import type { CelType, ObjectType } from "../cel/type.ts";
import { factBounds } from "../document/fact-vocabulary.ts";
import { CelError } from "./cel-error.ts";
import { CelMap } from "./value.ts";
import type { Value } from "./value.ts";

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** What of a fact has been read so far. */
interface Tally {
  readonly fact: FactName;
  values: number;
  units: number;
}

/**
 * A fact as conditions see it, or the error of one that does not have its type or is too large.
 * Of a record that is opaque only `opaque` can be read, and of one that lacks a member every other;
 * the rest is an error. What is beside its members is left out when the type does not name it and it
 * is `spans` of `content`, and else is an error too.
 */
export function factFromJson(fact: FactName, json: Json, type: CelType): Value | CelError {
  return read(json, type, { fact, values: 0, units: 0 });
}

function read(json: Json, type: CelType, tally: Tally): Value | CelError {
  tally.values += 1;
  if (tally.values > factBounds.valuesMax) return tooLarge(tally);
  switch (type.kind) {
    case "bool":
      return typeof json === "boolean" ? json : misfit(tally);
    case "int":
      return Number.isSafeInteger(json) ? BigInt(json as number) : misfit(tally);
    case "string":
      return readText(json, tally, factBounds.unitsMax);
    case "nullable":
      return json === null ? null : read(json, type.of, tally);
    case "list":
      return isList(json) ? readList(json, type.element, tally) : misfit(tally);
    case "map":
      return isObject(json) ? readMap(json, type.value, tally) : misfit(tally);
    case "object":
      return isObject(json) ? readRecord(json, type, tally) : misfit(tally);
    case "bytes":
    case "double":
    case "duration":
    case "dyn":
    case "null":
    case "number":
    case "optional":
    case "timestamp":
    case "type":
    case "uint":
    case "variable":
      // No fact has a member of such a type.
      return misfit(tally);
  }
}

function readText(json: Json, tally: Tally, unitsMax: number): Value | CelError {
  if (typeof json !== "string" || loneSurrogate.test(json)) return misfit(tally);
  tally.units += json.length;
  return json.length > unitsMax || tally.units > factBounds.unitsMax ? tooLarge(tally) : json;
}

function readList(
  json: readonly Json[],
  element: CelType,
  tally: Tally,
): readonly Value[] | CelError {
  if (json.length > factBounds.entriesMax) return tooLarge(tally);
  const items: Value[] = [];
  for (const item of json) {
    const value = read(item, element, tally);
    if (value instanceof CelError) return value;
    items.push(value);
  }
  return items;
}

function readMap(json: JsonObject, type: CelType, tally: Tally): Value | CelError {
  const names = Object.keys(json).sort(byUnit);
  if (names.length > factBounds.entriesMax) return tooLarge(tally);
  const entries: [string, Value][] = [];
  for (const name of names) {
    const key = readText(name, tally, factBounds.unitsMax);
    if (key instanceof CelError) return key;
    const value = read(json[name] ?? null, type, tally);
    if (value instanceof CelError) return value;
    entries.push([name, value]);
  }
  return CelMap.ofStrings(entries);
}

function readRecord(json: JsonObject, type: ObjectType, tally: Tally): Value | CelError {
  const { fact } = tally;
  const opaque = json["opaque"];
  if (type.fields.has("opaque")) {
    if (typeof opaque !== "boolean") return misfit(tally);
    if (opaque) {
      const what = type.name === fact ? "the fact" : "an entry of the fact";
      const error = new CelError("opaque", `${what} \`${fact}\` is opaque`);
      return CelMap.ofStrings([["opaque", true]], error);
    }
  }
  const beside = Object.keys(json).filter((name) => !type.fields.has(name));
  if (beside.some((name) => fact !== "content" || name !== "spans")) return misfit(tally);
  const entries: [string, Value][] = [];
  for (const name of Object.keys(json).sort(byUnit)) {
    const field = type.fields.get(name);
    if (field === undefined) continue;
    const isHost = type.name === "url" && (name === "host" || name === "scheme");
    const value = isHost
      ? readText(json[name] ?? null, tally, factBounds.hostUnitsMax)
      : read(json[name] ?? null, field.type, tally);
    if (value instanceof CelError) return value;
    entries.push([name, value]);
  }
  const lacks = [...type.fields].some(
    ([name, { optional }]) => !optional && !Object.hasOwn(json, name),
  );
  if (!lacks) return CelMap.ofStrings(entries);
  const absent = new CelError("absent", `the fact \`${fact}\` was gathered without it`);
  return CelMap.ofStrings(entries, absent);
}

function misfit({ fact }: Tally): CelError {
  return new CelError("invalid", `the fact \`${fact}\` does not have its type`);
}

function tooLarge({ fact }: Tally): CelError {
  return new CelError("limit", `the fact \`${fact}\` is too large`);
}

function byUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}

function isObject(json: Json): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
