import type { Budget } from "./budget.ts";
import { Duration, Timestamp } from "./time-value.ts";
import { isList } from "./value-type.ts";
import { CelMap, Optional, TypeValue, Uint } from "./value.ts";
import type { Value } from "./value.ts";

/**
 * CEL equality (cel-spec, langdef.md, "Equality"): numbers of any types are equal when they are
 * the same number, NaN equals nothing, values of other different types are unequal, lists and
 * maps are equal by their parts.
 * @throws LimitReached through `budget`, which pays a step per part and for texts of one length
 */
export function equals(a: Value, b: Value, budget: Budget): boolean {
  budget.spend(1);
  const order = compareNumbers(a, b);
  if (order !== undefined) return order === 0;
  if (typeof a === "string") {
    // WHY: texts of different lengths differ without a look at what they say.
    if (typeof b === "string" && a.length === b.length) budget.walk(a.length);
    return a === b;
  }
  if (a instanceof Uint8Array) {
    if (!(b instanceof Uint8Array) || a.length !== b.length) return false;
    budget.walk(a.length);
    return compareBytes(a, b) === 0;
  }
  // WHY not for objects: a list that holds NaN does not equal itself.
  if (a === b && (a === null || typeof a !== "object")) return true;
  if (a instanceof Timestamp) return b instanceof Timestamp && a.nanos === b.nanos;
  if (a instanceof Duration) return b instanceof Duration && a.nanos === b.nanos;
  if (a instanceof TypeValue) return b instanceof TypeValue && a.name === b.name;
  budget.enter();
  const same = equalParts(a, b, budget);
  budget.leave();
  return same;
}

function equalParts(a: Value, b: Value, budget: Budget): boolean {
  if (a instanceof Optional && b instanceof Optional) {
    if (a.value === undefined || b.value === undefined) return a.value === b.value;
    return equals(a.value, b.value, budget);
  }
  if (a instanceof CelMap && b instanceof CelMap) {
    if (a.size !== b.size) return false;
    for (const [key, value] of a.entries()) {
      const other = b.get(key);
      if (other === undefined || !equals(value, other, budget)) return false;
    }
    return true;
  }
  if (a !== null && b !== null && isList(a) && isList(b)) {
    return (
      a.length === b.length &&
      a.every((value, index) => {
        const other = b[index];
        return other !== undefined && equals(value, other, budget);
      })
    );
  }
  return false;
}

/** -1, 0 or 1; `NaN` when one is NaN, so that every comparison of it with 0 is false. */
type Order = number;

/**
 * The order of two values that `<` can compare, `undefined` when it cannot: numbers by value
 * across types, strings by code point, bytes, bools, timestamps and durations among themselves.
 */
export function compare(a: Value, b: Value): Order | undefined {
  const order = compareNumbers(a, b);
  if (order !== undefined) return order;
  if (typeof a === "string" && typeof b === "string") return compareText(a, b);
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b);
  if (a instanceof Timestamp && b instanceof Timestamp) return compareExact(a.nanos, b.nanos);
  if (a instanceof Duration && b instanceof Duration) return compareExact(a.nanos, b.nanos);
  return undefined;
}

/**
 * The order of two numbers, `undefined` for anything else. Int and uint compare exactly; beside a
 * double they are rounded to one first, as the conformance suite tests ("lossy_double").
 */
export function compareNumbers(a: Value, b: Value): Order | undefined {
  const left = a instanceof Uint ? a.value : a;
  const right = b instanceof Uint ? b.value : b;
  if (typeof left !== "bigint" && typeof left !== "number") return undefined;
  if (typeof right !== "bigint" && typeof right !== "number") return undefined;
  if (Number.isNaN(left) || Number.isNaN(right)) return Number.NaN;
  if (typeof left === "bigint" && typeof right === "bigint") return compareExact(left, right);
  return (
    Math.sign(Number(left) - Number(right)) || (Number(left) === Number(right) ? 0 : Number.NaN)
  );
}

function compareExact(a: bigint, b: bigint): Order {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Strings by Unicode code point; UTF-16 order differs once surrogates meet U+E000 and above. */
export function compareText(a: string, b: string): Order {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return rankOf(left) < rankOf(right) ? -1 : 1;
  }
  return Math.sign(a.length - b.length);
}

/** Moves surrogates above every other unit, where the code points they stand for belong. */
function rankOf(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

function compareBytes(a: Uint8Array, b: Uint8Array): Order {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return Math.sign(a.length - b.length);
}
