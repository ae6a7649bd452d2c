import type { Json } from "@holdfast/model";

/** JSON that may be filled in: the copy of a value that a schema is held against. */
export type Filled = null | boolean | number | string | Filled[] | { [key: string]: Filled };

/** An object of JSON that may be filled in. */
export type FilledObject = { [key: string]: Filled };

/** A schema as it was written, and what keywords of one object look at in each other. */
export type SchemaObject = { readonly [keyword: string]: Json };

export function isObject(value: Filled): value is FilledObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a keyword was given, as text. */
export function textOf(given: Json): string {
  return typeof given === "string" ? given : JSON.stringify(given);
}
