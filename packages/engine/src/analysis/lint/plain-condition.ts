import type { Json } from "@holdfast/model";
import type { Expr } from "../../cel/syntax.ts";
import { callOf, pathOf, terms } from "../../compile/check/syntax-walk.ts";
import { printExpression } from "../../cel/printer.ts";
import type { Bundle } from "../../document/bundle.ts";
import type { Tool } from "../../document/kinds.ts";
import { inlined } from "../condition/inline.ts";
import { numbersAbove, numbersBelow, numbersBetween, wholeBetween } from "../domain/number-set.ts";
import {
  bothValues,
  falseSet,
  isNoValue,
  isWithin,
  numbersIn,
  otherValues,
  textSet,
  textsIn,
  trueSet,
} from "../domain/value-set.ts";
import type { ValueSet } from "../domain/value-set.ts";
import { beginning } from "../text/language.ts";
import { anyText, someTexts } from "../text/text-set.ts";
import type { PlacedRule } from "./lint-set.ts";

/**
 * A condition that asks of each thing it reads one question of its own, each of which can come out
 * either way: it can hold, it can fail, and what it says of one thing says nothing of another.
 * Most conditions are so, and need no solver. By what is read, the values for which it holds.
 */
export type PlainCondition = ReadonlyMap<string, ValueSet>;

/** Reads plain conditions of one set; what they share is made once. */
export class PlainReader {
  readonly #bundle: Bundle;
  readonly #beginnings = new Map<string, ValueSet | undefined>();
  readonly #admitted = new Map<string, ValueSet | undefined>();

  constructor(bundle: Bundle) {
    this.#bundle = bundle;
  }

  /**
   * The plain form of a rule's condition and limit for a tool; undefined when it is not plain, which
   * says nothing: the solver must be asked.
   */
  read({ rule, policy }: PlacedRule, tool: Tool | undefined): PlainCondition | undefined {
    const found = new Map<string, ValueSet>();
    const when = rule.when === undefined ? undefined : inlined(rule.when.ast, policy);
    if (rule.when !== undefined && when === undefined) return undefined;
    for (const term of when === undefined ? [] : terms(when, "_&&_")) {
      const read = plainTerm(term, this.#bundle) ?? this.#prefix(term);
      if (read === undefined) return undefined;
      const known = found.get(read.of);
      found.set(read.of, known === undefined ? read.set : bothValues(known, read.set));
    }
    if ("limit" in rule && rule.limit !== undefined) {
      const { meter, max } = rule.limit;
      if (max < 1) return undefined;
      found.set(`limit ${meter}`, numbersIn(numbersAbove(max, false)));
    }
    for (const [of, set] of found) {
      // What is asked of the length of a text says something of the text.
      if (!this.#isOpen(of, set, tool) || found.has(`size ${of}`)) return undefined;
    }
    return found;
  }

  /** Whether what is read can be in the set and can be outside of it, as far as a schema says. */
  #isOpen(of: string, set: ValueSet, tool: Tool | undefined): boolean {
    if (of.startsWith("limit ")) return true;
    if (of.startsWith("history ")) {
      return set === trueSet || set === falseSet || splits(amounts, set);
    }
    if (tool?.schema === undefined) return !of.startsWith("size ") && !isNoValue(set);
    const key = `${tool.name} ${of}`;
    if (!this.#admitted.has(key)) this.#admitted.set(key, admittedAt(of, tool));
    const admitted = this.#admitted.get(key);
    return admitted !== undefined && splits(admitted, set);
  }

  #prefix(term: Expr): PlainTerm | undefined {
    const [receiver, start] = callOf(term, "startsWith") ?? [];
    const of = receiver === undefined ? undefined : argumentOf(receiver);
    const text = start === undefined ? undefined : scalarOf(start);
    if (of === undefined || typeof text !== "string" || text === "") return undefined;
    if (!this.#beginnings.has(text)) {
      const automaton = beginning(text);
      this.#beginnings.set(text, automaton && textsIn({ kind: "language", automaton }));
    }
    const set = this.#beginnings.get(text);
    return set && { of, set };
  }
}

const amounts: ValueSet = numbersIn(wholeBetween(0, Number.MAX_SAFE_INTEGER));

/** What a schema admits at `args.NAME`, or as the length of what is there. */
function admittedAt(of: string, tool: Tool): ValueSet | undefined {
  if (!of.startsWith("size ")) return admittedBy(propertyOf(tool, of.slice("args.".length)));
  const most = longest(propertyOf(tool, of.slice("size args.".length)));
  return most === undefined ? undefined : numbersIn(wholeBetween(0, most));
}

/** Whether everything of which one holds is so that the other holds; undefined: cannot be told. */
export function plainlyImplies(one: PlainCondition, other: PlainCondition): boolean | undefined {
  for (const [of, set] of other) {
    const own = one.get(of);
    if (own === undefined) return false;
    if (!isWithin(own, set)) return sameParts(own, set) ? false : undefined;
  }
  return true;
}

/** Texts of two automata may be alike where that was too hard to see. */
function sameParts(one: ValueSet, other: ValueSet): boolean {
  return one.texts.kind !== "language" && other.texts.kind !== "language";
}

interface PlainTerm {
  readonly of: string;
  readonly set: ValueSet;
}

function plainTerm(term: Expr, bundle: Bundle): PlainTerm | undefined {
  const [negated] = callOf(term, "!_") ?? [];
  if (negated !== undefined) {
    const inner = plainTerm(negated, bundle);
    const flag = inner !== undefined && (inner.set === trueSet || inner.set === falseSet);
    return flag ? { of: inner.of, set: inner.set === trueSet ? falseSet : trueSet } : undefined;
  }
  const path = argumentOf(term);
  if (path !== undefined) return { of: path, set: trueSet };
  return comparison(term) ?? membership(term, bundle) ?? question(term);
}

/** `args.NAME`. */
function argumentOf(expr: Expr): string | undefined {
  const path = pathOf(expr);
  const [field] = path?.fields ?? [];
  return path?.root === "args" && path.fields.length === 1 ? `args.${field ?? ""}` : undefined;
}

const mirrored: Readonly<Record<string, string>> = {
  "_<_": "_>_",
  "_<=_": "_>=_",
  "_>_": "_<_",
  "_>=_": "_<=_",
  "_==_": "_==_",
};

function comparison(term: Expr): PlainTerm | undefined {
  if (term.kind !== "call" || !Object.hasOwn(mirrored, term.function)) return undefined;
  const [left, right] = term.args;
  if (left === undefined || right === undefined) return undefined;
  return (
    compared(left, term.function, right) ?? compared(right, mirrored[term.function] ?? "", left)
  );
}

function compared(side: Expr, operator: string, constant: Expr): PlainTerm | undefined {
  const of = argumentOf(side) ?? counted(side) ?? sized(side);
  const value = scalarOf(constant);
  if (of === undefined || value === undefined) return undefined;
  if (typeof value === "string") {
    return operator === "_==_" ? { of, set: textsIn(someTexts([value])) } : undefined;
  }
  switch (operator) {
    case "_<_":
      return { of, set: numbersIn(numbersBelow(value, false)) };
    case "_<=_":
      return { of, set: numbersIn(numbersBelow(value, true)) };
    case "_>_":
      return { of, set: numbersIn(numbersAbove(value, false)) };
    case "_>=_":
      return { of, set: numbersIn(numbersAbove(value, true)) };
    default:
      return { of, set: numbersIn(numbersBetween(value, value)) };
  }
}

/** What an Event or a Meter has come to so far; windows of one Event say something of each other. */
function counted(expr: Expr): string | undefined {
  const call = callOf(expr, "count") ?? callOf(expr, "meter");
  const [name] = call ?? [];
  if (name?.kind !== "constant" || name.constant.type !== "string") return undefined;
  return `history ${printExpression(expr)}`;
}

/** `size(args.NAME)`. */
function sized(expr: Expr): string | undefined {
  const [of] = callOf(expr, "size") ?? [];
  const argument = of === undefined ? undefined : argumentOf(of);
  return argument === undefined ? undefined : `size ${argument}`;
}

function scalarOf(expr: Expr): number | string | undefined {
  if (expr.kind !== "constant") return undefined;
  const { constant } = expr;
  if (constant.type === "string" || constant.type === "double") return constant.value;
  if (constant.type !== "int" && constant.type !== "uint") return undefined;
  const value = Number(constant.value);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** `args.x in ["a", "b"]` and `args.x in lists.NAME`. */
function membership(term: Expr, bundle: Bundle): PlainTerm | undefined {
  const [item, among] = callOf(term, "@in") ?? [];
  const of = item === undefined ? undefined : argumentOf(item);
  if (of === undefined || among === undefined) return undefined;
  const path = pathOf(among);
  if (path?.root === "lists" && path.fields.length === 1) {
    const list = bundle.lists.find(({ name }) => name === path.fields[0]);
    if (list === undefined || list.remote !== undefined || list.items.length === 0)
      return undefined;
    return { of, set: textsIn(someTexts(list.items)) };
  }
  if (among.kind !== "list") return undefined;
  const texts = among.elements.map(({ value }) => scalarOf(value));
  const items = texts.filter((text) => typeof text === "string");
  if (items.length < texts.length || items.length === 0) return undefined;
  return { of, set: textsIn(someTexts(items)) };
}

/** Functions that come out either way for any arguments: they ask what has happened or was said. */
const openFunctions: ReadonlySet<string> = new Set([
  "happened",
  "from_only",
  "no_worse",
  "touches",
  "names_act",
]);

function question(term: Expr): PlainTerm | undefined {
  if (term.kind !== "call" || !openFunctions.has(term.function)) return undefined;
  return { of: `history ${printExpression(term)}`, set: trueSet };
}

/** Some of the values are in the set, and some are not. */
function splits(values: ValueSet, set: ValueSet): boolean {
  return !isNoValue(bothValues(values, set)) && !isNoValue(bothValues(values, otherValues(set)));
}

function propertyOf(tool: Tool, name: string): Json | undefined {
  return memberOf(memberOf(tool.schema, "properties"), name);
}

function memberOf(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

/** How long a text can be, by a schema that says no more than that. */
function longest(schema: Json | undefined): number | undefined {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return undefined;
  const others = Object.keys(schema).filter((key) => !annotations.has(key) && key !== "maxLength");
  if (memberOf(schema, "type") !== "string" || others.length > 0) return undefined;
  const most = memberOf(schema, "maxLength");
  return typeof most === "number" ? most : Number.MAX_SAFE_INTEGER;
}

const annotations: ReadonlySet<string> = new Set(["type", "description", "title", "examples"]);

/** The values a plain schema admits; undefined for one that says more than this reads. */
function admittedBy(schema: Json | undefined): ValueSet | undefined {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return undefined;
  const keys = Object.keys(schema).filter((key) => !annotations.has(key));
  const type = memberOf(schema, "type");
  if (type === "boolean") return keys.length === 0 ? eitherFlag : undefined;
  if (type === "integer" || type === "number") {
    const [low, high] = [memberOf(schema, "minimum"), memberOf(schema, "maximum")];
    if (keys.some((key) => key !== "minimum" && key !== "maximum")) return undefined;
    const least = typeof low === "number" ? low : -Number.MAX_VALUE;
    const most = typeof high === "number" ? high : Number.MAX_VALUE;
    return numbersIn(type === "integer" ? wholeBetween(least, most) : numbersBetween(least, most));
  }
  if (type !== "string") return undefined;
  // WHY: where texts have a longest length, one of a set that is longer is not looked at here.
  if (keys.every((key) => key === "maxLength"))
    return keys.length === 0 ? textSet : shortTexts(schema);
  const values = memberOf(schema, "enum");
  if (keys.length > 1 || !Array.isArray(values)) return undefined;
  const texts: readonly Json[] = values;
  const named = texts.filter((each): each is string => typeof each === "string");
  return named.length === texts.length ? textsIn(someTexts(named)) : undefined;
}

/** Texts of a few characters fit any longest length that is not tiny. */
function shortTexts(schema: Json): ValueSet | undefined {
  const longest = memberOf(schema, "maxLength");
  return typeof longest === "number" && longest >= shortMax ? textsIn(anyText) : undefined;
}

const shortMax = 64;
const eitherFlag: ValueSet = { ...trueSet, false: true };
