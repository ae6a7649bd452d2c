import { digestOf } from "@holdfast/model";
import type { Json, JsonObject } from "@holdfast/model";
import { bothNumbers, numbersAbove, numbersBelow, wholeBetween } from "../domain/number-set.ts";
import {
  absentSet,
  bothValues,
  everything,
  falseSet,
  hasValue,
  listSet,
  mapSet,
  numbersIn,
  numberSet,
  only,
  otherValues,
  present,
  setOf,
  textSet,
  textsIn,
} from "../domain/value-set.ts";
import type { ValueSet } from "../domain/value-set.ts";
import { all, any, atom, never } from "../formula/formula.ts";
import type { Formula } from "../formula/formula.ts";
import { sized } from "../text/language.ts";
import { matching } from "../text/pattern.ts";
import { bothTexts } from "../text/text-set.ts";
import type { TextSet } from "../text/text-set.ts";
import { opaqueText } from "../condition/opaque.ts";
import { placeSlot, sizeSlot } from "../condition/place.ts";
import type { Surroundings } from "../condition/surroundings.ts";
import { test } from "../condition/term.ts";

/** Keywords that say nothing of which values fit. */
const annotations: ReadonlySet<string> = new Set([
  "$schema",
  "$id",
  "$comment",
  "title",
  "description",
  "default",
  "examples",
  "format",
  "deprecated",
  "readOnly",
  "writeOnly",
]);

/** How deep properties of properties are looked into. */
const depthMax = 3;

/** What reading a schema needs to know and gathers. */
interface Reading {
  readonly surroundings: Surroundings;
  /** whether both policy sets that are compared have this schema; one set alone does */
  readonly shared: boolean;
  /** names of properties that the other set's schema declares at the top */
  readonly otherNames: readonly string[];
  /** something the schema says is not looked into */
  inexact: boolean;
}

/** When the arguments, as the rule sees them, fit the tool's schema. */
export function schemaRegion(
  surroundings: Surroundings,
  { shared, otherNames }: Pick<Reading, "shared" | "otherNames">,
): Formula {
  const schema = surroundings.tool?.schema;
  if (schema === undefined) return all([]);
  const reading: Reading = { surroundings, shared, otherNames, inexact: false };
  const formula = objectRegion(schema, [], reading);
  if (!reading.inexact) return formula;
  const text = `the arguments fit schema ${digestOf(schema).slice(7, 15)}`;
  return all([formula, opaqueText(text, surroundings).holds]);
}

function objectRegion(schema: JsonObject, path: readonly string[], reading: Reading): Formula {
  const properties = objectOf(schema["properties"]) ?? {};
  const required = listOf(schema["required"]);
  const parts: Formula[] = [];
  for (const [name, part] of Object.entries(properties)) {
    parts.push(propertyRegion(part, [...path, name], required.includes(name), reading));
  }
  for (const name of required) {
    if (typeof name !== "string" || Object.hasOwn(properties, name)) continue;
    parts.push(termTest([...path, name], present, reading));
  }
  if (isClosed(schema)) {
    const undeclared = path.length === 0 ? reading.otherNames : [];
    for (const name of undeclared) {
      if (!Object.hasOwn(properties, name))
        parts.push(termTest([...path, name], absentSet, reading));
    }
    if (path.length === 0 && !reading.shared)
      parts.push(atom(undeclaredSlot(reading.surroundings), falseSet));
    if (schema["additionalProperties"] !== false && schema["additionalProperties"] !== undefined) {
      reading.inexact = true;
    }
  }
  noteUnknown(schema, ["type", "properties", "required", "additionalProperties"], reading);
  return all(parts);
}

/** Whether arguments that the schema does not declare are refused: unless it allows them. */
function isClosed(schema: JsonObject): boolean {
  if (schema["additionalProperties"] === true) return false;
  return schema["additionalProperties"] !== undefined || describesObject(schema);
}

function describesObject(schema: JsonObject): boolean {
  const { type } = schema;
  if (type === "object" || (Array.isArray(type) && type.includes("object"))) return true;
  return ["properties", "required"].some((keyword) => keyword in schema);
}

/** The slot that says whether there are arguments beyond all that are declared. */
function undeclaredSlot({ table }: Pick<Surroundings, "table">): string {
  const universe = setOf({ true: true, false: true });
  return table.declare({ name: "args#undeclared", meaning: { kind: "undeclared" }, universe });
}

function termTest(path: readonly string[], set: ValueSet, reading: Reading): Formula {
  const term = reading.surroundings.argument(path);
  if (term !== undefined) return test(term, set);
  reading.inexact = true;
  return all([]);
}

function propertyRegion(
  schema: Json,
  path: readonly string[],
  required: boolean,
  reading: Reading,
): Formula {
  const optional = required ? present : everything;
  if (schema === true) return termTest(path, optional, reading);
  const part = objectOf(schema);
  if (part === undefined) {
    return schema === false ? termTest(path, absentSet, reading) : never;
  }
  const { set, rest } = scalarRegion(part, path, reading);
  const allowed: ValueSet = { ...set, absent: !required };
  const formulas = [termTest(path, allowed, reading), ...rest];
  const defined = part["default"];
  if (defined !== undefined && !hasValue(set, defined)) reading.inexact = true;
  if (set.map && describesObject(part)) {
    if (path.length >= depthMax) reading.inexact = true;
    else {
      const isMap = termTest(path, otherValues(mapSet), reading);
      formulas.push(any([isMap, objectRegion(part, path, reading)]));
    }
  }
  return all(formulas);
}

/** The values of a schema by their kind, and what it says of the items and lengths of lists. */
function scalarRegion(
  schema: JsonObject,
  path: readonly string[],
  reading: Reading,
): { readonly set: ValueSet; readonly rest: readonly Formula[] } {
  let set = bothValues(kindsOf(schema), literalsOf(schema, reading));
  set = { ...set, numbers: bothNumbers(set.numbers, numbersOf(schema)) };
  const texts = textsOf(schema, set.texts, reading);
  set = { ...set, texts };
  const rest = set.list ? listRegion(schema, path, reading) : [];
  const objectKeywords = set.map ? ["properties", "required", "additionalProperties"] : [];
  noteUnknown(
    schema,
    [
      "type",
      "const",
      "enum",
      "minimum",
      "maximum",
      "exclusiveMinimum",
      "exclusiveMaximum",
      "minLength",
      "maxLength",
      "pattern",
      "items",
      "minItems",
      "maxItems",
      ...objectKeywords,
    ],
    reading,
  );
  return { set, rest };
}

function noteUnknown(schema: JsonObject, known: readonly string[], reading: Reading): void {
  const unknown = Object.keys(schema).some(
    (keyword) => !known.includes(keyword) && !annotations.has(keyword),
  );
  if (unknown) reading.inexact = true;
}

const kinds: Readonly<Record<string, ValueSet>> = {
  string: textSet,
  integer: numbersIn(wholeBetween(-Number.MAX_VALUE, Number.MAX_VALUE)),
  number: numberSet,
  boolean: setOf({ true: true, false: true }),
  null: setOf({ null: true }),
  array: listSet,
  object: mapSet,
};

function kindsOf(schema: JsonObject): ValueSet {
  const { type } = schema;
  if (type === undefined) return present;
  const names: readonly Json[] = Array.isArray(type) ? type : [type];
  const sets = names.map(
    (name) => (typeof name === "string" ? kinds[name] : undefined) ?? setOf({}),
  );
  return sets.reduce(
    (one, other) => ({
      ...otherValues(bothValues(otherValues(one), otherValues(other))),
    }),
    setOf({}),
  );
}

function literalsOf(schema: JsonObject, reading: Reading): ValueSet {
  const lists = [
    ...(schema["const"] === undefined ? [] : [[schema["const"]]]),
    ...(Array.isArray(schema["enum"]) ? [schema["enum"]] : []),
  ];
  let set = present;
  for (const list of lists) {
    const texts = list.filter((value) => typeof value === "string");
    let own: ValueSet = textsIn({ kind: "some", texts: new Set(texts) });
    for (const value of list) {
      if (typeof value === "string") continue;
      if (typeof value === "object" && value !== null) reading.inexact = true;
      own = otherValues(bothValues(otherValues(own), otherValues(only(value))));
    }
    set = bothValues(set, own);
  }
  return set;
}

function numbersOf(schema: JsonObject): ReturnType<typeof wholeBetween> {
  let numbers = numberSet.numbers;
  const bound = (keyword: string): number | undefined => {
    const value = schema[keyword];
    return typeof value === "number" ? value : undefined;
  };
  const [least, most] = [bound("minimum"), bound("maximum")];
  const [over, under] = [bound("exclusiveMinimum"), bound("exclusiveMaximum")];
  if (least !== undefined) numbers = bothNumbers(numbers, numbersAbove(least, true));
  if (most !== undefined) numbers = bothNumbers(numbers, numbersBelow(most, true));
  if (over !== undefined) numbers = bothNumbers(numbers, numbersAbove(over, false));
  if (under !== undefined) numbers = bothNumbers(numbers, numbersBelow(under, false));
  return numbers;
}

function textsOf(schema: JsonObject, texts: TextSet, reading: Reading): TextSet {
  const { minLength, maxLength, pattern } = schema;
  const { table } = reading.surroundings;
  const language = table.language.bind(table);
  let result: TextSet | undefined = texts;
  const meet = (automaton: ReturnType<typeof matching>): void => {
    const next: TextSet | undefined =
      automaton && result ? bothTexts(result, { kind: "language", automaton }) : undefined;
    if (next === undefined) reading.inexact = true;
    else result = next;
  };
  if (typeof minLength === "number" || typeof maxLength === "number") {
    const least = typeof minLength === "number" ? minLength : 0;
    // WHY: no request holds longer texts than the reader of requests lets in, so such a bound is none.
    const most = typeof maxLength === "number" ? maxLength : undefined;
    if (least > 0 || most !== undefined)
      meet(language(`size ${least} ${most}`, () => sized(least, most)));
  }
  if (typeof pattern === "string") meet(language(`matches ${pattern}`, () => matching(pattern)));
  return result;
}

function listRegion(
  schema: JsonObject,
  path: readonly string[],
  reading: Reading,
): readonly Formula[] {
  const { surroundings, shared } = reading;
  const slot = placeSlot(surroundings, ["args", ...path]);
  if (slot === undefined) return [];
  const items = objectOf(schema["items"]);
  if (schema["items"] !== undefined) {
    if (items === undefined || !shared) reading.inexact = true;
    else {
      const inner: Reading = { ...reading, inexact: false };
      const { set } = scalarRegion(items, [...path, "*"], inner);
      if (inner.inexact || set.list || set.map) reading.inexact = true;
      surroundings.table.describeItems(slot, set);
    }
  }
  const { minItems, maxItems } = schema;
  if (typeof minItems !== "number" && typeof maxItems !== "number") return [];
  const least = typeof minItems === "number" ? minItems : 0;
  const most = typeof maxItems === "number" ? maxItems : Number.MAX_VALUE;
  const size = atom(sizeSlot(surroundings.table, slot), numbersIn(wholeBetween(least, most)));
  return [any([atom(slot, otherValues(listSet)), size])];
}

function objectOf(json: Json | undefined): JsonObject | undefined {
  if (typeof json !== "object" || json === null || isList(json)) return undefined;
  return json;
}

function listOf(json: Json | undefined): readonly Json[] {
  return json !== undefined && isList(json) ? json : [];
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}

/** The names of the properties that a schema declares at the top. */
export function declaredNames(schema: JsonObject | undefined): readonly string[] {
  return Object.keys(objectOf(schema?.["properties"]) ?? {});
}

/** The default of a property at the top; `nested` when defaults stand deeper below it. */
export function defaultOf(
  schema: JsonObject | undefined,
  name: string,
): { readonly value: Json | undefined; readonly nested: boolean } {
  const part = objectOf(objectOf(schema?.["properties"])?.[name]);
  const { default: value, ...rest } = part ?? {};
  return { value, nested: JSON.stringify(rest).includes('"default":') };
}
