import { canonicalJson } from "@holdfast/model";
import type { Expr } from "../../cel/syntax.ts";
import { originTiers } from "../../document/origin-vocabulary.ts";
import { Failure } from "../value/failure.ts";
import { jsonOf } from "../value/json.ts";
import { fieldOf, isMap, sizeOfMap } from "../value/map.ts";
import type { Result } from "../value/value.ts";

const shownMax = 120;

/** What was found and what was needed. */
interface Words {
  readonly found: string;
  readonly needed: string;
}

/** Each comparison: its sign, the sign of its opposite, and the sign read from the other side. */
const signs: Readonly<Record<string, readonly [string, string]>> = {
  "_==_": ["==", "!="],
  "_!=_": ["!=", "=="],
  "_<_": ["<", ">="],
  "_<=_": ["<=", ">"],
  "_>_": [">", "<="],
  "_>=_": [">=", "<"],
};
const mirrored: Readonly<Record<string, string>> = { "<": ">", "<=": ">=", ">": "<", ">=": "<=" };
const textTests: Readonly<Record<string, string>> = {
  startsWith: "beginning with",
  endsWith: "ending with",
  contains: "containing",
  matches: "matching",
};

/** The words for a part that is not `wanted`, by what kind of test it is. */
export function failureWords(
  part: Expr,
  wanted: boolean,
  valueOf: (part: Expr) => Result,
  text: string,
): Words {
  const show = (expr: Expr): string => tierShown(expr, valueOf) ?? shown(valueOf(expr));
  const not = wanted ? "" : "not ";
  if (part.kind === "has") {
    return wanted ? { found: "absent", needed: "present" } : { found: "present", needed: "absent" };
  }
  if (part.kind === "macro" && part.macro === "exists") {
    const written = part.args.map(({ range }) => text.slice(range.start, range.end)).join(", ");
    return { found: show(part.operand), needed: `${not}an element where ${written}` };
  }
  if (part.kind === "call") {
    const words = callWords(part, wanted, show);
    if (words !== undefined) return words;
  }
  return { found: show(part), needed: String(wanted) };
}

function callWords(
  part: Extract<Expr, { readonly kind: "call" }>,
  wanted: boolean,
  show: (expr: Expr) => string,
): Words | undefined {
  const [first, second] = part.args;
  const not = wanted ? "" : "not ";
  if (first === undefined) return undefined;
  if (second !== undefined) {
    if (part.function === "no_worse") {
      const needed = wanted ? `${show(second)} or better` : `worse than ${show(second)}`;
      return { found: show(first), needed };
    }
    const sides = Object.hasOwn(signs, part.function) ? signs[part.function] : undefined;
    const sign = sides?.[wanted ? 0 : 1];
    if (sign !== undefined) {
      // The side that is not a constant is what was found.
      return first.kind === "constant" && second.kind !== "constant"
        ? { found: show(second), needed: `${mirrored[sign] ?? sign} ${show(first)}` }
        : { found: show(first), needed: `${sign} ${show(second)}` };
    }
    if (part.function === "@in") {
      return { found: show(first), needed: `${not}one of ${show(second)}` };
    }
  }
  const test = Object.hasOwn(textTests, part.function) ? textTests[part.function] : undefined;
  if (test === undefined || part.target === undefined) return undefined;
  return { found: show(part.target), needed: `a text ${not}${test} ${show(first)}` };
}

/** The tier of an origin with the source that it comes from; `undefined` for any other part. */
function tierShown(expr: Expr, valueOf: (part: Expr) => Result): string | undefined {
  if (expr.kind !== "select" || expr.field !== "tier" || expr.optional) return undefined;
  const operand = valueOf(expr.operand);
  return originText(operand) === undefined ? undefined : shown(operand);
}

/** `tier (source)` of a value that `origin` gives. */
function originText(value: Result): string | undefined {
  if (value instanceof Failure || !isMap(value) || sizeOfMap(value) !== 2) return undefined;
  const named = fieldOf(value, "tier");
  const source = fieldOf(value, "source");
  const tier = originTiers.find((each) => each === named);
  if (typeof source !== "string" || tier === undefined) return undefined;
  return source === "" ? tier : `${tier} (${source})`;
}

function shown(value: Result): string {
  if (value instanceof Failure) return `an error: ${value.message}`;
  const json = jsonOf(value);
  const plain = json instanceof Failure ? json.message : canonicalJson(json);
  const text = originText(value) ?? plain;
  if (text.length <= shownMax) return text;
  return `${text.slice(0, shownMax)}… (${text.length} characters)`;
}
