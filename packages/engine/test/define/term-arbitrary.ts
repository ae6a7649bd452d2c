import { cel } from "@holdfast/engine/define";
import type {
  CelBool,
  CelDouble,
  CelInt,
  CelList,
  CelString,
  Scope,
  ToolDefinition,
} from "@holdfast/engine/define";
import fc from "fast-check";

/** A tool with an argument of every type. */
export type Everything = ToolDefinition<
  "a.b",
  {
    readonly type: "object";
    readonly required: readonly string[];
    readonly properties: {
      readonly n: { readonly type: "integer" };
      readonly x: { readonly type: "number" };
      readonly t: { readonly type: "string" };
      readonly f: { readonly type: "boolean" };
      readonly l: { readonly type: "array"; readonly items: { readonly type: "string" } };
      readonly xs: { readonly type: "array"; readonly items: { readonly type: "number" } };
      readonly o: {
        readonly type: "object";
        readonly properties: { readonly "odd name": { readonly type: "string" } };
      };
    };
  }
>;

export type EverythingScope = Scope<readonly [Everything]>;

/** A term to be built once there is a scope. */
type Recipe<Term> = (scope: EverythingScope) => Term;

const texts = fc.oneof(
  fc.constantFrom(
    "",
    "a",
    'it\'s "quoted"',
    "back\\slash",
    "{brace}",
    "line\nbreak",
    "\u202e",
    "’",
  ),
  fc.string({ unit: "grapheme", maxLength: 8 }).filter((text) => !/\p{Cs}/u.test(text)),
);
const wholes = fc.oneof(fc.constantFrom(0, -1, 1, Number.MAX_SAFE_INTEGER), fc.integer());
const numbers = fc.oneof(wholes, fc.constantFrom(0.5, -2.5, 1e300, 1e-7));

interface Terms {
  readonly bool: Recipe<CelBool>;
  readonly int: Recipe<CelInt>;
  readonly double: Recipe<CelDouble>;
  readonly text: Recipe<CelString>;
  readonly list: Recipe<CelList<CelString>>;
}

/**
 * Conditions over every argument, as an author could build them: whatever the types of
 * `define/` allow, a few operators deep.
 */
export const conditionRecipe: fc.Arbitrary<Recipe<CelBool>> = fc.letrec<Terms>((tie) => {
  const of = <Term>(...made: readonly fc.Arbitrary<Recipe<Term>>[]) =>
    fc.oneof({ depthSize: "small", withCrossShrink: true }, ...made);
  const constant = <Term>(recipe: Recipe<Term>) => fc.constant(recipe);
  const bool = tie("bool") as fc.Arbitrary<Recipe<CelBool>>;
  const int = tie("int") as fc.Arbitrary<Recipe<CelInt>>;
  const double = tie("double") as fc.Arbitrary<Recipe<CelDouble>>;
  const text = tie("text") as fc.Arbitrary<Recipe<CelString>>;
  const list = tie("list") as fc.Arbitrary<Recipe<CelList<CelString>>>;
  const compare = fc.constantFrom("eq", "ne", "gt", "ge", "lt", "le");
  const arithmetic = fc.constantFrom("plus", "minus", "times", "dividedBy");
  return {
    bool: of<CelBool>(
      constant(({ args }) => args.f),
      constant(({ args, has }) => has(args.o["odd name"])),
      fc.tuple(bool, bool).map(
        ([a, b]) =>
          (s) =>
            a(s).and(b(s)),
      ),
      fc.tuple(bool, bool, bool).map(
        ([a, b, c]) =>
          (s) =>
            a(s).or(b(s), c(s)),
      ),
      fc
        .array(bool, { minLength: 33, maxLength: 40 })
        .map((all) => (s) => s.args.f.and(...all.map((each) => each(s)))),
      bool.map((a) => (s) => a(s).not()),
      fc.tuple(bool, fc.boolean()).map(
        ([a, known]) =>
          (s) =>
            a(s).eq(known),
      ),
      fc.tuple(int, compare, fc.oneof(int, numbers)).map(
        ([a, by, b]) =>
          (s) =>
            a(s)[by](typeof b === "number" ? b : b(s)),
      ),
      fc.tuple(double, compare, fc.oneof(int, double, numbers)).map(
        ([a, by, b]) =>
          (s) =>
            a(s)[by](typeof b === "number" ? b : b(s)),
      ),
      fc.tuple(text, fc.constantFrom("eq", "startsWith", "endsWith", "contains"), texts).map(
        ([a, by, b]) =>
          (s) =>
            a(s)[by](b),
      ),
      fc.tuple(text, fc.array(texts, { maxLength: 3 })).map(
        ([a, all]) =>
          (s) =>
            a(s).in([...all, s.args.t]),
      ),
      fc.tuple(double, fc.array(numbers, { minLength: 1, maxLength: 3 })).map(
        ([a, all]) =>
          (s) =>
            a(s).in(all),
      ),
      fc.tuple(list, fc.oneof(text, texts)).map(
        ([a, b]) =>
          (s) =>
            a(s).contains(typeof b === "string" ? b : b(s)),
      ),
      fc.tuple(list, text).map(
        ([a, b]) =>
          (s) =>
            a(s).exists("e", (e) => e.eq(b(s))),
      ),
      fc.tuple(list, list).map(
        ([a, b]) =>
          (s) =>
            a(s).exists("e", (e) => b(s).all("f", (f) => f.ne(e).or(f.size().gt(e.size())))),
      ),
      fc.tuple(list, fc.array(texts, { maxLength: 2 })).map(
        ([a, all]) =>
          (s) =>
            a(s).eq(all),
      ),
      fc.tuple(numbers, wholes).map(
        ([a, b]) =>
          (s) =>
            s.args.xs.contains(a).or(s.args.xs.at(Math.abs(b)).eq(a)),
      ),
      fc.tuple(bool, texts).map(
        ([a, b]) =>
          (s) =>
            cel`${a(s)} && ${b} == args.t || !${a(s)}`.and(a(s)),
      ),
    ),
    int: of<CelInt>(
      constant(({ args }) => args.n),
      text.map((a) => (s) => a(s).size()),
      double.map((a) => (s) => a(s).toInt()),
      fc.tuple(int, arithmetic, fc.oneof(int, wholes)).map(
        ([a, by, b]) =>
          (s) =>
            a(s)[by](typeof b === "number" ? b : b(s)),
      ),
      fc.tuple(bool, wholes, int).map(
        ([a, b, c]) =>
          (s) =>
            s.choose(a(s), b, c(s)),
      ),
    ),
    double: of<CelDouble>(
      constant(({ args }) => args.x),
      int.map((a) => (s) => a(s).toDouble()),
      fc.tuple(double, arithmetic, fc.oneof(double, numbers)).map(
        ([a, by, b]) =>
          (s) =>
            a(s)[by](typeof b === "number" ? b : b(s)),
      ),
      fc.tuple(double, numbers).map(
        ([a, b]) =>
          (s) =>
            s.min(a(s), b, s.args.x),
      ),
    ),
    text: of<CelString>(
      constant(({ args }) => args.t),
      constant(({ args }) => args.o["odd name"]),
      fc.tuple(text, fc.oneof(text, texts)).map(
        ([a, b]) =>
          (s) =>
            a(s).plus(typeof b === "string" ? b : b(s)),
      ),
      fc.tuple(bool, texts, text).map(
        ([a, b, c]) =>
          (s) =>
            s.choose(a(s), b, c(s)),
      ),
      text.map((a) => (s) => a(s).lowerAscii()),
      int.map((a) => (s) => a(s).toText()),
    ),
    list: of<CelList<CelString>>(
      constant(({ args }) => args.l),
      constant(({ agent }) => agent.roles),
      fc.tuple(list, text).map(
        ([a, b]) =>
          (s) =>
            a(s).filter("g", (g) => g.ne(b(s))),
      ),
      fc.tuple(list, texts).map(
        ([a, b]) =>
          (s) =>
            a(s).map("h", (h) => h.plus(b)),
      ),
      fc.tuple(list, list).map(
        ([a, b]) =>
          (s) =>
            a(s).plus(b(s)),
      ),
    ),
  };
}).bool;
