import type { Json, JsonObject } from "@holdfast/model";
import type { CelType, ObjectField } from "../../cel/type.ts";
import { boolType, doubleType, dynType, intType, nullType, stringType } from "../../cel/type.ts";
import { listOf, mapOf, nullable } from "../../cel/type-builder.ts";

/** How many references and levels of a schema are followed before a part counts as unknown. */
const followMax = 32;

/**
 * The type of the values a JSON Schema 2020-12 admits, as conditions see them: `integer` is int,
 * `number` is double, an object has the declared properties and no others unless the schema
 * allows them. What the schema leaves open, or says in a way types cannot, is `dyn`.
 */
export function schemaType(schema: Json | undefined, name: string): CelType {
  return convert(schema, { name, root: schema, depth: 0 });
}

interface Place {
  /** shown in messages: `stripe.refund args` */
  readonly name: string;
  readonly root: Json | undefined;
  readonly depth: number;
}

function convert(schema: Json | undefined, place: Place): CelType {
  if (!isObject(schema) || place.depth > followMax) return dynType;
  const deeper = { ...place, depth: place.depth + 1 };
  const reference = schema["$ref"];
  if (typeof reference === "string") {
    const alone = Object.keys(schema).every((key) => key === "$ref" || annotations.has(key));
    return alone ? convert(resolve(reference, place.root), deeper) : dynType;
  }
  for (const branches of [schema["anyOf"], schema["oneOf"]]) {
    if (Array.isArray(branches)) return common(branches, schema, deeper);
  }
  if (schema["allOf"] !== undefined) return dynType;
  const literals = schema["const"] === undefined ? schema["enum"] : [schema["const"]];
  const { type } = schema;
  if (type === undefined && Array.isArray(literals)) return literalsType(literals);
  if (Array.isArray(type)) return eitherOf(type.map((each) => single(each, schema, deeper)));
  return single(type, schema, deeper);
}

const annotations: ReadonlySet<string> = new Set(["description", "title", "default", "examples"]);

const simpleTypes: ReadonlyMap<Json | undefined, CelType> = new Map<Json | undefined, CelType>([
  ["string", stringType],
  ["integer", intType],
  ["number", doubleType],
  ["boolean", boolType],
  ["null", nullType],
]);

function single(type: Json | undefined, schema: JsonObject, place: Place): CelType {
  if (type === "array") {
    return listOf(schema["prefixItems"] === undefined ? convert(schema["items"], place) : dynType);
  }
  if (type === "object" || (type === undefined && schema["properties"] !== undefined)) {
    return objectType(schema, place);
  }
  return simpleTypes.get(type) ?? dynType;
}

function objectType(schema: JsonObject, place: Place): CelType {
  const properties = schema["properties"];
  const rest = restType(schema, place);
  if (!isObject(properties) || Object.keys(properties).length === 0) {
    if (rest !== undefined) return mapOf(stringType, rest);
  }
  const required = schema["required"];
  const fields = new Map<string, ObjectField>();
  for (const [field, part] of Object.entries(isObject(properties) ? properties : {})) {
    const type = convert(part, { ...place, name: `${place.name}.${field}` });
    const filled = isObject(part) && part["default"] !== undefined;
    const optional = !filled && !(Array.isArray(required) && required.includes(field));
    fields.set(field, { type, optional });
  }
  const base = { kind: "object", name: place.name, fields } as const;
  return rest === undefined ? base : { ...base, rest };
}

/** The type of undeclared properties; undefined where they are refused. */
function restType(schema: JsonObject, place: Place): CelType | undefined {
  const extra = schema["additionalProperties"] ?? schema["unevaluatedProperties"];
  if (schema["patternProperties"] !== undefined) return dynType;
  if (extra === undefined || extra === false) return undefined;
  return extra === true ? dynType : convert(extra, { ...place, name: `${place.name}.*` });
}

function common(branches: readonly Json[], schema: JsonObject, place: Place): CelType {
  const beside = Object.keys(schema).some((key) => key === "properties" || key === "allOf");
  return beside ? dynType : eitherOf(branches.map((branch) => convert(branch, place)));
}

/** One type for several: itself with null added, or `dyn` where they differ. */
function eitherOf(types: readonly CelType[]): CelType {
  const real = types.filter((type) => type.kind !== "null");
  const [first] = real;
  if (first === undefined) return types.length === 0 ? dynType : nullType;
  const same = real.every((type) => type.kind === first.kind && isScalar(type));
  if (!same && real.length > 1) return dynType;
  return real.length < types.length ? nullable(first) : first;
}

function isScalar(type: CelType): boolean {
  return ["string", "int", "double", "bool"].includes(type.kind);
}

function literalsType(literals: readonly Json[]): CelType {
  return eitherOf(
    literals.map((literal) => {
      if (literal === null) return nullType;
      if (typeof literal === "string") return stringType;
      if (typeof literal === "boolean") return boolType;
      return dynType;
    }),
  );
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
