import type { ValueData } from "../../compiled/expression/standalone.ts";
import {
  bothNumbers,
  numbersAbove,
  numbersBelow,
  numbersBetween,
  otherNumbers,
  wholeBetween,
} from "../domain/number-set.ts";
import type { NumberSet } from "../domain/number-set.ts";
import { hasValue, numbersIn } from "../domain/value-set.ts";
import type { Held, ValueSet } from "../domain/value-set.ts";
import { always, atom, never } from "../formula/formula.ts";
import type { Formula } from "../formula/formula.ts";

/** What an expression that is no condition stands for. */
export type Term =
  | { readonly kind: "constant"; readonly data: ValueData }
  /**
   * what stands at a slot; `otherwise` where nothing does; `asked`: of arguments, what the agent
   * asked for, whatever a rule sees in their place
   */
  | {
      readonly kind: "slot";
      readonly slot: string;
      readonly otherwise?: Held;
      readonly asked?: true;
    }
  /** `factor * slot + offset` in ints; an error where the slot, or `otherwise`, holds no int */
  | {
      readonly kind: "scaled";
      readonly slot: string;
      readonly otherwise?: Held;
      readonly factor: bigint;
      readonly offset: bigint;
    }
  /** how long what stands at the slot is: a text, a list or a map */
  | { readonly kind: "size"; readonly slot: string }
  | { readonly kind: "list"; readonly items: readonly Term[] }
  | { readonly kind: "record"; readonly fields: ReadonlyMap<string, Term> }
  /** nothing is there: reading it is an error */
  | { readonly kind: "absent" };

export const absentTerm: Term = { kind: "absent" };

/** A constant text, bool or null. */
export function constantTerm(value: string | boolean | null): Term {
  if (value === null) return { kind: "constant", data: { type: "null" } };
  return typeof value === "string"
    ? { kind: "constant", data: { type: "string", value } }
    : { kind: "constant", data: { type: "bool", value } };
}

/** The term of a JSON value as arguments hold it. */
export function jsonTerm(json: Held): Term {
  if (json === undefined) return absentTerm;
  if (json === null || typeof json === "string" || typeof json === "boolean")
    return constantTerm(json);
  if (typeof json === "number") {
    return Number.isInteger(json) && Math.abs(json) <= 2 ** 53
      ? { kind: "constant", data: { type: "int", value: BigInt(json) } }
      : { kind: "constant", data: { type: "double", value: json } };
  }
  if (Array.isArray(json)) return { kind: "list", items: json.map(jsonTerm) };
  return {
    kind: "record",
    fields: new Map(Object.entries(json).map(([name, value]) => [name, jsonTerm(value)])),
  };
}

/** The largest number that reads as an int. */
const intMax = 2 ** 53;

/** The scalar that a constant is, as JSON would hold it; `undefined` for everything else. */
export function scalarOf(data: ValueData): Held {
  if (data.type === "null") return null;
  if (data.type === "bool" || data.type === "string") return data.value;
  if (data.type === "double") return Number.isFinite(data.value) ? data.value : undefined;
  if (data.type !== "int" && data.type !== "uint") return undefined;
  return data.value <= intMax && data.value >= -intMax ? Number(data.value) : undefined;
}

/** When the value of a term is in a set, which says with `absent` whether an error is. */
export function test(term: Term, set: ValueSet): Formula {
  switch (term.kind) {
    case "absent":
      return set.absent ? always : never;
    case "constant": {
      if (term.data.type === "error") return set.absent ? always : never;
      if (term.data.type === "list") return set.list ? always : never;
      if (term.data.type === "map") return set.map ? always : never;
      const value = scalarOf(term.data);
      return value !== undefined && hasValue(set, value) ? always : never;
    }
    case "slot": {
      if (!("otherwise" in term)) return atom(term.slot, set);
      return atom(term.slot, { ...set, absent: hasValue(set, term.otherwise) });
    }
    case "list":
      return set.list ? always : never;
    case "record":
      return set.map ? always : never;
    case "scaled":
    case "size":
      // Asked only through the numbers that it can be.
      return never;
  }
}

export type Order = "_==_" | "_!=_" | "_<_" | "_<=_" | "_>_" | "_>=_";

/** The numbers that stand in an order to a bound. */
export function numbersThat(order: Order, bound: number): NumberSet {
  switch (order) {
    case "_==_":
      return numbersBetween(bound, bound);
    case "_!=_":
      return otherNumbers(numbersBetween(bound, bound));
    case "_<_":
      return numbersBelow(bound, false);
    case "_<=_":
      return numbersBelow(bound, true);
    case "_>_":
      return numbersAbove(bound, false);
    case "_>=_":
      return numbersAbove(bound, true);
  }
}

/** The ints `v` for which `factor * v + offset` stands in an order to a bound. */
export function scaledThat(
  order: Order,
  { factor, offset }: { readonly factor: bigint; readonly offset: bigint },
  bound: bigint,
): NumberSet {
  const ints = wholeBetween(-intMax, intMax);
  if (factor === 0n) {
    const same = compareInts(offset, bound);
    return holdsFor(order, same) ? ints : { whole: [], broken: [] };
  }
  const target = bound - offset;
  const low = floorDivide(target, factor);
  const exact = low * factor === target;
  if (order === "_==_") return exact ? clipped(low, low) : { whole: [], broken: [] };
  if (order === "_!=_") return exact ? bothNumbers(ints, otherNumbers(clipped(low, low))) : ints;
  // `factor * v < target` is `v < target / factor` for a positive factor, else the other way round.
  const smaller = (order === "_<_" || order === "_<=_") === factor > 0n;
  const inclusive = order === "_<=_" || order === "_>=_";
  if (smaller) return clipped(-BigInt(intMax), exact && !inclusive ? low - 1n : low);
  return clipped(exact && inclusive ? low : low + 1n, BigInt(intMax));
}

/** Whether two ints in this order (-1, 0, 1) are as the operator says. */
export function holdsFor(order: Order, compared: number): boolean {
  switch (order) {
    case "_==_":
      return compared === 0;
    case "_!=_":
      return compared !== 0;
    case "_<_":
      return compared < 0;
    case "_<=_":
      return compared <= 0;
    case "_>_":
      return compared > 0;
    case "_>=_":
      return compared >= 0;
  }
}

/** Every number that is read as an int. */
export const intSet: ValueSet = numbersIn(wholeBetween(-intMax, intMax));

function clipped(low: bigint, high: bigint): NumberSet {
  const limit = BigInt(intMax);
  const from = low < -limit ? -limit : low;
  const to = high > limit ? limit : high;
  return from <= to ? wholeBetween(Number(from), Number(to)) : { whole: [], broken: [] };
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by !== 0n && value < 0n !== by < 0n ? quotient - 1n : quotient;
}

function compareInts(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
