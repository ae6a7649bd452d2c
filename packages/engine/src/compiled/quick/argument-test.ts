import type { Json, JsonObject } from "@holdfast/model";
import { functionOf } from "../shape/generated.ts";

/**
 * Whether arguments surely fit a schema as they are: 1, or 0 when the schema's own check must
 * say, which also tells what is wrong.
 */
export type ArgumentTest = (args: JsonObject) => 0 | 1;

/** Keywords that say nothing of which arguments fit. */
const words: ReadonlySet<string> = new Set(
  "$schema $id $comment title description examples deprecated readOnly writeOnly format default".split(
    " ",
  ),
);
const keywords: ReadonlySet<string> = new Set([
  "type",
  "properties",
  "required",
  "additionalProperties",
]);
const propertiesMax = 64;

/** The tests of all schemas as few functions: those of one text share one. */
export class ArgumentTests {
  readonly #known = new Map<string, ArgumentTest>();

  /** The test of a schema; `undefined` when it says more than a test can look at. */
  of(schema: JsonObject): ArgumentTest | undefined {
    const text = textOf(schema);
    if (text === undefined) return undefined;
    let known = this.#known.get(text);
    if (known === undefined) {
      known = functionOf(["a"], text) as ArgumentTest;
      this.#known.set(text, known);
    }
    return known;
  }
}

/** The body of the test; `undefined` when a keyword needs the whole check. */
function textOf(schema: JsonObject): string | undefined {
  if (schema["type"] !== "object") return undefined;
  const { properties = {}, required = [], additionalProperties = false } = schema;
  const isKnown = (keyword: string): boolean => words.has(keyword) || keywords.has(keyword);
  if (!Object.keys(schema).every(isKnown)) return undefined;
  if (!isObject(properties) || !isList(required)) return undefined;
  if (typeof additionalProperties !== "boolean") return undefined;
  const names = Object.keys(properties).toSorted();
  if (names.length > propertiesMax) return undefined;
  let body = "let n=0;";
  for (const [index, name] of names.entries()) {
    // Names that every object inherits could be read where they are not.
    if (name in Object.prototype) return undefined;
    const test = propertyTest(properties[name], `v${index}`);
    if (test === undefined) return undefined;
    // What has a default and is absent gets it, which makes other arguments of these.
    const needed = required.includes(name) || hasDefault(properties[name]);
    body += `const v${index}=a[${JSON.stringify(name)}];`;
    body += `if(v${index}!==undefined){if(!(${test}))return 0;n++;}`;
    if (needed) body += "else return 0;";
  }
  if (required.some((name) => typeof name !== "string" || !names.includes(name))) return undefined;
  if (additionalProperties) return `${body}return 1;`;
  return `${body}for(const k in a)n--;return n===0?1:0;`;
}

/** The test of one property's value as JavaScript. */
function propertyTest(schema: Json | undefined, value: string): string | undefined {
  if (!isObject(schema)) return schema === true ? "true" : undefined;
  const tests: string[] = [];
  for (const [keyword, said] of Object.entries(schema)) {
    if (words.has(keyword)) continue;
    const test = keywordTest(keyword, said, schema, value);
    if (test === undefined) return undefined;
    tests.push(test);
  }
  // A value of unknown type may be long, and reading it may cost what only closures count.
  if (!["type", "enum", "const"].some((keyword) => keyword in schema)) return undefined;
  return tests.length === 0 ? undefined : tests.join("&&");
}

function keywordTest(
  keyword: string,
  said: Json,
  { type }: JsonObject,
  value: string,
): string | undefined {
  switch (keyword) {
    case "type":
      return typeTests.get(said)?.(value);
    case "enum":
      return isList(said) ? enumTest(said, value) : undefined;
    case "const":
      return enumTest([said], value);
    case "minimum":
    case "maximum":
    case "exclusiveMinimum":
    case "exclusiveMaximum": {
      if (typeof said !== "number" || (type !== "number" && type !== "integer")) return undefined;
      return `${value}${signs[keyword]}${said}`;
    }
    case "minLength":
    case "maxLength": {
      if (typeof said !== "number" || type !== "string") return undefined;
      // Lengths are in code points: at most as many as units, at least half as many.
      return keyword === "maxLength" ? `${value}.length<=${said}` : `${value}.length>=${said * 2}`;
    }
    default:
      return undefined;
  }
}

const signs = {
  minimum: ">=",
  maximum: "<=",
  exclusiveMinimum: ">",
  exclusiveMaximum: "<",
} as const;

const typeTests: ReadonlyMap<Json, (value: string) => string> = new Map([
  ["string", (value: string) => `typeof ${value}==="string"`],
  ["boolean", (value: string) => `typeof ${value}==="boolean"`],
  ["number", (value: string) => `typeof ${value}==="number"`],
  ["integer", (value: string) => `typeof ${value}==="number"&&${value}%1===0`],
  ["null", (value: string) => `${value}===null`],
]);

function enumTest(values: readonly Json[], value: string): string | undefined {
  if (values.length === 0 || values.length > 32) return undefined;
  const plain = values.every((each) => each === null || typeof each !== "object");
  if (!plain) return undefined;
  return `(${values.map((each) => `${value}===${JSON.stringify(each)}`).join("||")})`;
}

function hasDefault(schema: Json | undefined): boolean {
  return isObject(schema) && "default" in schema;
}

function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

function isList(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json);
}
