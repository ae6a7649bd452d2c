import type { Budget } from "./budget.ts";
import { CelError, celError } from "./cel-error.ts";
import { binary, unary } from "./function-family.ts";
import type { FunctionFamily } from "./function-family.ts";
import { Duration, Timestamp, isDuration, isTimestamp } from "./time-value.ts";
import { isList } from "./value-type.ts";
import { Uint } from "./value.ts";
import type { Value } from "./value.ts";

/**
 * Arithmetic (cel-spec, langdef.md, "Arithmetic"): int and uint overflow is an error, double
 * follows IEEE 754, no operator mixes number types. `+` also joins strings, bytes and lists.
 */
export const arithmeticFunctions: FunctionFamily = {
  global: {
    "_+_": binary("+", add),
    "_-_": binary("-", subtract),
    "_*_": binary("*", (left, right) => calculate(left, right, multiplication)),
    "_/_": binary("/", (left, right) => calculate(left, right, division)),
    "_%_": binary("%", (left, right) => calculate(left, right, remainder)),
    "-_": unary("-", negate),
  },
};

/** One operator on each number type; integers are exact and checked for range afterwards. */
interface Operation {
  readonly exact: (left: bigint, right: bigint) => bigint | CelError;
  readonly double?: (left: number, right: number) => number;
}

const multiplication: Operation = {
  exact: (left, right) => left * right,
  double: (left, right) => left * right,
};

const division: Operation = {
  exact: (left, right) =>
    right === 0n ? celError("divide_by_zero", "division by zero") : left / right,
  double: (left, right) => left / right,
};

const remainder: Operation = {
  exact: (left, right) =>
    right === 0n ? celError("divide_by_zero", "remainder of division by zero") : left % right,
};

function calculate(left: Value, right: Value, operation: Operation): Value | CelError | undefined {
  if (typeof left === "bigint" && typeof right === "bigint") {
    return intOf(operation.exact(left, right));
  }
  if (left instanceof Uint && right instanceof Uint) {
    return uintOf(operation.exact(left.value, right.value));
  }
  if (typeof left === "number" && typeof right === "number") return operation.double?.(left, right);
  return undefined;
}

function intOf(value: bigint | CelError): bigint | CelError {
  if (value instanceof CelError || BigInt.asIntN(64, value) === value) return value;
  return celError("overflow", `\`${value}\` is outside the range of int`);
}

function uintOf(value: bigint | CelError): Uint | CelError {
  if (value instanceof CelError) return value;
  if (BigInt.asUintN(64, value) === value) return new Uint(value);
  return celError("overflow", `\`${value}\` is outside the range of uint`);
}

function add(left: Value, right: Value, budget: Budget): Value | CelError | undefined {
  if (typeof left === "string" && typeof right === "string") {
    budget.walk(left.length + right.length);
    return left + right;
  }
  if (left instanceof Uint8Array && right instanceof Uint8Array) {
    budget.walk(left.length + right.length);
    const joined = new Uint8Array(left.length + right.length);
    joined.set(left);
    joined.set(right, left.length);
    return joined;
  }
  if (left === null || right === null) return undefined;
  if (isList(left) && isList(right)) {
    budget.gather(left.length + right.length);
    return [...left, ...right];
  }
  if (left instanceof Timestamp && right instanceof Duration) {
    return timestampOf(left.nanos + right.nanos);
  }
  if (left instanceof Duration && right instanceof Timestamp) {
    return timestampOf(left.nanos + right.nanos);
  }
  if (left instanceof Duration && right instanceof Duration) {
    return durationOf(left.nanos + right.nanos);
  }
  return calculate(left, right, { exact: (a, b) => a + b, double: (a, b) => a + b });
}

function subtract(left: Value, right: Value): Value | CelError | undefined {
  if (left instanceof Timestamp && right instanceof Timestamp) {
    return durationOf(left.nanos - right.nanos);
  }
  if (left instanceof Timestamp && right instanceof Duration) {
    return timestampOf(left.nanos - right.nanos);
  }
  if (left instanceof Duration && right instanceof Duration) {
    return durationOf(left.nanos - right.nanos);
  }
  return calculate(left, right, { exact: (a, b) => a - b, double: (a, b) => a - b });
}

function negate(value: Value): Value | CelError | undefined {
  if (typeof value === "bigint") return intOf(-value);
  return typeof value === "number" ? -value : undefined;
}

function timestampOf(nanos: bigint): Timestamp | CelError {
  return isTimestamp(nanos)
    ? new Timestamp(nanos)
    : celError("overflow", "the timestamp is outside the years 1 to 9999");
}

function durationOf(nanos: bigint): Duration | CelError {
  return isDuration(nanos)
    ? new Duration(nanos)
    : celError("overflow", "the duration is longer than about 292 years");
}
