import type { Json, JsonObject } from "@holdfast/model";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { ErrorObject } from "ajv/dist/2020.js";
import { RE2JS } from "re2js";
import { wholeValueKeywords } from "./whole-value-keyword.ts";

/** Arguments that fit with defaults filled in (the same object when none were), or the problem. */
export type Checked =
  | { readonly ok: true; readonly args: JsonObject }
  | { readonly ok: false; readonly problem: string };

/** Holds arguments against a tool's schema; never changes what it is given. */
export type ArgumentCheck = (args: JsonObject) => Checked;

type Writable = null | boolean | number | string | Writable[] | { [key: string]: Writable };

/**
 * The checks of tools' JSON Schemas (2020-12), one for all tools of one schema: what it does not declare is refused unless it says
 * otherwise, patterns are RE2, formats say nothing. A schema that cannot be used fits nothing; nor
 * does any where text may not become code, since that is what ajv makes of a schema.
 */
export class ArgumentChecks {
  readonly #known = new Map<string, ArgumentCheck>();

  /** The check of a schema. */
  of(schema: JsonObject): ArgumentCheck {
    // Made when first asked: most tools of a large registry are never called.
    let check: ArgumentCheck | undefined;
    return (args) => (check ??= this.#compiled(schema))(args);
  }

  #compiled(schema: JsonObject): ArgumentCheck {
    const text = JSON.stringify(schema);
    let known = this.#known.get(text);
    if (known === undefined) {
      known = compiledCheck(schema);
      this.#known.set(text, known);
    }
    return known;
  }
}

function compiledCheck(schema: JsonObject): ArgumentCheck {
  let validate: ReturnType<Ajv2020["compile"]>;
  // Only a schema that holds defaults can change what it is given, and then gets a copy.
  const fills = JSON.stringify(schema).includes('"default"');
  try {
    const ajv = new Ajv2020({
      strict: false,
      useDefaults: fills,
      validateFormats: false,
      // What stands apart must stay a function of its own, see `closing`.
      inlineRefs: false,
      ownProperties: true,
      logger: false,
      // Loading the policy set has checked the schema itself.
      meta: false,
      validateSchema: false,
      code: { regExp: Object.assign(linear, { code: "linear" }) },
    });
    for (const definition of wholeValueKeywords) {
      ajv.removeKeyword(definition.keyword).addKeyword(definition);
    }
    validate = ajv.compile(closedSchema(copyOf(schema)));
  } catch (error) {
    const words = error instanceof EvalError ? "text may not become code here" : wordsOf(error);
    const problem = `the tool's schema cannot be used: ${words}`;
    return () => ({ ok: false, problem });
  }
  return (args) => {
    const checked = fills ? (copyOf(args) as JsonObject) : args;
    try {
      if (validate(checked)) return { ok: true, args: checked };
    } catch (error) {
      return { ok: false, problem: wordsOf(error) };
    }
    return { ok: false, problem: problemOf(validate.errors?.[0]) };
  };
}

function copyOf(json: Json): Writable {
  if (json === null || typeof json !== "object") return json;
  if (isList(json)) return json.map(copyOf);
  const copy: { [key: string]: Writable } = Object.create(null);
  for (const key of Object.keys(json)) copy[key] = copyOf(json[key] ?? null);
  return copy;
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}

/** Units of a text times instructions of its pattern: as much as one evaluation of a condition may take. */
const patternWorkMax = 64_000_000;

function linear(pattern: string): { test: (text: string) => boolean; toString: () => string } {
  const compiled = RE2JS.compile(pattern);
  const longest = Math.floor(patternWorkMax / compiled.programSize());
  const test = (text: string): boolean => {
    if (text.length <= longest) return compiled.matcher(text).find();
    throw new Error(`a text is longer than ${longest} units, too long for its pattern`);
  };
  return { test, toString: () => `re2:${pattern}` };
}

type Closing = "place" | "same";

/** How the sub-schemas of a keyword are found, and whether they describe a place of their own. */
const keywords: readonly (readonly [string, "one" | "map" | "list", Closing])[] = [
  ["items", "one", "place"],
  ["contains", "one", "place"],
  ["additionalProperties", "one", "place"],
  ["unevaluatedItems", "one", "place"],
  ["if", "one", "same"],
  ["then", "one", "same"],
  ["else", "one", "same"],
  ["not", "one", "same"],
  ["properties", "map", "place"],
  ["patternProperties", "map", "place"],
  ["$defs", "map", "same"],
  ["definitions", "map", "same"],
  ["dependentSchemas", "map", "same"],
  ["prefixItems", "list", "place"],
  ["allOf", "list", "same"],
  ["anyOf", "list", "same"],
  ["oneOf", "list", "same"],
];

/** Keywords that hold one schema against many values, one after the other. */
const loops: ReadonlySet<string> = new Set([
  "items",
  "contains",
  "additionalProperties",
  "unevaluatedItems",
  "unevaluatedProperties",
  "patternProperties",
]);

/** Keywords by which it depends on the value which properties a schema speaks of. */
const choices = ["anyOf", "oneOf", "allOf", "if", "$ref", "dependentSchemas", "patternProperties"];

/** A closed schema, whose parts that make choices for one value after the other stand apart. */
function closedSchema(schema: Writable): { [key: string]: Writable } | boolean {
  const apart: { [name: string]: Writable } = Object.create(null);
  const closed = closing(schema, true, apart);
  if (typeof closed === "boolean" || Object.keys(apart).length === 0) return closed;
  const { $defs = {} } = closed;
  if ($defs === null || typeof $defs !== "object" || Array.isArray($defs)) {
    throw new Error("`$defs` is an object");
  }
  return { ...closed, $defs: { ...$defs, ...apart } };
}

/**
 * A schema that makes choices, as a reference to where it stands apart. WHY: ajv forgets nothing
 * between the turns of a loop, so what one element was allowed every later one would be too.
 */
function apartFrom(part: Writable, apart: { [name: string]: Writable }): Writable {
  if (part === null || typeof part !== "object" || Array.isArray(part)) return part;
  if (!choices.some((keyword) => keyword in part)) return part;
  const name = `holdfast-loop-${Object.keys(apart).length}`;
  apart[name] = part;
  return { $ref: `#/$defs/${name}` };
}

/** The schema with every described object closed where it does not say what else it may hold. */
function closing(
  schema: Writable,
  place: boolean,
  apart: { [name: string]: Writable },
): { [key: string]: Writable } | boolean {
  if (typeof schema === "boolean") return schema;
  if (schema === null || typeof schema !== "object" || Array.isArray(schema)) {
    throw new Error("a schema is an object or a boolean");
  }
  const closed = { ...schema };
  delete closed["$schema"];
  if (place) delete closed["$id"];
  for (const [keyword, shape, where] of keywords) {
    const part = closed[keyword];
    if (part === undefined) continue;
    const inside = (each: Writable): Writable => {
      const inner = closing(each, where === "place", apart);
      return loops.has(keyword) ? apartFrom(inner, apart) : inner;
    };
    if (shape === "one") closed[keyword] = inside(part);
    else if (Array.isArray(part)) {
      if (shape === "list") closed[keyword] = part.map(inside);
      else closed[keyword] = closeAll(Object.entries(part), inside);
    } else if (shape === "map" && part !== null && typeof part === "object") {
      closed[keyword] = closeAll(Object.entries(part), inside);
    }
  }
  const { unevaluatedProperties } = closed;
  if (unevaluatedProperties !== undefined) {
    closed["unevaluatedProperties"] = apartFrom(unevaluatedProperties, apart);
  }
  const open = "additionalProperties" in closed || "unevaluatedProperties" in closed;
  if (place && !open && speaksOfObjects(closed)) closed["unevaluatedProperties"] = false;
  return closed;
}

function closeAll(
  entries: readonly (readonly [string, Writable])[],
  inside: (part: Writable) => Writable,
): { [key: string]: Writable } {
  const closed: { [key: string]: Writable } = Object.create(null);
  for (const [name, part] of entries) closed[name] = inside(part);
  return closed;
}

function speaksOfObjects(schema: { readonly [key: string]: Writable }): boolean {
  const type = schema["type"];
  if (type === "object" || (Array.isArray(type) && type.includes("object"))) return true;
  const words = ["properties", "patternProperties", "required", "$ref", "allOf", "anyOf", "oneOf"];
  return words.some((word) => word in schema);
}

function problemOf(error: ErrorObject | null | undefined): string {
  if (error === null || error === undefined) return "the arguments do not fit";
  const where = error.instancePath === "" ? "the arguments" : `\`${error.instancePath}\``;
  for (const parameter of ["unevaluatedProperty", "additionalProperty"]) {
    const undeclared: unknown = error.params[parameter];
    if (typeof undeclared === "string") return `${where} must not have \`${undeclared}\``;
  }
  return `${where} ${error.message ?? "do not fit"}`;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
