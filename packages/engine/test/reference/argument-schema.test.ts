import { createEngine, createReferenceEngine } from "@holdfast/engine";
import { readRequest } from "@holdfast/model";
import type { Json, JsonObject } from "@holdfast/model";
import { describe, expect, test } from "vitest";
import { bundleOf } from "../decision-case.ts";

/**
 * What is wrong with the argument `v` of a tool with this schema of `v`; undefined if nothing is.
 * Both engines say the same.
 */
function problemOf(schema: JsonObject, value: Json): string | undefined {
  return problemIn({ type: "object", properties: { v: schema } }, { v: value });
}

/** What is wrong with all arguments of a tool with this schema. */
function problemIn(schema: JsonObject, args: JsonObject): string | undefined {
  const bundle = bundleOf([
    `{apiVersion: holdfast.dev/v1, kind: Tool, metadata: {name: a.b}, spec: {labels: [read], schema: ${JSON.stringify(schema)}}}`,
    "{apiVersion: holdfast.dev/v1, kind: Policy, metadata: {name: p}, spec: {match: {tools: [a.b]}, rules: [{id: grant, effect: allow}]}}",
  ]);
  const read = readRequest({
    id: "1",
    tenant: "t",
    agent: { id: "bot", roles: [] },
    session: { id: "s" },
    tool: { server: "a", name: "b" },
    action: { kind: "tool", operation: "call", phase: "call" },
    args,
  });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const { request } = read;
  const [reference, compiled] = [createReferenceEngine(bundle), createEngine(bundle)].map(
    (engine) => engine.decide({ request, state: engine.createState(), external: {}, nowMs: 0 }),
  );
  expect(compiled).toEqual(reference);
  if (reference?.effect === "allow") return undefined;
  expect(reference?.code).toBe("schema");
  return reference?.reason;
}

describe("keywords that compare whole values", () => {
  test.each([
    [{ const: { a: 1, b: [2] } }, { b: [2], a: 1 }],
    [{ const: 1 }, 1],
    [{ const: null }, null],
    [{ enum: [{ a: 1 }, "x", [1, 2]] }, { a: 1 }],
    [{ enum: [{ a: 1 }, "x", [1, 2]] }, [1, 2]],
    [{ enum: [{ a: 1 }, "x", [1, 2]] }, "x"],
    [{ uniqueItems: true }, [{ a: 1 }, { a: 2 }, 1, "1", true, null]],
    [{ uniqueItems: false }, [1, 1]],
    [{ uniqueItems: true }, "aa"],
  ])("%j fits %j", (schema, value) => {
    expect(problemOf(schema, value)).toBeUndefined();
  });

  test.each([
    [{ const: { a: 1 } }, { a: 2 }, "`/v` must be equal to constant"],
    [{ const: "1" }, 1, "`/v` must be equal to constant"],
    [{ const: 0 }, false, "`/v` must be equal to constant"],
    [{ enum: [{ a: 1 }, "x"] }, { a: 1, b: 1 }, "`/v` must be equal to one of the allowed values"],
    [{ enum: ["{}"] }, {}, "`/v` must be equal to one of the allowed values"],
    [
      { uniqueItems: true },
      [{ a: 1, b: 2 }, 3, { b: 2, a: 1 }],
      "`/v` must NOT have duplicate items (items ## 0 and 2 are identical)",
    ],
  ])("%j does not fit %j", (schema, value, problem) => {
    expect(problemOf(schema, value)).toContain(problem);
  });

  test("a long list of different objects is compared in linear time", () => {
    // Pair by pair these are eight hundred million comparisons, which no run of the tests survives.
    const items = Array.from({ length: 40_000 }, (_, index) => ({ id: index }));
    expect(problemOf({ uniqueItems: true }, items)).toBeUndefined();
  });
});

const named = { type: "object", properties: { a: { type: "integer" } } } as const;
const other = { type: "object", properties: { b: { type: "integer" } } } as const;

describe("an object that is described holds nothing undeclared", () => {
  test.each<readonly [string, JsonObject, Json, Json]>([
    ["properties", named, { a: 1 }, { a: 1, x: 1 }],
    ["properties of properties", { properties: { o: named } }, { o: { a: 1 } }, { o: { x: 1 } }],
    ["no type", { properties: { a: {} } }, { a: 1 }, { x: 1 }],
    ["a type alone", { type: "object" }, {}, { x: 1 }],
    ["several types", { type: ["object", "null"] }, null, { x: 1 }],
    ["patterns", { patternProperties: { "^a": {} } }, { ab: 1 }, { b: 1 }],
    [
      "objects of patterns",
      { patternProperties: { "^a": named } },
      { ab: { a: 1 } },
      { ab: { x: 1 } },
    ],
    ["required", { required: ["a"], properties: { a: {} } }, { a: 1 }, { a: 1, x: 1 }],
    ["required alone", { required: ["a"], allOf: [named] }, { a: 1 }, { a: 1, x: 1 }],
    ["items", { type: "array", items: named }, [{ a: 1 }], [{ x: 1 }]],
    ["first items", { type: "array", prefixItems: [named] }, [{ a: 1 }], [{ x: 1 }]],
    ["contained", { type: "array", contains: named }, [1, { a: 1 }], [1, { x: 1 }]],
    [
      "additional objects",
      { type: "object", additionalProperties: named },
      { o: { a: 1 } },
      { o: { x: 1 } },
    ],
    ["all of", { allOf: [named, other] }, { a: 1, b: 2 }, { a: 1, b: 2, x: 1 }],
    ["any of", { anyOf: [named, other] }, { a: 1 }, { x: 1 }],
    [
      "one of",
      {
        oneOf: [
          { ...named, required: ["a"] },
          { ...other, required: ["b"] },
        ],
      },
      { a: 1 },
      { a: 1, x: 1 },
    ],
    ["not", { ...named, not: { required: ["b"] } }, { a: 1 }, { b: 1 }],
    // oxlint-disable-next-line unicorn/no-thenable -- the keyword of JSON Schema
    ["if and then", { ...named, if: { required: ["a"] }, then: other }, { a: 1, b: 2 }, { b: 2 }],
    ["else", { ...named, if: { required: ["a"] }, else: other }, { b: 2 }, { a: 1, b: 2 }],
    ["dependent schemas", { ...named, dependentSchemas: { a: other } }, { a: 1, b: 2 }, { b: 2 }],
  ])("by %s", (_name, schema, fitting, wrong) => {
    expect(problemOf(schema, fitting)).toBeUndefined();
    expect(problemOf(schema, wrong)).toBeDefined();
  });

  test("by a reference", () => {
    const schema = (keyword: string): JsonObject => ({
      type: "object",
      properties: { v: { $ref: `#/${keyword}/named` } },
      [keyword]: { named },
    });
    for (const keyword of ["$defs", "definitions"]) {
      expect(problemIn(schema(keyword), { v: { a: 1 } })).toBeUndefined();
      expect(problemIn(schema(keyword), { v: { x: 1 } })).toContain("must not have `x`");
    }
  });

  test("but where it says what else it may hold", () => {
    expect(problemOf({ ...named, additionalProperties: true }, { a: 1, x: 1 })).toBeUndefined();
    expect(problemOf({ ...named, unevaluatedProperties: true }, { a: 1, x: 1 })).toBeUndefined();
    expect(problemOf({ ...named, additionalProperties: false }, { a: 1, x: 1 })).toContain(
      "`/v` must not have `x`",
    );
    expect(problemOf(true as unknown as JsonObject, { x: 1 })).toBeUndefined();
    expect(problemOf({}, { x: 1 })).toBeUndefined();
    expect(problemOf({ type: "array" }, [{ x: 1 }])).toBeUndefined();
  });

  test("says which one, and where", () => {
    expect(problemIn(named, { x: 1 })).toContain("the arguments must not have `x`");
    expect(problemOf(named, { x: 1 })).toContain("`/v` must not have `x`");
    expect(problemIn({ ...named, required: ["a"] }, {})).toContain("the arguments must have");
  });
});

describe("a default is filled in", () => {
  test("once, and not into what was asked", () => {
    const schema = {
      type: "object",
      properties: { v: { type: "object", properties: { n: { type: "integer", default: 3 } } } },
    } as const;
    expect(problemIn(schema, { v: {} })).toBeUndefined();
    expect(problemIn(schema, { v: Object.freeze({}) })).toBeUndefined();
  });
});

describe("a pattern", () => {
  test.each([
    ["^a+$", "aaa", "ab"],
    ["b", "abc", "ac"],
    ["^\\p{L}$", "é", "1"],
  ])("%s fits %s and not %s", (pattern, fitting, wrong) => {
    expect(problemOf({ type: "string", pattern }, fitting)).toBeUndefined();
    expect(problemOf({ type: "string", pattern }, wrong)).toContain("`/v` must match pattern");
  });
});

test("a text that its pattern would take long to search is refused, wherever the pattern stands", () => {
  const pattern = "^(?:.?){900}$";
  const [fits, long] = ["x".repeat(800), "x".repeat(80_000)];
  const refused = /a text is longer than \d+ units, too long for its pattern/u;
  expect(problemOf({ type: "string", pattern }, fits)).toBeUndefined();
  expect(problemOf({ type: "string", pattern }, long)).toMatch(refused);
  expect(problemOf({ not: { pattern } }, long)).toMatch(refused);
  expect(problemOf({ anyOf: [{ pattern }, {}] }, long)).toMatch(refused);
  expect(
    problemOf({ type: "object", patternProperties: { [pattern]: {} } }, { [long]: 1 }),
  ).toMatch(refused);
});
