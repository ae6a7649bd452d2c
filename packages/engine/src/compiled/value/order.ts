import type { Budget } from "./budget.ts";
import { entriesOf, isMap, sizeOfMap, valueUnder } from "./map.ts";
import type { AnyMap } from "./map.ts";
import { Double, Duration, Optional, Timestamp, TypeName, Uint, isList, isWhole } from "./value.ts";
import type { Value } from "./value.ts";

/** CEL equality: numbers by value across types, lists and maps by their parts, NaN never. */
export function equal(a: Value, b: Value, budget: Budget): boolean {
  budget.spend(1);
  if (isNumber(a) && isNumber(b)) return orderOfNumbers(a, b) === 0;
  if (typeof a === "string") {
    if (typeof b !== "string" || a.length !== b.length) return false;
    budget.walk(a.length);
    return a === b;
  }
  if (a === null || typeof a !== "object" || b === null || typeof b !== "object") return a === b;
  if (a instanceof Uint8Array) {
    if (!(b instanceof Uint8Array) || a.length !== b.length) return false;
    budget.walk(a.length);
    return orderOfBytes(a, b) === 0;
  }
  if (a instanceof Timestamp) return b instanceof Timestamp && a.nanos === b.nanos;
  if (a instanceof Duration) return b instanceof Duration && a.nanos === b.nanos;
  if (a instanceof TypeName) return b instanceof TypeName && a.name === b.name;
  budget.enter();
  const same = equalParts(a, b, budget);
  budget.leave();
  return same;
}

function equalParts(a: Value, b: Value, budget: Budget): boolean {
  if (a instanceof Optional) {
    if (!(b instanceof Optional)) return false;
    if (a.value === undefined || b.value === undefined) return a.value === b.value;
    return equal(a.value, b.value, budget);
  }
  if (isList(a)) {
    if (!isList(b) || a.length !== b.length) return false;
    for (const [index, item] of a.entries()) {
      if (!equal(item, b[index] ?? null, budget)) return false;
    }
    return true;
  }
  return isMap(a) && isMap(b) && equalMaps(a, b, budget);
}

function equalMaps(a: AnyMap, b: AnyMap, budget: Budget): boolean {
  if (sizeOfMap(a) !== sizeOfMap(b)) return false;
  for (const [key, value] of entriesOf(a)) {
    const other = valueUnder(b, key);
    if (other === undefined || !equal(value, other, budget)) return false;
  }
  return true;
}

type Numeric = number | bigint | Uint | Double;

/** Whether a value is a number of any type. */
export function isNumber(value: Value): value is Numeric {
  return (
    typeof value === "number" ||
    typeof value === "bigint" ||
    value instanceof Uint ||
    value instanceof Double
  );
}

/** -1, 0 or 1; NaN when either is NaN. Integers exactly, beside a double as doubles. */
export function orderOfNumbers(a: Numeric, b: Numeric): number {
  if (typeof a === "number" && typeof b === "number") return signOf(a, b);
  const left = integerOf(a);
  const right = integerOf(b);
  if (left !== undefined && right !== undefined) return left < right ? -1 : left > right ? 1 : 0;
  return signOf(plainOf(a), plainOf(b));
}

function signOf(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : a === b ? 0 : Number.NaN;
}

function integerOf(value: Numeric): bigint | undefined {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return isWhole(value) ? BigInt(value) : undefined;
  return value instanceof Uint ? value.value : undefined;
}

/** The number as the double nearest to it. */
export function plainOf(value: Numeric): number {
  if (typeof value === "number") return value;
  return typeof value === "bigint" ? Number(value) : Number(value.value);
}

/** The order of two values that `<` compares, `undefined` for values it does not. */
export function orderOf(a: Value, b: Value): number | undefined {
  if (isNumber(a)) return isNumber(b) ? orderOfNumbers(a, b) : undefined;
  if (typeof a === "string") return typeof b === "string" ? orderOfTexts(a, b) : undefined;
  if (typeof a === "boolean") return typeof b === "boolean" ? Number(a) - Number(b) : undefined;
  if (a instanceof Uint8Array) return b instanceof Uint8Array ? orderOfBytes(a, b) : undefined;
  const timed =
    (a instanceof Timestamp && b instanceof Timestamp) ||
    (a instanceof Duration && b instanceof Duration);
  if (!timed) return undefined;
  return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0;
}

/** Texts by code point, which UTF-16 order is not where surrogates are. */
export function orderOfTexts(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let place = 0; place < shared; place += 1) {
    let left = a.charCodeAt(place);
    let right = b.charCodeAt(place);
    if (left === right) continue;
    if (left >= 0xd800 && left < 0xe000) left += 0x10000;
    if (right >= 0xd800 && right < 0xe000) right += 0x10000;
    return left < right ? -1 : 1;
  }
  return a.length < b.length ? -1 : a.length > b.length ? 1 : 0;
}

function orderOfBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let place = 0; place < shared; place += 1) {
    const difference = (a[place] ?? 0) - (b[place] ?? 0);
    if (difference !== 0) return difference < 0 ? -1 : 1;
  }
  return a.length < b.length ? -1 : a.length > b.length ? 1 : 0;
}
