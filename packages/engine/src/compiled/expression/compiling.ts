import type { Expr } from "../../cel/syntax.ts";
import type { Value } from "../value/value.ts";
import type { Bound, Names, Step } from "./frame.ts";

/** What compiling the parts of one expression shares. */
export interface Compiling<Host> {
  readonly names: Names<Host>;
  /** compiles a part where these names are bound and this many slots are taken */
  readonly part: (expr: Expr, bound: Bound) => Step<Host>;
  /** as `part`, of one that is evaluated for every round of a macro */
  readonly body: (expr: Expr, bound: Bound) => Step<Host>;
  /** whether every part is charged as it is evaluated, and errors stand where they were met */
  readonly exact: boolean;
  /** what parts come to that are the same for whatever is asked, of those not charged one by one */
  readonly constants: Map<Step<Host>, Value>;
}

/** A part that is always this value. */
export function constantStep<Host>(
  value: Value,
  { constants, exact }: Compiling<Host>,
): Step<Host> {
  const step = (): Value => value;
  if (!exact) constants.set(step, value);
  return step;
}
