import type { RE2JS } from "re2js";
import type { Budget } from "../value/budget.ts";
import { Failure, noOverload } from "../value/failure.ts";
import { typeOf } from "../value/value.ts";
import type { Result, Value } from "../value/value.ts";
import type { Zones } from "../value/zone.ts";

/** What functions run with: what may be spent, and tables that are costly to make twice. */
export interface Workbench {
  readonly budget: Budget;
  readonly zones: Zones;
  /** compiled patterns by their text */
  readonly patterns: Map<string, RE2JS>;
}

/** A function over values; a receiver is its first argument. May throw `LimitReached` only. */
export type Body = (args: readonly Value[], bench: Workbench) => Result;

/** Functions by name, `f(x)` and `x.f()` apart. */
export interface Family {
  readonly global: ReadonlyMap<string, Body>;
  readonly member: ReadonlyMap<string, Body>;
}

/** The error of a call whose argument types no overload takes. */
export function refuse(name: string, args: readonly Value[]): Failure {
  return noOverload(name, args.map(typeOf));
}

/** An error of evaluation. */
export function fail(code: string, message: string): Failure {
  return new Failure(code, message);
}

/** A function of one argument; `undefined` from `body` refuses its type. */
export function one(
  name: string,
  body: (value: Value, bench: Workbench) => Result | undefined,
): [string, Body] {
  return [
    name,
    (args, bench) => {
      const [value] = args;
      if (value === undefined || args.length !== 1) return refuse(name, args);
      const result = body(value, bench);
      return result === undefined ? refuse(name, args) : result;
    },
  ];
}

/** A function of two arguments, shown as `shown` in errors. */
export function two(
  name: string,
  body: (left: Value, right: Value, bench: Workbench) => Result | undefined,
  shown: string = name,
): [string, Body] {
  return [
    name,
    (args, bench) => {
      const [left, right] = args;
      if (left === undefined || right === undefined || args.length !== 2) {
        return refuse(shown, args);
      }
      const result = body(left, right, bench);
      return result === undefined ? refuse(shown, args) : result;
    },
  ];
}
