import { canonicalJson, copyJson, digestOf, HoldfastError, parseJson } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import fc from "fast-check";
import { expect, test } from "vitest";

const anyJson = fc.jsonValue({ maxDepth: 6, stringUnit: "binary" });

/** `JSON.parse` with the one difference we want: -0 reads as 0. */
function reference(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown) => (value === 0 ? 0 : value));
}

/** Null prototypes made ordinary, for comparison with what `JSON.parse` gives. */
function ordinary(value: Json): unknown {
  return reference(JSON.stringify(value));
}

test("whatever JSON.stringify writes is read as JSON.parse reads it", () => {
  fc.assert(
    fc.property(anyJson, fc.constantFrom(0, 2), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      expect(ordinary(parseJson(text))).toStrictEqual(reference(text));
    }),
  );
});

test("a text that is read is read the same by JSON.parse, and one JSON.parse refuses is refused", () => {
  const piece = fc.constantFrom(
    ...'{}[]:,"\\u0061dt1-+.eE \n'.split(""),
    '"a"',
    "true",
    "null",
    "1.5",
    "\\ud83d",
    "\\u0061",
    '"a":',
    "\u0000",
    "\uD800",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join("");
      let value: Json;
      try {
        value = parseJson(text);
      } catch (error) {
        expect(error).toBeInstanceOf(HoldfastError);
        return;
      }
      expect(ordinary(value)).toStrictEqual(reference(text));
    }),
    { numRuns: 5_000 },
  );
});

test("a number is read only when writing it again gives the same decimal", () => {
  const digits = fc.stringMatching(/^[0-9]{1,22}$/u);
  const written = fc
    .tuple(
      fc.constantFrom("", "-"),
      digits,
      fc.option(digits),
      fc.option(fc.integer({ min: -330, max: 330 })),
    )
    .map(([sign, whole, fraction, power]) => {
      const start = whole.replace(/^0+(?=\d)/u, "");
      return `${sign}${start}${fraction === null ? "" : `.${fraction}`}${power === null ? "" : `e${power}`}`;
    });
  fc.assert(
    fc.property(written, (text) => {
      let value: Json;
      try {
        value = parseJson(text);
      } catch {
        expect(sameDecimal(text, String(Number(text)))).toBe(false);
        return;
      }
      expect(sameDecimal(text, JSON.stringify(value))).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

/** Compares two decimals exactly, as integers over a common power of ten. */
function sameDecimal(left: string, right: string): boolean {
  if (!/\d$/u.test(right)) return false;
  const scaled = (text: string): bigint => {
    const [mantissa = "", power = "0"] = text.toLowerCase().split("e");
    const [whole = "", fraction = ""] = mantissa.split(".");
    return (
      BigInt(whole.replace("-", "") + fraction) *
      10n ** BigInt(1_000 + Number(power) - fraction.length)
    );
  };
  return scaled(left) === scaled(right);
}

test("canonical text is a fixed point: reading and writing it changes nothing", () => {
  fc.assert(
    fc.property(anyJson, (value) => {
      const text = canonicalJson(copyJson(value));
      expect(canonicalJson(parseJson(text))).toBe(text);
      expect(reference(text)).toStrictEqual(reference(JSON.stringify(value)));
    }),
  );
});

test("the order in which members were added changes no digest", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), anyJson), (members) => {
      const backwards = Object.fromEntries(Object.entries(members).reverse());
      expect(digestOf(copyJson(backwards))).toBe(digestOf(copyJson(members)));
    }),
  );
});

test("a copy is equal and shares nothing with the original", () => {
  fc.assert(
    fc.property(anyJson, (value) => {
      const copy = copyJson(value);
      expect(ordinary(copy)).toStrictEqual(reference(JSON.stringify(value)));
      if (typeof copy === "object" && copy !== null) expect(copy).not.toBe(value);
    }),
  );
});
