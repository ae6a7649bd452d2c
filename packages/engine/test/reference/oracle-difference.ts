import { CelError, CelMap, Uint } from "@holdfast/engine";
import type { Trace, Value } from "@holdfast/engine";

/** A place where we differ from `@bufbuild/cel` on purpose, and the sentence that decides. */
export interface Difference {
  readonly sentence: string;
  readonly occurs: (trace: Trace) => boolean;
}

const isText = (value: Value | CelError | undefined): value is string => typeof value === "string";
const isKey = (value: Value | CelError | undefined): boolean =>
  typeof value === "boolean" ||
  typeof value === "bigint" ||
  typeof value === "number" ||
  typeof value === "string" ||
  value instanceof Uint;
/** Not a number that a double and an int can both hold exactly. */
const isLarge = (value: Value | CelError | undefined): boolean =>
  (typeof value === "bigint" || typeof value === "number") && Math.abs(Number(value)) > 2 ** 53;
const called = (trace: Trace, ...names: readonly string[]): boolean =>
  trace.expr.kind === "call" && names.includes(trace.expr.function);
const values = (trace: Trace): readonly (Value | CelError)[] =>
  trace.parts.map((part) => part.value);

const differences: readonly Difference[] = [
  {
    sentence:
      "langdef.md, has(e.f): for a map, whether f is a key (a null under it is no matter); in all other cases an error",
    occurs: ({ expr, parts: [operand] }) =>
      expr.kind === "has" &&
      !(operand?.value instanceof CelMap && operand.value.get(expr.field) !== null),
  },
  {
    sentence: "langdef.md, double(string) and int(string): a text that is no number is an error",
    occurs: (trace) =>
      called(trace, "double", "int") && isText(values(trace)[0]) && trace.value instanceof CelError,
  },
  {
    sentence: "langdef.md, Maps: keys are bool, int, uint or string",
    occurs: (trace) =>
      trace.expr.kind === "map" &&
      trace.value instanceof CelError &&
      trace.value.code === "unsupported_key",
  },
  {
    sentence: "langdef.md, `in`: whether the map has such a key; what cannot be a key is none",
    occurs: (trace) => {
      const [item, holder] = values(trace);
      if (!called(trace, "@in") || !(holder instanceof CelMap)) return false;
      return !isKey(item) || (!(item instanceof CelError) && holder.get(item!) === null);
    },
  },
  {
    sentence: "langdef.md, `_[_]`: the index of a list is a number",
    occurs: (trace) => called(trace, "_[_]") && typeof values(trace)[1] === "boolean",
  },
  {
    sentence: "ext/strings, replace: an empty text stands before every character and at the end",
    occurs: (trace) => called(trace, "replace") && values(trace)[1] === "",
  },
  {
    sentence: "langdef.md, Numeric Values: overflow is an error, in each of two negations too",
    occurs: (trace) =>
      called(trace, "-_") &&
      trace.parts[0]?.expr.kind === "call" &&
      trace.value instanceof CelError,
  },
  {
    sentence: "langdef.md, `!`: takes a bool, in each of two negations too",
    occurs: (trace) =>
      called(trace, "!_") &&
      called(trace.parts[0] ?? trace, "!_") &&
      trace.value instanceof CelError,
  },
  {
    sentence: "langdef.md, String and Bytes Values: strings are sequences of code points",
    occurs: (trace) =>
      values(trace).some((value) => isText(value) && /[\ud800-\udfff]/.test(value)),
  },
  {
    sentence:
      "the suite, not_lt_dyn_int_big_lossy_double: beside a double an int is rounded to one, for equality as for order",
    occurs: (trace) =>
      called(trace, "_==_", "_!=_", "@in", "_<_", "_<=_", "_>_", "_>=_") &&
      values(trace).some((value) => isLarge(value)),
  },
];

/** The differences that occur anywhere in an expression, macros included. */
export function differencesIn(trace: Trace): readonly Difference[] {
  const below = [...trace.parts, ...trace.rounds.flat()].flatMap((part) => differencesIn(part));
  return [...differences.filter(({ occurs }) => occurs(trace)), ...below];
}
