import { lowerAscii } from "@holdfast/model";
import type { Json, JsonObject } from "@holdfast/model";

/** Thrown where what is written cannot be told to mean one thing; the fact is opaque then. */
export class Unclear extends Error {}

/**
 * A member of an object. A name in other letters may be taken for it, and a merge key brings members
 * from elsewhere, in some reader: both are unclear.
 *
 * @throws Unclear
 */
export function member(object: JsonObject, name: string): Json | undefined {
  const lower = lowerAscii(name);
  for (const key of Object.keys(object)) {
    if (key === "<<" || (key !== name && lowerAscii(key) === lower)) throw new Unclear();
  }
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return value === null ? undefined : value;
}

/** A member that is an object; an empty one where it is absent. @throws Unclear for anything else */
export function objectIn(object: JsonObject, name: string): JsonObject {
  const value = member(object, name);
  if (value === undefined) return {};
  if (!isObject(value)) throw new Unclear();
  return value;
}

/** The objects of a list that is a member. @throws Unclear for anything else */
export function objectsIn(object: JsonObject, name: string): readonly JsonObject[] {
  return listIn(object, name).map((each) => {
    if (!isObject(each)) throw new Unclear();
    return each;
  });
}

/** The texts of a list that is a member. @throws Unclear for anything else */
export function textsIn(object: JsonObject, name: string): readonly string[] {
  return listIn(object, name).map((each) => {
    if (typeof each !== "string") throw new Unclear();
    return each;
  });
}

function listIn(object: JsonObject, name: string): readonly Json[] {
  const value = member(object, name);
  if (value === undefined) return [];
  if (!isList(value)) throw new Unclear();
  return value;
}

/** A member that is a text; empty where it is absent. @throws Unclear for anything else */
export function textIn(object: JsonObject, name: string): string {
  const value = member(object, name) ?? "";
  if (typeof value !== "string") throw new Unclear();
  return value;
}

/** A member that is true or false; `yes` and `"true"` are either to some reader. @throws Unclear */
export function flagIn(object: JsonObject, name: string): boolean | undefined {
  const value = member(object, name);
  if (value !== undefined && typeof value !== "boolean") throw new Unclear();
  return value;
}

/** A member that is a whole number; `0x0` and `1_0` are one to some reader. @throws Unclear */
export function numberIn(object: JsonObject, name: string): number | undefined {
  const value = member(object, name);
  if (value === undefined) return undefined;
  if (typeof value !== "number" || !Number.isInteger(value)) throw new Unclear();
  return value;
}

/** Holds every member to be known by name. @throws Unclear otherwise */
export function onlyKnown(object: JsonObject, names: ReadonlySet<string>): void {
  if (!Object.keys(object).every((name) => names.has(name))) throw new Unclear();
}

/** Whether a value is an object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !isList(value);
}

/** Whether a value is a list. */
export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
