import type { ZoneTables } from "../document/zone-table.ts";
import type { Budget } from "./budget.ts";
import { celError } from "./cel-error.ts";
import type { CelError } from "./cel-error.ts";
import { typeNameOf } from "./value-type.ts";
import type { Value } from "./value.ts";

/**
 * A function over values. A receiver comes as the first argument.
 * **Contract:** pure; `no_such_overload` for argument types it does not take; pays the budget
 * for sizes it walks over and makes. May throw `LimitReached`, nothing else.
 */
export type Implementation = (
  args: readonly Value[],
  budget: Budget,
  zones: ZoneTables,
) => Value | CelError;

/** Functions by name: `f(x)` (namespaced ones whole, `math.abs`) and `x.f()`. */
export interface FunctionFamily {
  readonly global?: Readonly<Record<string, Implementation>>;
  readonly member?: Readonly<Record<string, Implementation>>;
}

/** The error of a call whose argument types no overload takes. */
export function noSuchOverload(name: string, args: readonly Value[]): CelError {
  const types = args.map((value) => typeNameOf(value)).join(", ");
  return celError("no_such_overload", `\`${name}\` does not take (${types})`);
}

/** An implementation for one argument, told apart from calls with more or fewer. */
export function unary(
  name: string,
  body: (value: Value, budget: Budget) => Value | CelError | undefined,
): Implementation {
  return (args, budget) => {
    const [value] = args;
    const result = value === undefined || args.length !== 1 ? undefined : body(value, budget);
    return result === undefined ? noSuchOverload(name, args) : result;
  };
}

/** An implementation for two arguments, told apart from calls with more or fewer. */
export function binary(
  name: string,
  body: (left: Value, right: Value, budget: Budget) => Value | CelError | undefined,
): Implementation {
  return (args, budget) => {
    const [left, right] = args;
    const result =
      left === undefined || right === undefined || args.length !== 2
        ? undefined
        : body(left, right, budget);
    return result === undefined ? noSuchOverload(name, args) : result;
  };
}
