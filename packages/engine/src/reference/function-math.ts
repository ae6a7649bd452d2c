import { celError } from "./cel-error.ts";
import type { CelError } from "./cel-error.ts";
import { compareNumbers } from "./equality.ts";
import { binary, noSuchOverload, unary } from "./function-family.ts";
import type { FunctionFamily, Implementation } from "./function-family.ts";
import { isList } from "./value-type.ts";
import { Uint } from "./value.ts";
import type { Value } from "./value.ts";

/** The math extension (cel-go ext/math). */
export const mathFunctions: FunctionFamily = {
  global: {
    "math.greatest": extreme("math.greatest", (order) => order > 0),
    "math.least": extreme("math.least", (order) => order < 0),
    "math.ceil": double("math.ceil", Math.ceil),
    "math.floor": double("math.floor", Math.floor),
    "math.trunc": double("math.trunc", Math.trunc),
    "math.round": double("math.round", roundAway),
    "math.isNaN": double("math.isNaN", Number.isNaN),
    "math.isInf": double("math.isInf", (value) => Math.abs(value) === Number.POSITIVE_INFINITY),
    "math.isFinite": double("math.isFinite", Number.isFinite),
    "math.sqrt": unary("math.sqrt", (value) => {
      const number = value instanceof Uint ? value.value : value;
      return typeof number === "bigint" || typeof number === "number"
        ? Math.sqrt(Number(number))
        : undefined;
    }),
    "math.abs": unary("math.abs", absolute),
    "math.sign": unary("math.sign", sign),
    "math.bitAnd": bits("math.bitAnd", (left, right) => left & right),
    "math.bitOr": bits("math.bitOr", (left, right) => left | right),
    "math.bitXor": bits("math.bitXor", (left, right) => left ^ right),
    "math.bitNot": unary("math.bitNot", (value) => {
      if (typeof value === "bigint") return ~value;
      return value instanceof Uint ? new Uint(BigInt.asUintN(64, ~value.value)) : undefined;
    }),
    "math.bitShiftLeft": shift("math.bitShiftLeft", (value, by) => value << by),
    "math.bitShiftRight": shift("math.bitShiftRight", (value, by) => value >> by),
  },
};

function double(name: string, body: (value: number) => Value): Implementation {
  return unary(name, (value) => (typeof value === "number" ? body(value) : undefined));
}

/** Half away from zero; what is not finite stays as it is. */
function roundAway(value: number): number {
  const whole = Math.trunc(value);
  return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole;
}

/**
 * The first value that `better` prefers to all before it: of several arguments, or of one list.
 * Numbers of all types compare with each other; a list must not be empty.
 */
function extreme(name: string, better: (order: number) => boolean): Implementation {
  return (args, budget) => {
    const [only] = args;
    const listed = args.length === 1 && only !== undefined && only !== null && isList(only);
    const values = listed ? only : args;
    budget.spend(values.length);
    let best: Value | undefined;
    for (const value of values) {
      if (compareNumbers(value, value) === undefined) return noSuchOverload(name, args);
      const order = best === undefined ? undefined : compareNumbers(value, best);
      if (order === undefined || better(order)) best = value;
    }
    if (best !== undefined) return best;
    return celError("invalid_argument", `\`${name}\` needs at least one number`);
  };
}

function absolute(value: Value): Value | CelError | undefined {
  if (value instanceof Uint) return value;
  if (typeof value === "number") return Math.abs(value);
  if (typeof value !== "bigint") return undefined;
  if (value === -(2n ** 63n))
    return celError("overflow", `\`${-value}\` is outside the range of int`);
  return value < 0n ? -value : value;
}

function sign(value: Value): Value | undefined {
  if (typeof value === "number") return Math.sign(value);
  if (typeof value === "bigint") return value > 0n ? 1n : value < 0n ? -1n : 0n;
  return value instanceof Uint ? new Uint(value.value > 0n ? 1n : 0n) : undefined;
}

function bits(name: string, body: (left: bigint, right: bigint) => bigint): Implementation {
  return binary(name, (left, right) => {
    if (typeof left === "bigint" && typeof right === "bigint") return body(left, right);
    if (left instanceof Uint && right instanceof Uint) {
      return new Uint(body(left.value, right.value));
    }
    return undefined;
  });
}

/** Logical shifts of 64 bits: zeros come in on either side, an int included. */
function shift(name: string, body: (value: bigint, by: bigint) => bigint): Implementation {
  return binary(name, (value, by) => {
    const number = value instanceof Uint ? value.value : value;
    if (typeof number !== "bigint" || typeof by !== "bigint") return undefined;
    if (by < 0n) return celError("invalid_argument", `a shift cannot be negative, as \`${by}\` is`);
    const shifted = by >= 64n ? 0n : BigInt.asUintN(64, body(BigInt.asUintN(64, number), by));
    return value instanceof Uint ? new Uint(shifted) : BigInt.asIntN(64, shifted);
  });
}
