import { canonicalJson } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import { RE2JS } from "re2js";
import { misfit } from "./misfit.ts";
import { textOf } from "./value.ts";
import type { Keyword } from "./node.ts";
import type { Filled } from "./value.ts";

/** Keywords for numbers, in the order in which they are looked at. */
export const numberKeywords: Readonly<Record<string, (limit: Json) => Keyword<number>>> = {
  maximum: bound("<=", (value, limit) => value <= limit),
  minimum: bound(">=", (value, limit) => value >= limit),
  exclusiveMaximum: bound("<", (value, limit) => value < limit),
  exclusiveMinimum: bound(">", (value, limit) => value > limit),
  multipleOf: (given) => {
    const divisor = Number(given);
    return (value, situation) => {
      const quotient = value / divisor;
      // As ajv has it: a quotient is whole when it is written as a whole number.
      if (quotient === Number.parseInt(String(quotient), 10)) return true;
      return misfit(situation, `must be multiple of ${divisor}`);
    };
  },
  format: () => () => true,
};

function bound(
  sign: string,
  holds: (value: number, limit: number) => boolean,
): (limit: Json) => Keyword<number> {
  return (given) => {
    const limit = Number(given);
    return (value, situation) =>
      holds(value, limit) || misfit(situation, `must be ${sign} ${limit}`);
  };
}

/** Keywords for text, in order. */
export const textKeywords: Readonly<Record<string, (given: Json) => Keyword<string>>> = {
  maxLength: (given) => (value, situation) =>
    charactersOf(value) <= Number(given) ||
    misfit(situation, `must NOT have more than ${Number(given)} characters`),
  minLength: (given) => (value, situation) =>
    charactersOf(value) >= Number(given) ||
    misfit(situation, `must NOT have fewer than ${Number(given)} characters`),
  pattern: (given) => {
    const finds = patternOf(textOf(given));
    return (value, situation) =>
      finds(value) || misfit(situation, `must match pattern "${textOf(given)}"`);
  },
  format: () => () => true,
};

function charactersOf(text: string): number {
  return Array.from(text).length;
}

/**
 * Whether a text holds a match of an RE2 pattern.
 * @throws Error on a pattern that RE2 does not have
 */
export function patternOf(pattern: string): (text: string) => boolean {
  const compiled = RE2JS.compile(pattern);
  return (text) => compiled.matcher(text).find();
}

/** `const` and `enum`. */
export const wholeKeywords: Readonly<Record<string, (given: Json) => Keyword>> = {
  const: (given) => among([given], "must be equal to constant"),
  enum: (given) => {
    const values: readonly Json[] = Array.isArray(given) ? given : [];
    if (values.length === 0) throw new Error("enum must have non-empty array");
    return among(values, "must be equal to one of the allowed values");
  },
};

function among(values: readonly Json[], message: string): Keyword {
  const forms = new Set(values.map(formOf));
  return (value, situation) => forms.has(formOf(value)) || misfit(situation, message);
}

/** Scalars stand for themselves; objects and lists for their canonical text. */
function formOf(value: Json | Filled): Json | Filled {
  return typeof value === "object" && value !== null ? `\0${canonicalJson(value)}` : value;
}
