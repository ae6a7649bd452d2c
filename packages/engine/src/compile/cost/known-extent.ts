import type { Json, JsonObject } from "@holdfast/model";
import { listExtent, recordExtent } from "./collection-extent.ts";
import { constantText, either, scalar, textOf } from "./extent.ts";
import type { Extent } from "./extent.ts";
import { unknownJson } from "./request-extent.ts";

/** The size of a value that stands in the policy text, part by part. */
export function knownExtent(value: Json): Extent {
  if (typeof value === "string") return constantText([value]);
  if (typeof value === "number") {
    return Number.isSafeInteger(value) ? { ...scalar, whole: value } : scalar;
  }
  if (typeof value !== "object" || value === null) return scalar;
  if (isList(value)) return textList(value) ?? listExtent(value.length, eitherOf(value));
  const fields = Object.entries(value).map(([key, each]) => [key, knownExtent(each)] as const);
  return recordExtent(new Map(fields));
}

function eitherOf(values: readonly Json[]): Extent {
  return values.map(knownExtent).reduce((a, b) => either(a, b), scalar);
}

/** Lists of texts are long at times. */
function textList(values: readonly Json[]): Extent | undefined {
  const texts = values.filter((value) => typeof value === "string");
  if (texts.length !== values.length) return undefined;
  const units = texts.reduce((sum, { length }) => sum + length, 0);
  return listExtent(texts.length, constantText(texts), units);
}

/** How many references and levels of a schema are followed before a part counts as unknown. */
const followMax = 32;

/** The size of the values that a JSON Schema 2020-12 admits: what it leaves open is unknown. */
export function schemaExtent(schema: Json | undefined): Extent {
  return convert(schema, schema, 0);
}

function convert(schema: Json | undefined, root: Json | undefined, depth: number): Extent {
  if (!isObject(schema) || depth > followMax) return unknownJson;
  const of = (part: Json | undefined): Extent => convert(part, root, depth + 1);
  const reference = schema["$ref"];
  if (typeof reference === "string") return of(resolve(reference, root));
  const literals = schema["const"] === undefined ? schema["enum"] : [schema["const"]];
  if (isList(literals) && literals.length > 0) return eitherOf(literals);
  for (const branches of [schema["anyOf"], schema["oneOf"]]) {
    if (isList(branches) && branches.length > 0 && schema["type"] === undefined) {
      return branches.map(of).reduce((a, b) => either(a, b));
    }
  }
  const { type } = schema;
  if (isList(type)) {
    return type.map((each) => ofType(each, schema, of)).reduce((a, b) => either(a, b), scalar);
  }
  const object = type === undefined && schema["properties"] !== undefined ? "object" : type;
  return ofType(object, schema, of);
}

function ofType(
  type: Json | undefined,
  schema: JsonObject,
  of: (part: Json | undefined) => Extent,
): Extent {
  if (typeof type === "string" && plainTypes.has(type)) return scalar;
  if (type === "string") {
    return textOf(2 * sizeOf(schema["maxLength"], unknownJson.text.each / 2));
  }
  if (type === "array") {
    const open = schema["prefixItems"] !== undefined || schema["items"] === undefined;
    const count = sizeOf(schema["maxItems"], unknownJson.count.each);
    return listExtent(count, open ? unknownJson : of(schema["items"]));
  }
  return type === "object" ? objectExtent(schema, of) : unknownJson;
}

const plainTypes: ReadonlySet<string> = new Set(["integer", "number", "boolean", "null"]);

function objectExtent(schema: JsonObject, of: (part: Json | undefined) => Extent): Extent {
  const declared = schema["properties"];
  const fields = new Map<string, Extent>();
  for (const [name, part] of Object.entries(isObject(declared) ? declared : {})) {
    fields.set(name, of(part));
  }
  const extra = schema["additionalProperties"] ?? schema["unevaluatedProperties"];
  const patterns = schema["patternProperties"] !== undefined;
  if (!patterns && (extra === undefined || extra === false) && fields.size > 0) {
    return recordExtent(fields);
  }
  const count = sizeOf(schema["maxProperties"], unknownJson.count.each);
  return recordExtent(fields, {
    count,
    part: patterns || !isObject(extra) ? unknownJson : of(extra),
  });
}

function sizeOf(limit: Json | undefined, otherwise: number): number {
  return typeof limit === "number" && limit >= 0 ? Math.min(limit, otherwise) : otherwise;
}

/** What a local reference (`#/$defs/x`) points to. */
function resolve(reference: string, root: Json | undefined): Json | undefined {
  if (!reference.startsWith("#")) return undefined;
  let found = root;
  for (const step of reference.slice(1).split("/").slice(1)) {
    if (typeof found !== "object" || found === null) return undefined;
    const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
    found = Object.entries(found).find(([name]) => name === key)?.[1];
  }
  return found;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
