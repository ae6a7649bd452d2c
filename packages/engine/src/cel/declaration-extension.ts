import type { DeclarationTable } from "./signature.ts";

const extreme = [
  "(int...) -> int",
  "(uint...) -> uint",
  "(double...) -> double",
  "(number...) -> dyn",
  "(list(int)) -> int",
  "(list(uint)) -> uint",
  "(list(double)) -> double",
] as const;
const doubleTest = ["(double) -> bool"] as const;
const rounding = ["(double) -> double"] as const;
const signed = ["(int) -> int", "(uint) -> uint", "(double) -> double"] as const;
const bitwise = ["(int, int) -> int", "(uint, uint) -> uint"] as const;
const shift = ["(int, int) -> int", "(uint, int) -> uint"] as const;

/**
 * The extensions of cel-spec's conformance suite that need no protobuf: strings, math, lists,
 * encoders and optional values.
 */
export const extensionTable: DeclarationTable = {
  charAt: ["The character at an index, or empty at the end", "string.(int) -> string"],
  format: ["The text with its `%` clauses filled in", "string.(list(dyn)) -> string"],
  indexOf: [
    "Index of the first occurrence, or -1",
    "string.(string) -> int",
    "string.(string, int) -> int",
  ],
  join: [
    "The strings in one, with a separator",
    "list(string).() -> string",
    "list(string).(string) -> string",
  ],
  lastIndexOf: [
    "Index of the last occurrence, or -1",
    "string.(string) -> int",
    "string.(string, int) -> int",
  ],
  lowerAscii: ["The text with A to Z in lower case", "string.() -> string"],
  replace: [
    "The text with occurrences replaced, all or at most so many",
    "string.(string, string) -> string",
    "string.(string, string, int) -> string",
  ],
  reverse: ["The text or list from its end", "string.() -> string", "list(A).() -> list(A)"],
  split: [
    "The parts between separators, all or at most so many",
    "string.(string) -> list(string)",
    "string.(string, int) -> list(string)",
  ],
  substring: [
    "The text from an index, up to another",
    "string.(int) -> string",
    "string.(int, int) -> string",
  ],
  trim: ["The text without white space at its ends", "string.() -> string"],
  upperAscii: ["The text with a to z in upper case", "string.() -> string"],
  "strings.quote": ["The text as a CEL string literal", "(string) -> string"],
  "math.greatest": ["The greatest number", ...extreme],
  "math.least": ["The least number", ...extreme],
  "math.ceil": ["The nearest whole number not below", ...rounding],
  "math.floor": ["The nearest whole number not above", ...rounding],
  "math.round": ["The nearest whole number, halves away from zero", ...rounding],
  "math.trunc": ["The whole part", ...rounding],
  "math.sqrt": ["The square root", "(number) -> double"],
  "math.abs": ["The value without its sign", ...signed],
  "math.sign": ["-1, 0 or 1", ...signed],
  "math.isNaN": ["Whether it is not a number", ...doubleTest],
  "math.isInf": ["Whether it is an infinity", ...doubleTest],
  "math.isFinite": ["Whether it is a number and finite", ...doubleTest],
  "math.bitAnd": ["Bits set in both", ...bitwise],
  "math.bitOr": ["Bits set in one or both", ...bitwise],
  "math.bitXor": ["Bits set in exactly one", ...bitwise],
  "math.bitNot": ["Bits not set", "(int) -> int", "(uint) -> uint"],
  "math.bitShiftLeft": ["Bits moved up", ...shift],
  "math.bitShiftRight": ["Bits moved down, zeros moving in", ...shift],
  "base64.decode": ["The bytes that base64 text encodes", "(string) -> bytes"],
  "base64.encode": ["Bytes as base64 text", "(bytes) -> string"],
  distinct: ["The elements without repetitions", "list(A).() -> list(A)"],
  flatten: [
    "The list with nested lists put in their place, one level or more",
    "list(list(A)).() -> list(A)",
    "list(dyn).(int) -> list(dyn)",
  ],
  slice: ["The elements from an index up to another", "list(A).(int, int) -> list(A)"],
  sort: ["The elements in order", "list(A).() -> list(A)"],
  "lists.range": ["The whole numbers from 0 up to a bound", "(int) -> list(int)"],
  "sets.contains": ["Whether the first list holds all of the second", "(list(A), list(A)) -> bool"],
  "sets.equivalent": ["Whether both lists hold the same elements", "(list(A), list(A)) -> bool"],
  "sets.intersects": ["Whether the lists share an element", "(list(A), list(A)) -> bool"],
  "optional.none": ["No value", "() -> optional(A)"],
  "optional.of": ["A value that is there", "(A) -> optional(A)"],
  "optional.ofNonZeroValue": ["The value, if it is not the zero of its type", "(A) -> optional(A)"],
  hasValue: ["Whether there is a value", "optional(A).() -> bool"],
  or: [
    "The optional that holds a value, the first first",
    "optional(A).(optional(A)) -> optional(A)",
  ],
  orValue: ["The value held, or another", "optional(A).(A) -> A"],
  value: ["The value held; none is an error", "optional(A).() -> A"],
};
