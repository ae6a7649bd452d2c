import { HoldfastError, parseJson } from "@holdfast/model";
import type { Json, JsonLimits } from "@holdfast/model";
import { describe, expect, test } from "vitest";

function refusal(text: string | Uint8Array, limits?: Partial<JsonLimits>): HoldfastError {
  try {
    const value = parseJson(text, limits);
    throw new Error(`read as ${JSON.stringify(value)}`);
  } catch (error) {
    if (error instanceof HoldfastError) return error;
    throw error;
  }
}

function bytes(...values: readonly (number | string)[]): Uint8Array {
  const parts = values.map((value) =>
    typeof value === "string" ? Buffer.from(value) : Buffer.from([value]),
  );
  return new Uint8Array(Buffer.concat(parts));
}

describe("the JSON reader refuses a text that two readers could take differently", () => {
  const cases: readonly (readonly [string, string | Uint8Array, string, string])[] = [
    ["a key twice", '{"a":1,"a":1}', "json_duplicate_key", "1:8"],
    ["a key twice after unescaping", '{"a":1,\n "\\u0061":2}', "json_duplicate_key", "2:2"],
    ["__proto__ twice", '{"__proto__":1,"__proto__":2}', "json_duplicate_key", "1:16"],
    ["a lone high surrogate", '["\\ud83d"]', "json_surrogate", "1:2"],
    ["a lone low surrogate", '"\\ude00"', "json_surrogate", "1:1"],
    ["surrogates the wrong way round", '"\\ude00\\ud83d"', "json_surrogate", "1:1"],
    ["a lone surrogate in a key", '{"\\ud83d":1}', "json_surrogate", "1:2"],
    ["a raw lone surrogate in a string", '"\uD83D"', "json_surrogate", "1:1"],
    ["a byte order mark", "\uFEFF{}", "json_bom", "1:1"],
    ["a byte order mark in bytes", bytes(0xef, 0xbb, 0xbf, "{}"), "json_bom", "1:1"],
    ["a stray continuation byte", bytes('{"a":"', 0x80, '"}'), "json_utf8", "1:7"],
    ["an overlong slash", bytes('"', 0xc0, 0xaf, '"'), "json_utf8", "1:2"],
    ["a surrogate in UTF-8", bytes('"', 0xed, 0xa0, 0x80, '"'), "json_utf8", "1:2"],
    ["a cut character at the end", bytes('\n"é', 0xc3), "json_utf8", "2:3"],
    ["more than a double holds", "1e400", "json_number", "1:1"],
    ["less than a double holds", "[1e-400]", "json_number", "1:2"],
    ["2^53 + 1", '{"n":9007199254740993}', "json_number", "1:6"],
    ["2^64", "18446744073709551616", "json_number", "1:1"],
    ["digits beyond a double", "0.10000000000000000001", "json_number", "1:1"],
    ["an absurd exponent", `1e${"9".repeat(1000)}`, "json_number", "1:1"],
    ["a second value", "{} {}", "json_syntax", "1:4"],
    ["anything after the value", "1,", "json_syntax", "1:2"],
    ["nothing", "", "json_syntax", "1:1"],
    ["only spaces", " \n ", "json_syntax", "2:2"],
    ["a trailing comma", "[1,]", "json_syntax", "1:4"],
    ["a trailing comma in an object", '{"a":1,}', "json_syntax", "1:8"],
    ["a comment", "[1 /* one */]", "json_syntax", "1:4"],
    ["single quotes", "{'a':1}", "json_syntax", "1:2"],
    ["a bare key", "{a:1}", "json_syntax", "1:2"],
    ["NaN", "NaN", "json_syntax", "1:1"],
    ["Infinity", "-Infinity", "json_syntax", "1:1"],
    ["a leading zero", "01", "json_syntax", "1:2"],
    ["a leading plus", "+1", "json_syntax", "1:1"],
    ["a bare fraction", ".5", "json_syntax", "1:1"],
    ["a bare point", "1.", "json_syntax", "1:2"],
    ["a hexadecimal number", "0x10", "json_syntax", "1:2"],
    ["a raw line break in a string", '"a\nb"', "json_syntax", "1:3"],
    ["a raw NUL in a string", '"\u0000"', "json_syntax", "1:2"],
    ["an unknown escape", '"\\x41"', "json_syntax", "1:2"],
    ["a short unicode escape", '"\\u12"', "json_syntax", "1:2"],
    ["a signed unicode escape", '"\\u+123"', "json_syntax", "1:2"],
    ["an open string", '["abc', "json_syntax", "1:2"],
    ["an open object", '{"a":1', "json_syntax", "1:7"],
    ["a word cut short", "tru", "json_syntax", "1:1"],
    ["a word that goes on", "nulls", "json_syntax", "1:5"],
    ["a space that JSON does not know", "\u00A01", "json_syntax", "1:1"],
  ];
  test.each(cases)("%s", (_title, text, code, place) => {
    const error = refusal(text);
    expect(error.code).toBe(code);
    expect(`${error.span?.start.line}:${error.span?.start.column}`).toBe(place);
    expect(error.message).toContain(`line ${error.span?.start.line}`);
  });
});

describe("the JSON reader keeps what was written", () => {
  const cases: readonly (readonly [string, Json])[] = [
    ["0.1", 0.1],
    ["1.0", 1],
    ["1e2", 100],
    ["1E+2", 100],
    ["-0", 0],
    ["-0.0e5", 0],
    ["0e99999", 0],
    ["9007199254740992", 2 ** 53],
    ["-9007199254740991", -Number.MAX_SAFE_INTEGER],
    ["100000000000000000000000", 1e23],
    ["5e-324", 5e-324],
    ["1.7976931348623157e308", Number.MAX_VALUE],
    ["1230.00e-2", 12.3],
    [" [ true , false , null ] \n", [true, false, null]],
    [String.raw`"\u00e9\ud83d\ude00\/\b\f\n\r\t\"\\"`, 'é😀/\b\f\n\r\t"\\'],
    ['"\u2028\u007f"', "\u2028\u007f"],
  ];
  test.each(cases)("%s", (text, value) => {
    expect(parseJson(text)).toStrictEqual(value);
    expect(parseJson(Buffer.from(text))).toStrictEqual(value);
  });

  test("objects have no prototype and __proto__ is a key like any other", () => {
    const value = parseJson('{"__proto__":{"admin":true},"constructor":1}') as object;
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(Object.keys(value)).toEqual(["__proto__", "constructor"]);
    expect("admin" in value).toBe(false);
    expect("toString" in (parseJson("{}") as object)).toBe(false);
  });

  test("a replacement character that was really written is not an error", () => {
    expect(parseJson(Buffer.from('"\uFFFD"'))).toBe("\uFFFD");
  });
});

describe("the JSON reader has limits, each met exactly and refused one past it", () => {
  test("depth 64 is read and depth 65 is refused, at the bracket that goes too deep", () => {
    expect(parseJson("[".repeat(64) + "]".repeat(64))).toBeInstanceOf(Array);
    const error = refusal("[".repeat(65) + "]".repeat(65));
    expect([error.code, error.span?.start.column]).toEqual(["json_depth", 65]);
    expect(refusal('{"a":'.repeat(65) + "1" + "}".repeat(65)).code).toBe("json_depth");
    expect(refusal("[".repeat(1_000_000)).code).toBe("json_depth");
  });

  test("the size is counted in UTF-8 bytes, for text and bytes alike", () => {
    expect(parseJson('"é"', { bytesMax: 4 })).toBe("é");
    expect(refusal('"é"', { bytesMax: 3 }).code).toBe("json_size");
    expect(refusal(Buffer.from('"é"'), { bytesMax: 3 }).code).toBe("json_size");
    expect(refusal('"aaaa"', { bytesMax: 5 }).code).toBe("json_size");
  });
});
