import { Failure } from "../value/failure.ts";
import { isInstant, isLength } from "../value/time.ts";
import {
  Double,
  Duration,
  Timestamp,
  Uint,
  bigOf,
  doubleOf,
  exactMax,
  intOf,
  isList,
  isWhole,
  realOf,
} from "../value/value.ts";
import type { Result, Value } from "../value/value.ts";
import { fail, one, two } from "./family.ts";
import type { Body, Family, Workbench } from "./family.ts";

/** The arithmetic operators: 64-bit integers with overflow as an error, IEEE 754 doubles. */
export const arithmetic: Family = {
  global: new Map<string, Body>([
    two("_+_", add, "+"),
    two("_-_", subtract, "-"),
    two("_*_", (a, b) => numeric(a, b, product), "*"),
    two("_/_", (a, b) => numeric(a, b, quotient), "/"),
    two("_%_", (a, b) => numeric(a, b, remainder), "%"),
    ["-_", one("-", negate)[1]],
  ]),
  member: new Map(),
};

/** One operator on whole numbers that stay small, on 64-bit integers, and on doubles. */
interface Operator {
  readonly fast: (a: number, b: number) => number;
  readonly exact: (a: bigint, b: bigint) => bigint | Failure;
  readonly real?: (a: number, b: number) => number;
}

const sum: Operator = {
  fast: (a, b) => a + b,
  exact: (a, b) => a + b,
  real: (a, b) => a + b,
};
const difference: Operator = {
  fast: (a, b) => a - b,
  exact: (a, b) => a - b,
  real: (a, b) => a - b,
};
const product: Operator = {
  fast: (a, b) => a * b,
  exact: (a, b) => a * b,
  real: (a, b) => a * b,
};
const quotient: Operator = {
  // At 2^53 itself the rounded quotient may be one too large.
  fast: (a, b) => (b === 0 || Math.abs(a) === exactMax ? Number.NaN : Math.trunc(a / b)),
  exact: (a, b) => (b === 0n ? fail("divide_by_zero", "division by zero") : a / b),
  real: (a, b) => a / b,
};
const remainder: Operator = {
  fast: (a, b) => (b === 0 ? Number.NaN : a % b),
  exact: (a, b) => (b === 0n ? fail("divide_by_zero", "remainder of division by zero") : a % b),
};

/** `undefined` when the two are not numbers of one type. */
function numeric(a: Value, b: Value, operator: Operator): Result | undefined {
  if (typeof a === "number" && typeof b === "number" && isWhole(a) && isWhole(b)) {
    const fast = operator.fast(a, b);
    // Below 2^53 a double sum, product or quotient of whole numbers is exact.
    if (fast < exactMax && fast > -exactMax) return fast === 0 ? 0 : fast;
  }
  const [left, right] = [bigOf(a), bigOf(b)];
  if (left !== undefined && right !== undefined) return int64(operator.exact(left, right));
  if (a instanceof Uint && b instanceof Uint) return uint64(operator.exact(a.value, b.value));
  const [x, y] = [realOf(a), realOf(b)];
  if (x === undefined || y === undefined || operator.real === undefined) return undefined;
  return doubleOf(operator.real(x, y));
}

function int64(value: bigint | Failure): Result {
  if (value instanceof Failure) return value;
  if (BigInt.asIntN(64, value) === value) return intOf(value);
  return fail("overflow", `\`${value}\` is outside the range of int`);
}

function uint64(value: bigint | Failure): Result {
  if (value instanceof Failure) return value;
  if (BigInt.asUintN(64, value) === value) return new Uint(value);
  return fail("overflow", `\`${value}\` is outside the range of uint`);
}

function add(a: Value, b: Value, { budget }: Workbench): Result | undefined {
  if (typeof a === "string" && typeof b === "string") {
    budget.walk(a.length + b.length);
    return a + b;
  }
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    budget.walk(a.length + b.length);
    const joined = new Uint8Array(a.length + b.length);
    joined.set(a, 0);
    joined.set(b, a.length);
    return joined;
  }
  if (isList(a) && isList(b)) {
    budget.gather(a.length + b.length);
    return a.concat(b);
  }
  if (a instanceof Duration) {
    if (b instanceof Timestamp) return instant(a.nanos + b.nanos);
    if (b instanceof Duration) return length(a.nanos + b.nanos);
  }
  if (a instanceof Timestamp && b instanceof Duration) return instant(a.nanos + b.nanos);
  return numeric(a, b, sum);
}

function subtract(a: Value, b: Value): Result | undefined {
  if (a instanceof Timestamp) {
    if (b instanceof Timestamp) return length(a.nanos - b.nanos);
    if (b instanceof Duration) return instant(a.nanos - b.nanos);
  }
  if (a instanceof Duration && b instanceof Duration) return length(a.nanos - b.nanos);
  return numeric(a, b, difference);
}

function negate(value: Value): Result | undefined {
  if (typeof value === "number" && isWhole(value)) return value === 0 ? 0 : -value;
  if (typeof value === "bigint") return int64(-value);
  const real = value instanceof Double ? value.value : value;
  return typeof real === "number" ? doubleOf(-real) : undefined;
}

function instant(nanos: bigint): Result {
  if (isInstant(nanos)) return new Timestamp(nanos);
  return fail("overflow", "the timestamp is outside the years 1 to 9999");
}

function length(nanos: bigint): Result {
  if (isLength(nanos)) return new Duration(nanos);
  return fail("overflow", "the duration is longer than about 292 years");
}
