import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "@holdfast/model";
import type { Json, JsonObject } from "@holdfast/model";
import {
  interpretedProblem,
  schemaCompiler,
  schemaProblem,
} from "../src/compile/check/tool-schema.ts";
import { argumentCheck } from "../src/compiled/rule/argument-check.ts";

const names = fc.constantFrom("a", "b", "c", "a/b");
const size = fc.constantFrom(0, 1, 2, 3);
const bound = fc.constantFrom(-1, 0, 1, 1.5, 3);
const type = fc.constantFrom("object", "array", "string", "number", "integer", "boolean", "null");
const constant = fc.constantFrom<Json>(0, 1, "a", "ab", null, true, {}, { a: 1 }, [], [1]);

/** Keywords that no other schema stands in. */
const assertions = {
  type: fc.oneof(type, fc.uniqueArray(type, { minLength: 1, maxLength: 3 })),
  default: constant,
  const: constant,
  enum: fc.array(constant, { minLength: 1, maxLength: 3 }),
  maximum: bound,
  minimum: bound,
  exclusiveMaximum: bound,
  exclusiveMinimum: bound,
  multipleOf: fc.constantFrom(0.5, 1, 2),
  maxLength: size,
  minLength: size,
  pattern: fc.constantFrom("^a", "b$", "[0-9]"),
  maxItems: size,
  minItems: size,
  minContains: size,
  maxContains: size,
  uniqueItems: fc.boolean(),
  maxProperties: size,
  minProperties: size,
  required: fc.uniqueArray(names, { maxLength: 2 }),
  dependentRequired: fc.dictionary(names, fc.uniqueArray(names, { maxLength: 2 }), { maxKeys: 2 }),
};

type Keywords = Readonly<Record<string, fc.Arbitrary<unknown>>>;

/** Keywords with schemas for parts of the value. */
function partKeywords(inner: fc.Arbitrary<Json>): Keywords {
  return {
    prefixItems: fc.array(inner, { minLength: 1, maxLength: 3 }),
    items: inner,
    propertyNames: inner,
    properties: fc.dictionary(names, inner, { maxKeys: 3 }),
    additionalProperties: inner,
  };
}

/** Keywords with schemas for the same value, and those that depend on what such have looked at. */
function choiceKeywords(inner: fc.Arbitrary<Json>, branch: fc.Arbitrary<Json>): Keywords {
  const list = fc.array(branch, { minLength: 1, maxLength: 3 });
  return {
    unevaluatedProperties: inner,
    not: branch,
    anyOf: list,
    oneOf: list,
    allOf: list,
    if: branch,
    // oxlint-disable-next-line no-thenable -- a keyword of JSON Schema
    then: branch,
    else: branch,
    $ref: fc.constantFrom("#/$defs/one", "#/$defs/two", "#three", "#"),
  };
}

/** Objects of a few of these keywords. */
function someOf(keywords: Keywords): fc.Arbitrary<JsonObject> {
  return fc
    .uniqueArray(fc.constantFrom(...Object.keys(keywords)), { minLength: 1, maxLength: 4 })
    .chain((chosen) => {
      const parts = Object.fromEntries(
        chosen.map((name) => [name, keywords[name] ?? fc.constant(true)]),
      );
      return fc.record(parts) as fc.Arbitrary<JsonObject>;
    });
}

function orBoolean(objects: fc.Arbitrary<JsonObject>, depth: string): fc.Arbitrary<Json> {
  return fc.oneof({ maxDepth: 4, depthIdentifier: depth }, fc.boolean() as fc.Arbitrary<Json>, {
    weight: 8,
    arbitrary: objects,
  });
}

/** Schemas that choose nothing. */
const { plain } = fc.letrec<{ plain: Json }>((tie) => ({
  plain: orBoolean(someOf({ ...assertions, ...partKeywords(tie("plain")) }), "plain"),
}));

/** Schemas whose branches choose nothing themselves. */
const { schema } = fc.letrec<{ schema: Json }>((tie) => {
  const inner = tie("schema");
  const keywords = { ...assertions, ...partKeywords(inner), ...choiceKeywords(inner, plain) };
  return { schema: orBoolean(someOf(keywords), "schema") };
});

/**
 * Schemas of anything in anything. Only here: `contains`, since ajv beside `prefixItems` takes `[]`;
 * `patternProperties`, since of several misfits ajv tells another; and what closures refuse.
 */
const { wild } = fc.letrec<{ wild: Json }>((tie) => {
  const inner = tie("wild");
  const keywords = {
    ...assertions,
    ...partKeywords(inner),
    ...choiceKeywords(inner, inner),
    contains: inner,
    patternProperties: fc.dictionary(fc.constantFrom("^a", "b$", "[0-9]"), inner, { maxKeys: 2 }),
    unevaluatedItems: inner,
    dependentSchemas: fc.dictionary(names, inner, { maxKeys: 2 }),
  };
  return { wild: orBoolean(someOf(keywords), "wild") };
});

/** A tool's schema: an object of some properties, with definitions that it may refer to. */
function toolSchema(
  own: fc.Arbitrary<Json>,
  referred: fc.Arbitrary<Json>,
): fc.Arbitrary<JsonObject> {
  return fc.tuple(own, referred, referred, referred).map(([root, one, two, three]) => {
    const anchored = Object.assign({}, members(three), { $anchor: "three" });
    return Object.assign({}, members(root), { $defs: { one, two, three: anchored } });
  });
}

function members(given: Json): JsonObject {
  return typeof given === "object" && given !== null && !Array.isArray(given)
    ? (given as JsonObject)
    : {};
}

const { value: anyValue } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthIdentifier: "value" },
    fc.constantFrom<Json>(null, true, false, 0, 1, 1.5, 2, 3, -1, 1e21, "", "a", "ab", "1", "😀"),
    fc.array(tie("value"), { maxLength: 3 }) as fc.Arbitrary<Json>,
    fc.dictionary(fc.constantFrom("a", "b", "c", "a/b", "1"), tie("value"), {
      maxKeys: 3,
    }) as fc.Arbitrary<Json>,
  ),
}));
const args = fc.dictionary(fc.constantFrom("a", "b", "c", "a/b", "1"), anyValue, { maxKeys: 4 });

function told(check: ReturnType<typeof argumentCheck>, given: JsonObject): string {
  return canonicalJson(check(given));
}

/**
 * Whether it is the code of ajv that is wrong: where `unevaluatedItems` or `patternProperties`
 * depend on what a choice has looked at, it can throw or ask for item `true`. Both refuse.
 */
function fails(wanted: string): boolean {
  return /of undefined|is not defined|\/true`/u.test(wanted);
}

/**
 * Whether ajv takes an undeclared property of one member since a choice had looked at such a one
 * of the member before: its code keeps that from one turn of a loop to the next.
 */
function forgets(wanted: string, found: string): boolean {
  return wanted.includes('"ok":true') && found.includes("must not have `");
}

const runs = { numRuns: 400, interruptAfterTimeLimit: 20_000 };
const several = fc.array(args, { minLength: 6, maxLength: 6 }) as fc.Arbitrary<JsonObject[]>;

describe("a schema as closures", () => {
  test("takes the same arguments as code that ajv generates, with the same words and defaults", () => {
    const seen = { fit: 0, misfit: 0, unusable: 0, forgotten: 0 };
    fc.assert(
      fc.property(toolSchema(schema, plain), several, (given, values) => {
        const generated = argumentCheck(given, true);
        const closures = argumentCheck(given, false);
        for (const value of values) {
          const wanted = told(generated, value);
          if (wanted.includes("cannot be used")) {
            expect(closures(value).ok).toBe(false);
            seen.unusable += 1;
            return;
          }
          if (fails(wanted)) continue;
          const found = told(closures, value);
          if (found !== wanted && forgets(wanted, found)) {
            seen.forgotten += 1;
            continue;
          }
          expect(found).toBe(wanted);
          if (wanted.includes('"ok":true')) seen.fit += 1;
          else seen.misfit += 1;
        }
      }),
      runs,
    );
    expect(Math.min(seen.fit, seen.misfit)).toBeGreaterThan(100);
    expect(seen.forgotten).toBeLessThan((seen.fit + seen.misfit) / 100);
  });

  test("takes nothing that ajv does not take, however schemas stand in each other", () => {
    fc.assert(
      fc.property(toolSchema(wild, wild), several, (given, values) => {
        const generated = argumentCheck(given, true);
        const closures = argumentCheck(given, false);
        for (const value of values) {
          const found = told(closures, value);
          const wanted = told(generated, value);
          if (fails(wanted)) continue;
          if (found.includes('"ok":true')) expect(found).toBe(wanted);
        }
      }),
      runs,
    );
  });

  test.each<[JsonObject, Json, string | undefined]>([
    [{ contains: { type: "string" } }, [1, "a"], undefined],
    [{ contains: { type: "string" } }, [1], "must contain at least 1 valid item(s)"],
    [{ contains: true, minContains: 0 }, [], undefined],
    [
      { contains: { const: 1 }, minContains: 2, maxContains: 3 },
      [1],
      "must contain at least 2 and no more than 3 valid item(s)",
    ],
    [{ contains: { const: 1 }, maxContains: 1 }, [1, 1], "no more than 1 valid item(s)"],
    [
      { type: "object", patternProperties: { "^a": { type: "string" } } },
      { ab: 1 },
      "`/a/ab` must be string",
    ],
    [{ type: "object", patternProperties: { "^a": { type: "string" } } }, { b: 1 }, "`b`"],
    [{ type: "array", minContains: 0, enum: [0] }, "a", "one of the allowed values"],
    [{ type: ["string"], nullable: true }, [], "must be string,null"],
  ])("asks %j of %j like ajv", (own, value, words) => {
    const given = { type: "object", properties: { a: own } };
    for (const generates of [true, false]) {
      const checked = argumentCheck(given, generates)({ a: value });
      if (words === undefined) expect(checked.ok).toBe(true);
      else expect(checked).toMatchObject({ problem: expect.stringContaining(words) });
    }
  });

  test("is found to be a schema, or not to be one and where, as ajv finds it", () => {
    const keyword = fc.constantFrom(
      ...Object.keys({ ...assertions, ...choiceKeywords(plain, plain) }),
    );
    const broken = fc
      .tuple(plain, fc.dictionary(keyword, fc.oneof(plain, constant), { maxKeys: 2 }))
      .map(([own, junk]) => Object.assign({}, members(own), junk));
    const seen = { found: 0, fine: 0 };
    fc.assert(
      fc.property(fc.oneof(broken, toolSchema(schema, plain)), (given) => {
        const wanted = schemaProblem(given, schemaCompiler());
        const found = interpretedProblem({ ...given, $schema: undefined } as unknown as JsonObject);
        if (given["type"] !== undefined && given["type"] !== "object") return;
        // Ajv loses its way to the root when it is told to forget the schema.
        if (wanted?.message.startsWith("can't resolve reference # ") === true) return;
        // Of three equal entries ajv names others.
        const words = (problem: typeof found): string | undefined =>
          problem?.message.replace(/ \(items.*/u, "");
        expect(words(found)).toBe(words(wanted));
        expect(found?.path).toEqual(wanted?.path);
        if (wanted === undefined) seen.fine += 1;
        else seen.found += 1;
      }),
      runs,
    );
    expect(Math.min(seen.found, seen.fine)).toBeGreaterThan(40);
  });
});
