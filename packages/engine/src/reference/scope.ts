import type { ZoneTables } from "../document/zone-table.ts";
import type { Budget } from "./budget.ts";
import type { CelError } from "./cel-error.ts";
import type { Value } from "./value.ts";

/**
 * What an expression sees besides its own bound names.
 * **Contract:** pure during one evaluation; the same name always gives the same value.
 */
export interface Scope {
  /** The value of a variable, an error (unavailable), or `undefined`: there is no such name. */
  variable(name: string): Value | CelError | undefined;
  /**
   * A dotted name (`a.b.c`) that is one variable, asked for the longest first and before
   * `variable`; also plain names, when names resolve within a container. `absolute` is `.name`.
   * Without this member a dotted name is always field selection.
   */
  qualified?(name: string, absolute: boolean): Value | CelError | undefined;
  /**
   * The result of a host function; `undefined` when it is none of the host's. What costs more than
   * a step pays the budget.
   */
  call?(
    name: string,
    args: readonly Value[],
    target: Value | undefined,
    budget: Budget,
  ): Value | CelError | undefined;
  /** the named time zones there are; absent: none but `UTC` and offsets such as `+02:00` */
  readonly zones?: ZoneTables;
}

/** Names bound by macros, innermost first. A bound error is an error for whoever reads it. */
export interface Bindings {
  readonly name: string;
  readonly value: Value | CelError;
  readonly outer: Bindings | undefined;
}

/** The binding of `name` in force, if any. */
export function bindingOf(name: string, bindings: Bindings | undefined): Bindings | undefined {
  let current = bindings;
  while (current !== undefined && current.name !== name) current = current.outer;
  return current;
}
