import type { Json, JsonObject } from "@holdfast/model";

/** A JSON Schema (2020-12) as read: an object, or a boolean that says nothing about numbers. */
export type Schema = Json;

/** References followed in a row; a schema that needs more says nothing about its numbers. */
const referencesMax = 16;

/**
 * How a whole number under this schema is read: `number` says double, `integer` int. Where a
 * schema allows both, or leaves the type open, the number itself decides (undefined).
 */
export function numberKindOf(
  schema: Schema | undefined,
  root: Schema | undefined,
): "int" | "double" | undefined {
  const kinds = new Set(parts(schema, root).flatMap((part) => typesOf(part)));
  if (kinds.has("number")) return kinds.has("integer") ? undefined : "double";
  return kinds.has("integer") ? "int" : undefined;
}

/** The schema of the property `name`. */
export function schemaOfProperty(
  schema: Schema | undefined,
  name: string,
  root: Schema | undefined,
): Schema | undefined {
  for (const part of parts(schema, root)) {
    const properties = objectOf(part["properties"]);
    if (properties !== undefined && Object.hasOwn(properties, name)) return properties[name];
  }
  return parts(schema, root).find((part) => part["additionalProperties"] !== undefined)?.[
    "additionalProperties"
  ];
}

/** The schema of the item at `index` of a list. */
export function schemaOfItem(
  schema: Schema | undefined,
  index: number,
  root: Schema | undefined,
): Schema | undefined {
  for (const part of parts(schema, root)) {
    const prefix = part["prefixItems"];
    if (isList(prefix) && index < prefix.length) return prefix[index];
    if (part["items"] !== undefined) return part["items"];
  }
  return undefined;
}

/** The schema and all the schemas it is combined with, local references followed. */
function parts(schema: Schema | undefined, root: Schema | undefined): readonly JsonObject[] {
  const found: JsonObject[] = [];
  const pending: { readonly schema: Schema | undefined; readonly depth: number }[] = [
    { schema, depth: 0 },
  ];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const part = objectOf(next.schema);
    if (part === undefined || next.depth > referencesMax) continue;
    found.push(part);
    const depth = next.depth + 1;
    if (typeof part["$ref"] === "string") {
      pending.push({ schema: resolve(part["$ref"], root), depth });
    }
    for (const keyword of ["allOf", "anyOf", "oneOf"]) {
      const branches = part[keyword];
      if (isList(branches)) for (const branch of branches) pending.push({ schema: branch, depth });
    }
  }
  return found;
}

function typesOf(part: JsonObject): readonly Json[] {
  const type = part["type"];
  return isList(type) ? type : [type ?? null];
}

/** The schema a local reference (`#/$defs/name`) points to; others say nothing here. */
function resolve(reference: string, root: Schema | undefined): Schema | undefined {
  if (reference === "#") return root;
  if (!reference.startsWith("#/")) return undefined;
  let current: Json | undefined = root;
  for (const token of reference.slice(2).split("/")) {
    const name = token.replaceAll("~1", "/").replaceAll("~0", "~");
    const holder = objectOf(current);
    current = holder !== undefined && Object.hasOwn(holder, name) ? holder[name] : undefined;
  }
  return current;
}

function objectOf(json: Json | undefined): JsonObject | undefined {
  return typeof json === "object" && json !== null && !isList(json) ? json : undefined;
}

function isList(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json);
}
