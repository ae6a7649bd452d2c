import type { Budget } from "../value/budget.ts";
import { equal, isNumber, orderOf, orderOfNumbers } from "../value/order.ts";
import { Uint, bigOf, doubleOf, intOf, isList, realOf } from "../value/value.ts";
import type { Double, Result, Value } from "../value/value.ts";
import { fail, one, refuse, two } from "./family.ts";
import type { Body, Family, Workbench } from "./family.ts";

/** Lists, sets and mathematics. */
export const lists: Family = {
  global: new Map<string, Body>([
    one("lists.range", (value, { budget }) => {
      const count = bigOf(value);
      if (count === undefined) return undefined;
      if (count < 0n) return fail("invalid_argument", `\`${count}\` is not a length`);
      budget.spend(Number(count));
      return Array.from({ length: Number(count) }, (_, index) => index);
    }),
    onSets("sets.contains", (set, other, has) => other.every((item) => has(set, item))),
    onSets("sets.intersects", (set, other, has) => other.some((item) => has(set, item))),
    onSets(
      "sets.equivalent",
      (set, other, has) =>
        other.every((item) => has(set, item)) && set.every((item) => has(other, item)),
    ),
    greatest("math.greatest", (order) => order > 0),
    greatest("math.least", (order) => order < 0),
    real("math.ceil", (value) => doubleOf(Math.ceil(value))),
    real("math.floor", (value) => doubleOf(Math.floor(value))),
    real("math.trunc", (value) => doubleOf(Math.trunc(value))),
    real("math.round", (value) => doubleOf(round(value))),
    real("math.isNaN", (value) => Number.isNaN(value)),
    real("math.isInf", (value) => Math.abs(value) === Number.POSITIVE_INFINITY),
    real("math.isFinite", (value) => Number.isFinite(value)),
    one("math.sqrt", (value) => {
      const number = isNumber(value) ? Number(boxless(value)) : undefined;
      return number === undefined ? undefined : doubleOf(Math.sqrt(number));
    }),
    one("math.abs", absolute),
    one("math.sign", sign),
    bitwise("math.bitAnd", (a, b) => a & b),
    bitwise("math.bitOr", (a, b) => a | b),
    bitwise("math.bitXor", (a, b) => a ^ b),
    one("math.bitNot", (value) => {
      if (value instanceof Uint) return new Uint(BigInt.asUintN(64, ~value.value));
      const bits = bigOf(value);
      return bits === undefined ? undefined : intOf(~bits);
    }),
    shift("math.bitShiftLeft", (value, by) => value << by),
    shift("math.bitShiftRight", (value, by) => value >> by),
  ]),
  member: new Map<string, Body>([
    ["slice", slice],
    ["flatten", flatten],
    one("distinct", (value, { budget }) => {
      if (!isList(value)) return undefined;
      const kept: Value[] = [];
      for (const item of value) if (!holds(kept, item, budget)) kept.push(item);
      return kept;
    }),
    one("sort", (value, { budget }) => (isList(value) ? sort(value, budget) : undefined)),
  ]),
};

function holds(list: readonly Value[], item: Value, budget: Budget): boolean {
  for (const other of list) if (equal(item, other, budget)) return true;
  return false;
}

type Has = (set: readonly Value[], item: Value) => boolean;

function onSets(
  name: string,
  body: (a: readonly Value[], b: readonly Value[], has: Has) => boolean,
): [string, Body] {
  return two(name, (a, b, { budget }) => {
    if (!isList(a) || !isList(b)) return undefined;
    return body(a, b, (set, item) => holds(set, item, budget));
  });
}

function slice(args: readonly Value[], { budget }: Workbench): Result {
  const [list, from, to] = args;
  const [start, stop] = [bigOf(from), bigOf(to)];
  if (!isList(list) || args.length !== 3 || start === undefined || stop === undefined) {
    return refuse("slice", args);
  }
  if (start < 0n || start > stop || stop > BigInt(list.length)) {
    return fail("index_out_of_range", `there is no slice from \`${start}\` to \`${stop}\``);
  }
  budget.gather(Number(stop - start));
  return list.slice(Number(start), Number(stop));
}

function flatten(args: readonly Value[], { budget }: Workbench): Result {
  const [list, levels = 1] = args;
  const depth = bigOf(levels);
  if (!isList(list) || args.length > 2 || depth === undefined) return refuse("flatten", args);
  if (depth < 0n || depth > 64n) {
    return fail("invalid_argument", "a depth lies between 0 and 64");
  }
  const flat: Value[] = [];
  const walk = (items: readonly Value[], rest: number): void => {
    for (const item of items) {
      budget.spend(1);
      if (rest > 0 && isList(item)) walk(item, rest - 1);
      else flat.push(item);
    }
  };
  walk(list, Number(depth));
  return flat;
}

function sort(list: readonly Value[], budget: Budget): Result {
  const [first] = list;
  if (first === undefined) return list;
  if (!list.every((item) => orderOf(item, first) !== undefined)) {
    return fail("no_such_overload", "`sort` takes items of one comparable type");
  }
  budget.spend(list.length * Math.ceil(Math.log2(list.length + 1)));
  return list.toSorted((a, b) => orderOf(a, b) ?? 0);
}

function real(name: string, body: (value: number) => Value): [string, Body] {
  return one(name, (value) => {
    const number = realOf(value);
    return number === undefined ? undefined : body(number);
  });
}

function round(value: number): number {
  const whole = Math.trunc(value);
  return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole;
}

function boxless(value: number | bigint | Uint | Double): number | bigint {
  return typeof value === "object" ? value.value : value;
}

function greatest(name: string, better: (order: number) => boolean): [string, Body] {
  return [
    name,
    (args, { budget }) => {
      const [only] = args;
      const values = args.length === 1 && isList(only) ? only : args;
      budget.spend(values.length);
      let best: Value | undefined;
      for (const value of values) {
        if (!isNumber(value)) return refuse(name, args);
        if (best === undefined || (isNumber(best) && better(orderOfNumbers(value, best)))) {
          best = value;
        }
      }
      return best ?? fail("invalid_argument", `\`${name}\` needs at least one number`);
    },
  ];
}

function absolute(value: Value): Result | undefined {
  if (value instanceof Uint) return value;
  const number = realOf(value);
  if (number !== undefined) return doubleOf(Math.abs(number));
  const int = bigOf(value);
  if (int === undefined) return undefined;
  if (int === -(2n ** 63n)) return fail("overflow", `\`${-int}\` is outside the range of int`);
  return intOf(int < 0n ? -int : int);
}

function sign(value: Value): Result | undefined {
  if (value instanceof Uint) return new Uint(value.value > 0n ? 1n : 0n);
  const number = realOf(value);
  if (number !== undefined) return doubleOf(Math.sign(number));
  const int = bigOf(value);
  return int === undefined ? undefined : int > 0n ? 1 : int < 0n ? -1 : 0;
}

function bitwise(name: string, body: (a: bigint, b: bigint) => bigint): [string, Body] {
  return two(name, (a, b) => {
    if (a instanceof Uint && b instanceof Uint) return new Uint(body(a.value, b.value));
    const [left, right] = [bigOf(a), bigOf(b)];
    return left === undefined || right === undefined ? undefined : intOf(body(left, right));
  });
}

function shift(name: string, body: (value: bigint, by: bigint) => bigint): [string, Body] {
  return two(name, (value, count) => {
    const number = value instanceof Uint ? value.value : bigOf(value);
    const by = bigOf(count);
    if (number === undefined || by === undefined) return undefined;
    if (by < 0n) return fail("invalid_argument", `a shift cannot be negative, as \`${by}\` is`);
    const bits = by >= 64n ? 0n : BigInt.asUintN(64, body(BigInt.asUintN(64, number), by));
    return value instanceof Uint ? new Uint(bits) : intOf(BigInt.asIntN(64, bits));
  });
}
