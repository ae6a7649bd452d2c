import type { Json, JsonObject } from "@holdfast/model";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { ErrorObject } from "ajv/dist/2020.js";
import { RE2JS } from "re2js";
import { equalityKeywords } from "./equality-keyword.ts";

/** Arguments that fit, with defaults filled in, or what is wrong with them. */
export type Validation =
  | { readonly ok: true; readonly args: JsonObject }
  | { readonly ok: false; readonly problem: string };

/** A tool's compiled schema. Pure: the arguments given are never changed. */
export type ArgumentSchema = (args: JsonObject) => Validation;

/**
 * Compiles a tool's JSON Schema (2020-12). Properties it does not declare are refused unless it
 * allows them; `pattern` is RE2, linear in the text; `format` is an annotation. Total: a schema
 * that cannot be compiled fits no arguments.
 */
export function argumentSchema(schema: JsonObject): ArgumentSchema {
  let validate: ReturnType<Ajv2020["compile"]>;
  try {
    const ajv = new Ajv2020({
      strict: false,
      useDefaults: true,
      validateFormats: false,
      // A part that was moved is compiled on its own, and shares nothing with the loop around it.
      inlineRefs: false,
      ownProperties: true,
      logger: false,
      // The compiler of the policy set has checked the schema itself already.
      meta: false,
      validateSchema: false,
      code: { regExp: Object.assign(linearPattern, { code: "linearPattern" }) },
    });
    for (const definition of equalityKeywords) {
      ajv.removeKeyword(definition.keyword).addKeyword(definition);
    }
    validate = ajv.compile(withoutSharedLoops(closed(mutableCopy(schema), true)));
  } catch (error) {
    const problem = `the tool's schema cannot be used: ${messageOf(error)}`;
    return () => ({ ok: false, problem });
  }
  return (args) => {
    // WHY: ajv fills defaults in place, so it gets a copy; null prototypes keep keys own.
    const copy = mutableCopy(args);
    try {
      if (validate(copy)) return { ok: true, args: copy as JsonObject };
    } catch (error) {
      return { ok: false, problem: messageOf(error) };
    }
    return { ok: false, problem: describe(validate.errors?.[0]) };
  };
}

type Mutable = null | boolean | number | string | Mutable[] | { [key: string]: Mutable };

function mutableCopy(json: Json): Mutable {
  if (json === null || typeof json !== "object") return json;
  if (isList(json)) return json.map((item) => mutableCopy(item));
  const copy: { [key: string]: Mutable } = Object.create(null);
  for (const [key, value] of Object.entries(json)) copy[key] = mutableCopy(value);
  return copy;
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}

/** A search takes time for each unit of a text and instruction of its pattern; more is refused. */
const workMax = 64_000_000;

/** ajv tells patterns apart by their text form, so each must have its own. */
function linearPattern(pattern: string): {
  test: (text: string) => boolean;
  toString: () => string;
} {
  const compiled = RE2JS.compile(pattern);
  const unitsMax = Math.floor(workMax / compiled.programSize());
  return {
    test(text) {
      if (text.length > unitsMax) {
        throw new Error(`a text is longer than ${unitsMax} units, too long for its pattern`);
      }
      return compiled.matcher(text).find();
    },
    toString: () => `re2:${pattern}`,
  };
}

/** Keywords whose schemas describe another place of the value, each on its own. */
const placeKeywords = ["items", "contains", "additionalProperties", "unevaluatedItems"] as const;
const placeMaps = ["properties", "patternProperties"] as const;
/** Keywords whose schemas describe the same place again, so that closing them would be wrong. */
const branchLists = ["allOf", "anyOf", "oneOf"] as const;
const branchKeywords = ["if", "then", "else", "not"] as const;
const branchMaps = ["$defs", "definitions", "dependentSchemas"] as const;

/**
 * The schema with every object in it closed: where a place of the value is described and neither
 * `additionalProperties` nor `unevaluatedProperties` says otherwise, undeclared ones are refused.
 */
function closed(schema: Mutable, place: boolean): { [key: string]: Mutable } | boolean {
  if (typeof schema === "boolean") return schema;
  if (schema === null || typeof schema !== "object" || Array.isArray(schema)) {
    throw new Error("a schema is an object or a boolean");
  }
  const result: { [key: string]: Mutable } = { ...schema };
  // WHY: tools declare older dialects in `$schema`; all are read as 2020-12, never fetched.
  delete result["$schema"];
  if (place) delete result["$id"];
  for (const keyword of placeKeywords) closeOne(result, keyword, true);
  for (const keyword of branchKeywords) closeOne(result, keyword, false);
  for (const keyword of placeMaps) closeMap(result, keyword, true);
  for (const keyword of branchMaps) closeMap(result, keyword, false);
  closeList(result, "prefixItems", true);
  for (const keyword of branchLists) closeList(result, keyword, false);
  const open = "additionalProperties" in result || "unevaluatedProperties" in result;
  if (place && !open && describesObject(result)) result["unevaluatedProperties"] = false;
  return result;
}

/** Keywords of which one schema is held against several values in a loop. */
const loopKeywords = [
  "items",
  "contains",
  "additionalProperties",
  "unevaluatedItems",
  "unevaluatedProperties",
] as const;
/** What makes it depend on the value which of its properties are declared. */
const choosing = ["allOf", "anyOf", "oneOf", "if", "$ref", "dependentSchemas", "patternProperties"];

/**
 * The schema with each part that is used in a loop and makes choices moved to `$defs`. ajv keeps
 * in one function what was declared for an element, and would allow it to all that come after it.
 */
function withoutSharedLoops(
  schema: { [key: string]: Mutable } | boolean,
): { [key: string]: Mutable } | boolean {
  if (typeof schema === "boolean") return schema;
  const moved = new Map<string, Mutable>();
  const visit = (part: Mutable): Mutable => {
    if (Array.isArray(part)) return part.map(visit);
    if (part === null || typeof part !== "object") return part;
    const result: { [key: string]: Mutable } = Object.create(null);
    for (const [key, value] of Object.entries(part)) result[key] = visitMember(key, value);
    return result;
  };
  const visitAll = (parts: Mutable): Mutable => {
    if (parts === null || typeof parts !== "object" || Array.isArray(parts)) return parts;
    return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, visit(part)]));
  };
  const visitMember = (key: string, value: Mutable): Mutable => {
    // What an author wrote as a value is no schema, and what he named is no keyword.
    if (["const", "enum", "default", "examples"].includes(key)) return value;
    const named = [...placeMaps, ...branchMaps].some((keyword) => keyword === key);
    const visited = named ? visitAll(value) : visit(value);
    if (loopKeywords.some((keyword) => keyword === key)) return moveOut(visited, moved);
    if (key !== "patternProperties" || visited === null || typeof visited !== "object") {
      return visited;
    }
    const entries = Object.entries(visited);
    return Object.fromEntries(entries.map(([name, one]) => [name, moveOut(one, moved)]));
  };
  const result = visit(schema);
  if (result === null || typeof result !== "object" || Array.isArray(result)) return schema;
  const own = result["$defs"];
  const defs = own !== null && typeof own === "object" && !Array.isArray(own) ? own : {};
  return moved.size === 0
    ? result
    : { ...result, $defs: { ...defs, ...Object.fromEntries(moved) } };
}

function moveOut(part: Mutable, moved: Map<string, Mutable>): Mutable {
  if (part === null || typeof part !== "object" || Array.isArray(part)) return part;
  if (!choosing.some((keyword) => keyword in part)) return part;
  const name = `holdfast-part-${moved.size}`;
  moved.set(name, part);
  return { $ref: `#/$defs/${name}` };
}

function closeOne(schema: { [key: string]: Mutable }, keyword: string, place: boolean): void {
  const part = schema[keyword];
  if (part !== undefined) schema[keyword] = closed(part, place);
}

function closeMap(schema: { [key: string]: Mutable }, keyword: string, place: boolean): void {
  const parts = schema[keyword];
  if (parts === undefined || parts === null || typeof parts !== "object") return;
  const result: { [key: string]: Mutable } = Object.create(null);
  for (const [name, part] of Object.entries(parts)) result[name] = closed(part, place);
  schema[keyword] = result;
}

function closeList(schema: { [key: string]: Mutable }, keyword: string, place: boolean): void {
  const parts = schema[keyword];
  if (Array.isArray(parts)) schema[keyword] = parts.map((part) => closed(part, place));
}

/** `{}` allows anything and stays so; anything that speaks of objects is closed. */
function describesObject(schema: { [key: string]: Mutable }): boolean {
  const type = schema["type"];
  if (type === "object" || (Array.isArray(type) && type.includes("object"))) return true;
  return ["properties", "patternProperties", "required", "$ref", ...branchLists].some(
    (keyword) => keyword in schema,
  );
}

function describe(error: ErrorObject | null | undefined): string {
  if (error === null || error === undefined) return "the arguments do not fit";
  const path = error.instancePath === "" ? "the arguments" : `\`${error.instancePath}\``;
  const undeclared: unknown = error.params["unevaluatedProperty"];
  if (typeof undeclared === "string") return `${path} must not have \`${undeclared}\``;
  const additional: unknown = error.params["additionalProperty"];
  if (typeof additional === "string") return `${path} must not have \`${additional}\``;
  return `${path} ${error.message ?? "do not fit"}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
