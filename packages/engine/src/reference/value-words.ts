import { canonicalJson } from "@holdfast/model";
import type { Expr } from "../cel/syntax.ts";
import { CelError } from "./cel-error.ts";
import { toJson } from "./json-value.ts";
import { originWords } from "./origin/origin-value.ts";
import type { Value } from "./value.ts";

/** The longest value shown in an explanation, in UTF-16 units. */
const shownMax = 120;

/** What was found and what was needed, for people. */
export interface ValueWords {
  readonly found: string;
  readonly needed: string;
}

const comparisons: ReadonlyMap<string, { readonly sign: string; readonly opposite: string }> =
  new Map([
    ["_==_", { sign: "==", opposite: "!=" }],
    ["_!=_", { sign: "!=", opposite: "==" }],
    ["_<_", { sign: "<", opposite: ">=" }],
    ["_<=_", { sign: "<=", opposite: ">" }],
    ["_>_", { sign: ">", opposite: "<=" }],
    ["_>=_", { sign: ">=", opposite: "<" }],
  ]);

/** The same comparison read from its right side. */
const mirrored: Readonly<Record<string, string>> = { "<": ">", "<=": ">=", ">": "<", ">=": "<=" };

const textTests: ReadonlyMap<string, string> = new Map([
  ["startsWith", "beginning with"],
  ["endsWith", "ending with"],
  ["contains", "containing"],
  ["matches", "matching"],
]);

/** The words for one part that is not `wanted`, by what kind of test it is. */
export function valueWords(
  part: Expr,
  wanted: boolean,
  valueOf: (part: Expr) => Value | CelError,
  text: string,
): ValueWords {
  const shown = (expr: Expr): string => shownOrigin(expr, valueOf) ?? shownValue(valueOf(expr));
  const not = wanted ? "" : "not ";
  if (part.kind === "has") {
    const presence = ["present", "absent"] as const;
    return wanted
      ? { found: presence[1], needed: presence[0] }
      : { found: presence[0], needed: presence[1] };
  }
  if (part.kind === "call") {
    const [first, second] = part.args;
    if (first !== undefined && second !== undefined) {
      const compared = comparisonWords(part.function, [first, second], wanted, shown);
      if (compared !== undefined) return compared;
      if (part.function === "no_worse") {
        const needed = wanted ? `${shown(second)} or better` : `worse than ${shown(second)}`;
        return { found: shown(first), needed };
      }
      if (part.function === "@in") {
        return { found: shown(first), needed: `${not}one of ${shown(second)}` };
      }
    }
    const test = textTests.get(part.function);
    if (test !== undefined && part.target !== undefined && first !== undefined) {
      return { found: shown(part.target), needed: `a text ${not}${test} ${shown(first)}` };
    }
  }
  if (part.kind === "macro") {
    const source = (expr: Expr): string => text.slice(expr.range.start, expr.range.end);
    const condition = part.args.map((arg) => source(arg)).join(", ");
    if (part.macro === "exists") {
      return { found: shown(part.operand), needed: `${not}an element where ${condition}` };
    }
  }
  return { found: shown(part), needed: String(wanted) };
}

/** The side that is not a constant is what was found. */
function comparisonWords(
  name: string,
  [left, right]: readonly [Expr, Expr],
  wanted: boolean,
  shown: (expr: Expr) => string,
): ValueWords | undefined {
  const comparison = comparisons.get(name);
  if (comparison === undefined) return undefined;
  const sign = wanted ? comparison.sign : comparison.opposite;
  if (left.kind === "constant" && right.kind !== "constant") {
    return { found: shown(right), needed: `${mirrored[sign] ?? sign} ${shown(left)}` };
  }
  return { found: shown(left), needed: `${sign} ${shown(right)}` };
}

/** An origin, or the tier of one, told with its source. */
function shownOrigin(expr: Expr, valueOf: (part: Expr) => Value | CelError): string | undefined {
  const tier = expr.kind === "select" && expr.field === "tier" && !expr.optional;
  const value = valueOf(tier ? expr.operand : expr);
  const words = value instanceof CelError ? undefined : originWords(value);
  return words === undefined ? undefined : shortened(words);
}

/** A value as short text: JSON where it has one. */
function shownValue(value: Value | CelError): string {
  if (value instanceof CelError) return `an error: ${value.message}`;
  const json = toJson(value);
  const text = json instanceof CelError ? json.message : canonicalJson(json);
  return shortened(text);
}

function shortened(text: string): string {
  if (text.length <= shownMax) return text;
  return `${text.slice(0, shownMax)}… (${text.length} characters)`;
}
