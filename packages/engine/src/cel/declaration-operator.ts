import type { DeclarationTable } from "./signature.ts";

const ordering = [
  "(bool, bool) -> bool",
  "(number, number) -> bool",
  "(string, string) -> bool",
  "(bytes, bytes) -> bool",
  "(timestamp, timestamp) -> bool",
  "(duration, duration) -> bool",
] as const;

/**
 * The operators (cel-spec, langdef.md, "List of Standard Definitions"). Numbers of any types
 * compare with each other; arithmetic wants one type on both sides.
 */
export const operatorTable: DeclarationTable = {
  "_?_:_": ["One of two values, chosen by a condition", "(bool, A, A) -> A"],
  "_&&_": [
    "True when both sides are; false on one side wins over an error",
    "(bool, bool) -> bool",
  ],
  "_||_": ["True when a side is; true on one side wins over an error", "(bool, bool) -> bool"],
  "!_": ["Logical not", "(bool) -> bool"],
  "_==_": [
    "Equality; numbers of different types are equal when their values are",
    "(A, A) -> bool",
  ],
  "_!=_": ["Inequality", "(A, A) -> bool"],
  "_<_": ["Less", ...ordering],
  "_<=_": ["Less or equal", ...ordering],
  "_>_": ["Greater", ...ordering],
  "_>=_": ["Greater or equal", ...ordering],
  "@in": [
    "Whether a list holds a value or a map a key",
    "(A, list(A)) -> bool",
    "(A, map(A, B)) -> bool",
  ],
  "_+_": [
    "Sum or concatenation",
    "(int, int) -> int",
    "(uint, uint) -> uint",
    "(double, double) -> double",
    "(string, string) -> string",
    "(bytes, bytes) -> bytes",
    "(list(A), list(A)) -> list(A)",
    "(timestamp, duration) -> timestamp",
    "(duration, timestamp) -> timestamp",
    "(duration, duration) -> duration",
  ],
  "_-_": [
    "Difference",
    "(int, int) -> int",
    "(uint, uint) -> uint",
    "(double, double) -> double",
    "(timestamp, timestamp) -> duration",
    "(timestamp, duration) -> timestamp",
    "(duration, duration) -> duration",
  ],
  "_*_": ["Product", "(int, int) -> int", "(uint, uint) -> uint", "(double, double) -> double"],
  "_/_": ["Quotient", "(int, int) -> int", "(uint, uint) -> uint", "(double, double) -> double"],
  "_%_": ["Remainder", "(int, int) -> int", "(uint, uint) -> uint"],
  "-_": ["Negation", "(int) -> int", "(double) -> double"],
  "_[_]": ["Element of a list or value of a key", "(list(A), int) -> A", "(map(A, B), A) -> B"],
  "_[?_]": [
    "Element of a list or value of a key, if it is there",
    "(list(A), int) -> optional(A)",
    "(map(A, B), A) -> optional(B)",
  ],
};
