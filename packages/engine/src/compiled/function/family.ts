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

/** How a function of one or two arguments is called without a list of them. */
export interface Direct {
  readonly shown: string;
  readonly one?: (value: Value, bench: Workbench) => Result | undefined;
  readonly two?: (left: Value, right: Value, bench: Workbench) => Result | undefined;
}

const directs = new WeakMap<Body, Direct>();

/** How to call a function directly, of those made by `one` and `two`. */
export function directOf(body: Body): Direct | undefined {
  return directs.get(body);
}

/** A function of one argument; `undefined` from `body` refuses its type. */
export function one(
  name: string,
  body: (value: Value, bench: Workbench) => Result | undefined,
): [string, Body] {
  const called: Body = (args, bench) => {
    const [value] = args;
    if (value === undefined || args.length !== 1) return refuse(name, args);
    const result = body(value, bench);
    return result === undefined ? refuse(name, args) : result;
  };
  directs.set(called, { shown: name, one: body });
  return [name, called];
}

/** A function of two arguments, shown as `shown` in errors. */
export function two(
  name: string,
  body: (left: Value, right: Value, bench: Workbench) => Result | undefined,
  shown: string = name,
): [string, Body] {
  const called: Body = (args, bench) => {
    const [left, right] = args;
    if (left === undefined || right === undefined || args.length !== 2) {
      return refuse(shown, args);
    }
    const result = body(left, right, bench);
    return result === undefined ? refuse(shown, args) : result;
  };
  directs.set(called, { shown, two: body });
  return [name, called];
}
