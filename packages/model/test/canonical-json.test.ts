import {
  canonicalBytes,
  canonicalJson,
  CanonicalTexts,
  copyJson,
  parseJson,
} from "@holdfast/model";
import type { Json } from "@holdfast/model";
import { describe, expect, test } from "vitest";

/** RFC 8785 appendix B: IEEE-754 bits and the text they are written as. */
const numberTable: readonly (readonly [bits: string, text: string])[] = [
  ["0000000000000000", "0"],
  ["8000000000000000", "0"],
  ["0000000000000001", "5e-324"],
  ["8000000000000001", "-5e-324"],
  ["7fefffffffffffff", "1.7976931348623157e+308"],
  ["ffefffffffffffff", "-1.7976931348623157e+308"],
  ["4340000000000000", "9007199254740992"],
  ["c340000000000000", "-9007199254740992"],
  ["4430000000000000", "295147905179352830000"],
  ["44b52d02c7e14af5", "9.999999999999997e+22"],
  ["44b52d02c7e14af6", "1e+23"],
  ["44b52d02c7e14af7", "1.0000000000000001e+23"],
  ["444b1ae4d6e2ef4e", "999999999999999700000"],
  ["444b1ae4d6e2ef4f", "999999999999999900000"],
  ["444b1ae4d6e2ef50", "1e+21"],
  ["3eb0c6f7a0b5ed8c", "9.999999999999997e-7"],
  ["3eb0c6f7a0b5ed8d", "0.000001"],
  ["41b3de4355555553", "333333333.3333332"],
  ["41b3de4355555554", "333333333.33333325"],
  ["41b3de4355555555", "333333333.3333333"],
  ["41b3de4355555556", "333333333.3333334"],
  ["41b3de4355555557", "333333333.33333343"],
  ["becbf647612f3696", "-0.0000033333333333333333"],
  ["43143ff3c1cb0959", "1424953923781206.2"],
];

function fromBits(bits: string): number {
  return new DataView(new BigUint64Array([BigInt(`0x${bits}`)]).buffer).getFloat64(0, true);
}

describe("canonical JSON writes what RFC 8785 asks for", () => {
  test.each(numberTable)("the number of bits %s is written %s", (bits, text) => {
    expect(canonicalJson(fromBits(bits))).toBe(text);
  });

  test("the example of section 3.2.2 gives the bytes of section 3.2.4", () => {
    const input = String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`;
    const bytes = `
      7b 22 6c 69 74 65 72 61 6c 73 22 3a 5b 6e 75 6c 6c 2c 74 72 75 65 2c 66 61 6c 73 65 5d 2c
      22 6e 75 6d 62 65 72 73 22 3a 5b 33 33 33 33 33 33 33 33 33 2e 33 33 33 33 33 33 33 2c 31
      65 2b 33 30 2c 34 2e 35 2c 30 2e 30 30 32 2c 31 65 2d 32 37 5d 2c 22 73 74 72 69 6e 67 22
      3a 22 e2 82 ac 24 5c 75 30 30 30 66 5c 6e 41 27 42 5c 22 5c 5c 5c 5c 5c 22 2f 22 7d`;
    // Read by JSON.parse, as our reader refuses the digits that 333333333.33333329 loses.
    const value: Json = copyJson(JSON.parse(input));
    expect(Buffer.from(canonicalBytes(value)).toString("hex")).toBe(bytes.replace(/\s/gu, ""));
  });

  test("keys are sorted by UTF-16 code units, as in section 3.2.3, not by code points", () => {
    const input = String.raw`{
      "\u20ac": "Euro Sign",
      "\r": "Carriage Return",
      "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face",
      "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis"
    }`;
    expect(Object.values(JSON.parse(canonicalJson(parseJson(input))) as object)).toEqual([
      "One",
      "Carriage Return",
      "Control",
      "Latin Small Letter O With Diaeresis",
      "Euro Sign",
      "Emoji: Grinning Face",
      "Hebrew Letter Dalet With Dagesh",
    ]);
  });
});

describe("canonical JSON refuses what has no canonical form", () => {
  const cyclic: Json[] = [];
  cyclic.push(cyclic);
  const cases: readonly (readonly [title: string, value: unknown, code: string])[] = [
    ["not a number", Number.NaN, "json_number"],
    ["an infinity", { a: [Number.POSITIVE_INFINITY] }, "json_number"],
    ["a lone surrogate in a string", "\uD800", "json_surrogate"],
    ["a lone surrogate in a key", { "\uDC00": 1 }, "json_surrogate"],
    ["undefined in an array", [undefined], "json_value"],
    ["a hole in an array", Array(1), "json_value"],
    ["a bigint", 1n, "json_value"],
    ["a date", new Date(0), "json_value"],
    ["a map", { a: new Map([["a", 1]]) }, "json_value"],
    ["a cycle", cyclic, "json_depth"],
  ];
  test.each(cases)("%s", (_title, value, code) => {
    expect(() => canonicalJson(value as Json)).toThrow(expect.objectContaining({ code }));
  });

  test("a member that is undefined counts as absent", () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });

  test("a key named __proto__ is written as any other", () => {
    expect(canonicalJson(parseJson('{"__proto__":1,"a":2}'))).toBe('{"__proto__":1,"a":2}');
  });
});

test("keys are in the order of their units, few or many", () => {
  const keys = ["é", "a", "B", "10", "9", "aa", "\u{10000}", "\uffff", "", "__proto_"];
  for (const more of [0, 1, 30, 300]) {
    const all = [...keys, ...Array.from({ length: more }, (_, n) => `k${(n * 7919) % 1000}`)];
    const written = canonicalJson(Object.fromEntries(all.map((key) => [key, 0])));
    expect(written).toBe(
      `{${[...new Set(all)]
        .sort()
        .map((key) => `${JSON.stringify(key)}:0`)
        .join(",")}}`,
    );
  }
});

describe("texts that are kept", () => {
  function lists(levels: number): Json {
    let value: Json = 1;
    for (let level = 0; level < levels; level += 1) value = [value];
    return value;
  }

  test("change no text, whichever parts of a value they are of", () => {
    const leaf = { c: "x" };
    const list = [1, leaf];
    const part = { b: list, a: null };
    const value = { list: [part, list, leaf], part, z: part };
    const texts = new CanonicalTexts();
    for (const kept of [leaf, part, list, value]) {
      texts.keep(kept);
      expect(canonicalJson(value, texts)).toBe(canonicalJson(value));
      expect(canonicalBytes(value, texts)).toEqual(canonicalBytes(value));
    }
    texts.keep("a text");
    expect(canonicalJson("a text", texts)).toBe('"a text"');
  });

  test("give the text of an object without some members, and keep the whole of it", () => {
    const value = { z: [1], id: "a", b: undefined, a: { c: "x" }, trace: null };
    const texts = new CanonicalTexts();
    texts.keep(value.a);
    expect(texts.keepBut(value, new Set(["id", "trace", "other"]))).toBe('{"a":{"c":"x"},"z":[1]}');
    expect(texts.textOf([value])).toBe(canonicalJson([value]));
    expect(new CanonicalTexts().keepBut({ id: 1 }, new Set(["id"]))).toBe("{}");
    const deep = { value: lists(254) };
    texts.keepBut(deep, new Set());
    expect(canonicalJson([deep], texts)).toBe(canonicalJson([deep]));
    expect(() => canonicalJson([[deep]], texts)).toThrow(
      expect.objectContaining({ code: "json_depth" }),
    );
    expect(() => texts.keepBut({ value: lists(256) }, new Set())).toThrow(
      expect.objectContaining({ code: "json_depth" }),
    );
  });

  test("count with their own levels, so that none is nested deeper than the limit", () => {
    const texts = new CanonicalTexts();
    const inner = lists(200);
    const middle = [inner];
    texts.keep(inner);
    texts.keep(middle);
    const wrapped = (levels: number): Json => {
      let value: Json = middle;
      for (let level = 0; level < levels; level += 1) value = [value];
      return value;
    };
    expect(canonicalJson(wrapped(55), texts)).toBe(canonicalJson(wrapped(55)));
    expect(() => canonicalJson(wrapped(56))).toThrow(
      expect.objectContaining({ code: "json_depth" }),
    );
    expect(() => canonicalJson(wrapped(56), texts)).toThrow(
      expect.objectContaining({ code: "json_depth" }),
    );
  });

  test("are refused as the values are", () => {
    const texts = new CanonicalTexts();
    expect(() => texts.keep([Number.NaN])).toThrow(
      expect.objectContaining({ code: "json_number" }),
    );
    const cyclic: Json[] = [];
    cyclic.push(cyclic);
    expect(() => texts.keep(cyclic)).toThrow(expect.objectContaining({ code: "json_depth" }));
  });
});
