import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CelError, CelMap, fromJson, toJson } from "@holdfast/engine";
import { canonicalJson } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import { codeOf, evaluated } from "./evaluated.ts";

const anyJson = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;

/** The same document with the keys of its objects in another order. */
function turned(json: Json): Json {
  if (Array.isArray(json)) return json.map((item: Json) => turned(item));
  if (typeof json !== "object" || json === null) return json;
  const entries = Object.entries(json).toReversed();
  return Object.fromEntries(entries.map(([key, value]) => [key, turned(value)]));
}

test("a document read as a value and written again is the same document", () => {
  fc.assert(
    fc.property(anyJson, (json) => {
      const written = toJson(fromJson(json));
      expect(written instanceof CelError).toBe(false);
      expect(canonicalJson(written as Json)).toBe(canonicalJson(json));
    }),
  );
});

test("the order in which keys are written changes no value, not even through macros", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ maxLength: 3 }), anyJson), (json) => {
      const text = "m.map(k, k) + m.transformList(k, v, type(v) == int ? 'int' : k)";
      expect(evaluated(text, { m: turned(json as Json) })).toEqual(
        evaluated(text, { m: json as Json }),
      );
    }),
  );
});

describe("numbers of JSON", () => {
  const typed = (json: Json, schema: Json): unknown => fromJson(json, schema);

  test("whole numbers within 2^53 are ints, all others doubles", () => {
    expect(fromJson(2 ** 53)).toBe(2n ** 53n);
    expect(fromJson(2 ** 53 + 2)).toBe(2 ** 53 + 2);
    expect(fromJson(0.5)).toBe(0.5);
  });

  test("a schema that says number makes doubles, wherever it stands", () => {
    expect(typed(5, { type: "number" })).toBe(5);
    expect(typed(5, { type: "integer" })).toBe(5n);
    expect(typed(5, { type: ["number", "null"] })).toBe(5);
    expect(typed([5], { items: { type: "number" } })).toEqual([5]);
    expect(
      typed([5, 6], { prefixItems: [{ type: "number" }], items: { type: "integer" } }),
    ).toEqual([5, 6n]);
    expect(typed(5, { anyOf: [{ type: "string" }, { type: "number" }] })).toBe(5);
    expect(typed(5, { anyOf: [{ type: "integer" }, { type: "number" }] })).toBe(5n);
    const schema = {
      $defs: { money: { type: "number" } },
      properties: { amount: { $ref: "#/$defs/money" } },
      additionalProperties: { type: "number" },
    };
    const value = typed({ amount: 5, other: 6 }, schema);
    expect(value instanceof CelMap && [value.get("amount"), value.get("other")]).toEqual([5, 6]);
  });

  test("a schema that refers to itself without end says nothing", () => {
    expect(typed(5, { $ref: "#" })).toBe(5n);
    expect(typed(5, { allOf: [{ $ref: "#" }, { $ref: "#" }] })).toBe(5n);
  });
});

describe("what has no exact JSON", () => {
  test.each([
    "9007199254740993",
    "[18446744073709551615u]",
    "0.0 / 0.0",
    "{'a': 1.0 / 0.0}",
    "int",
    "optional.of(1)",
  ])("%s is an error", (text) => {
    const value = evaluated(text);
    const json = value instanceof CelError ? value : toJson(value);
    expect(json).toMatchObject({ code: "invalid_argument" });
  });

  test("two keys with one JSON name are an error", () => {
    const value = evaluated("{1: 'a', '1': 'b'}");
    expect(value instanceof CelError ? value : toJson(value)).toMatchObject({
      code: "duplicate_key",
    });
  });

  test("a value with one part in exponentially many places is an error", () => {
    const shared = Array.from({ length: 40 }).reduceRight<string>(
      (body, _, index) => `cel.bind(x${index + 1}, [x${index}, x${index}], ${body})`,
      "x40",
    );
    const value = evaluated(`cel.bind(x0, 1, ${shared})`);
    expect(value instanceof CelError ? value : toJson(value)).toMatchObject({ code: "limit" });
  });

  test("a key such as __proto__ is a key like any other", () => {
    const json = JSON.parse('{"__proto__": {"admin": true}}') as Json;
    expect(codeOf("has(m.admin)", { m: json })).toBe(false);
    expect(evaluated("m.__proto__.admin", { m: json })).toBe(true);
    expect(canonicalJson(toJson(fromJson(json)) as Json)).toBe('{"__proto__":{"admin":true}}');
  });
});
