import * as fc from "fast-check";
import type { Json } from "@holdfast/model";

/** Values of the variables that random expressions name, by name. */
export interface Variables {
  readonly [name: string]: Json;
}

const smallText = fc.oneof(
  fc.constantFrom(
    "",
    "a",
    "ab",
    "abc",
    "/tmp/x",
    "é",
    "😀a",
    "a.b",
    "10",
    "-3",
    "true",
    "1.5",
    "1h",
  ),
  fc.string({ maxLength: 5 }),
);
const smallInt = fc.oneof(
  fc.integer({ min: -3, max: 12 }),
  fc.constantFrom(2 ** 53, -(2 ** 53), 2 ** 31, 1_000_000),
);
const smallDouble = fc.constantFrom(0.5, -0.25, 1.5, 2.75, 1e21, -1e-7, 0.1);

const anything: fc.Arbitrary<Json> = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    smallInt,
    smallDouble,
    smallText,
    fc.array(tie("json"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "amount", "to"), tie("json"), { maxKeys: 3 }),
  ),
})).json;

/** JSON values for every variable. */
export const variables: fc.Arbitrary<Variables> = fc.record({
  i: smallInt,
  j: smallInt,
  d: smallDouble,
  s: smallText,
  t: smallText,
  b: fc.boolean(),
  ints: fc.array(smallInt, { maxLength: 4 }),
  texts: fc.array(smallText, { minLength: 1, maxLength: 4 }),
  object: fc.record(
    { a: anything, b: anything, amount: smallInt, to: smallText },
    { requiredKeys: ["to"] },
  ),
  any: anything,
});

interface Texts {
  readonly int: string;
  readonly double: string;
  readonly text: string;
  readonly bool: string;
  readonly list: string;
  readonly map: string;
  readonly any: string;
}

type Tie = (key: keyof Texts) => fc.Arbitrary<string>;

/** Fills `#1`, `#2`, … of a pattern with expressions of the kinds named. */
function form(tie: Tie, pattern: string, ...kinds: (keyof Texts)[]): fc.Arbitrary<string> {
  return fc
    .tuple(...kinds.map((kind) => tie(kind)))
    .map((parts) => pattern.replaceAll(/#(\d)/g, (_, place) => `(${parts[Number(place) - 1]})`));
}

function forms(
  tie: Tie,
  leaves: fc.Arbitrary<string>,
  rows: readonly (readonly [string, ...(keyof Texts)[]])[],
): fc.Arbitrary<string> {
  return fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: rows.length, arbitrary: leaves },
    ...rows.map(([pattern, ...kinds]) => form(tie, pattern, ...kinds)),
  );
}

/**
 * Texts of expressions, mostly well typed: one place in about thirty holds anything at all, so that
 * errors, and what absorbs them, are met on both sides.
 */
export const expressionTexts: fc.Arbitrary<string> = fc.letrec<Texts>(
  (tie: fc.LetrecTypedTie<Texts>) => {
    const or = (kind: keyof Texts): fc.Arbitrary<string> =>
      fc.oneof({ weight: 30, arbitrary: tie(kind) }, { weight: 1, arbitrary: tie("any") });
    const literalText = smallText.map((text) => JSON.stringify(text));
    return {
      int: forms(
        or,
        fc.oneof(
          fc.constantFrom("i", "j", "0", "1", "-2", "size(ints)", "object.amount"),
          smallInt.map(String),
          fc.constant("4611686018427387904"),
        ),
        [
          ["#1 + #2", "int", "int"],
          ["#1 - #2", "int", "int"],
          ["#1 * #2", "int", "int"],
          ["#1 / #2", "int", "int"],
          ["#1 % #2", "int", "int"],
          ["-#1", "int"],
          ["#1.size()", "text"],
          ["size(#1)", "list"],
          ["size(#1)", "map"],
          ["int(#1)", "double"],
          ["int(string(#1))", "int"],
          ["#1[#2]", "list", "int"],
          ["#1 ? #2 : #3", "bool", "int", "int"],
          ["#1.indexOf(#2)", "text", "text"],
        ],
      ),
      double: forms(or, fc.constantFrom("d", "0.5", "1.0", "-2.5", "1e300", "0.0"), [
        ["#1 + #2", "double", "double"],
        ["#1 * #2", "double", "double"],
        ["#1 / #2", "double", "double"],
        ["double(#1)", "int"],
        ["double(#1)", "text"],
        ["double(string(#1))", "int"],
        ["#1 ? #2 : #3", "bool", "double", "double"],
      ]),
      text: forms(
        or,
        fc.oneof(fc.constantFrom("s", "t", "object.to", "texts[0]"), literalText, literalText),
        [
          ["#1 + #2", "text", "text"],
          ["string(#1)", "int"],
          ["string(#1)", "bool"],
          ["#1 ? #2 : #3", "bool", "text", "text"],
          ["#1[#2]", "list", "int"],
          ["#1.replace(#2, #3)", "text", "text", "text"],
          ["#1.lowerAscii()", "text"],
          ["#1.trim()", "text"],
          ["#1.substring(#2)", "text", "int"],
          ["#1.charAt(#2)", "text", "int"],
          ["#1.join(#2)", "list", "text"],
        ],
      ),
      bool: forms(
        or,
        fc.constantFrom(
          "b",
          "true",
          "false",
          "has(object.amount)",
          "has(object.absent)",
          "has(any.a)",
        ),
        [
          ["#1 && #2", "bool", "bool"],
          ["#1 || #2", "bool", "bool"],
          ["!#1", "bool"],
          ["#1 == #2", "any", "any"],
          ["#1 != #2", "any", "any"],
          ["#1 == #2", "int", "double"],
          ["#1 < #2", "int", "int"],
          ["#1 <= #2", "double", "int"],
          ["#1 > #2", "text", "text"],
          ["#1 >= #2", "any", "any"],
          ["#1 in #2", "any", "list"],
          ["#1 in object", "text"],
          ["#1 in #2", "any", "map"],
          ["#1.size() in {1: 2, 3u: 4}", "text"],
          ["#1.startsWith(#2)", "text", "text"],
          ["#1.endsWith(#2)", "text", "text"],
          ["#1.contains(#2)", "text", "text"],
          ["#1.matches('[a-c]+')", "text"],
          ["#1.all(x, #2)", "list", "bool"],
          ["#1.exists(x, x == #2)", "list", "any"],
          ["#1.exists(x, x > #2)", "list", "int"],
          ["#1.exists_one(x, x == #2)", "list", "int"],
          ["#1.all(x, x in #2)", "list", "list"],
          ["bool(#1)", "text"],
          ["#1 ? #2 : #3", "bool", "bool", "bool"],
        ],
      ),
      list: forms(or, fc.constantFrom("ints", "texts", "[]", "[1, 2, 3]", "['a', 1, null]"), [
        ["[#1, #2]", "any", "any"],
        ["#1 + #2", "list", "list"],
        ["#1.map(x, x + #2)", "list", "int"],
        ["#1.filter(x, x != #2)", "list", "any"],
        ["#1.map(x, x > #2, x)", "list", "int"],
        ["#1.split(#2)", "text", "text"],
        ["#1.map(x, #2)", "map", "any"],
      ]),
      map: forms(or, fc.constantFrom("object", "{}", "{'a': 1}", "{1: 'one', true: 2}"), [
        ["{'a': #1, 'b': #2}", "any", "any"],
        ["{#1: #2}", "any", "any"],
        ["{'k': #1}.k", "map"],
      ]),
      any: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        fc.constantFrom("any", "null", "object.a", "any.a", "any.b.a", "any[0]", "x", "1u", "b'a'"),
        tie("int"),
        tie("double"),
        tie("text"),
        tie("bool"),
        tie("list"),
        tie("map"),
      ),
    };
  },
).bool;
