import type { Expr } from "../../cel/syntax.ts";
import { Failure, noOverload } from "../value/failure.ts";
import { entriesOf, isKey, isMap, mapFrom, sizeOfMap, withheldBy } from "../value/map.ts";
import type { Key } from "../value/map.ts";
import { Optional, isList, none, typeOf } from "../value/value.ts";
import type { Result, Value } from "../value/value.ts";
import { joinLogical, notBool } from "./call.ts";
import type { Compiling } from "./compiling.ts";
import type { Bound, Frame, Step } from "./frame.ts";

type Macro = Extract<Expr, { readonly kind: "macro" }>;

/** What the variables hold in one round. */
export type Round = readonly Value[];

/** The slots a macro's variables take, and all names bound inside it. */
export interface MacroSlots {
  readonly slots: readonly number[];
  readonly inside: Bound;
}

/** Slots after all those taken; every name in force has one of its own. */
export function slotsOf(expr: Macro, bound: Bound, taken: number): MacroSlots {
  const slots = expr.variables.map((_, index) => taken + index);
  const inside = new Map(bound);
  for (const [index, { name }] of expr.variables.entries()) inside.set(name, taken + index);
  return { slots, inside };
}

/** A macro. `all` and `exists` absorb errors; the others end in the first. */
export function compileMacro<Host>(
  expr: Macro,
  compiling: Compiling<Host>,
  bound: Bound,
): Step<Host> {
  const taken = Math.max(-1, ...bound.values()) + 1;
  const { slots, inside } = slotsOf(expr, bound, taken);
  const operand = compiling.part(expr.operand, bound);
  const bodies = expr.args.map((arg) => compiling.body(arg, inside));
  const [body = absentBody(expr), second] = bodies;
  const { macro } = expr;
  const [slot = taken] = slots;
  if (macro === "bind") {
    return (frame) => {
      frame.slots[slot] = operand(frame);
      return body(frame);
    };
  }
  if (macro === "optMap" || macro === "optFlatMap") {
    return (frame) =>
      mapOptional(macro, operand(frame), (value) => {
        frame.slots[slot] = value;
        return body(frame);
      });
  }
  const run = comprehension(macro, { body, second, slots });
  const decisive = macro === "exists" ? true : macro === "all" ? false : undefined;
  return (frame) => {
    const range = operand(frame);
    if (range instanceof Failure) return range;
    if (decisive !== undefined && slots.length === 1 && isList(range)) {
      return quantifyList(frame, range, { body, slot, decisive });
    }
    const rounds = roundsOf(range, slots.length);
    return rounds === undefined ? noOverload(macro, [typeOf(range)]) : run(frame, rounds);
  };
}

function absentBody<Host>(expr: Macro): Step<Host> {
  return () => noOverload(expr.macro, []);
}

/** The rounds over a list or map; `undefined` for other values. */
export function roundsOf(range: Value, variables: number): readonly Round[] | undefined {
  if (isList(range)) {
    return range.map((value, index) => (variables === 1 ? [value] : [index, value]));
  }
  if (!isMap(range) || withheldBy(range) !== undefined) return undefined;
  return entriesOf(range).map(([key, value]) => (variables === 1 ? [key] : [key, value]));
}

/** The repeated parts of a macro, and where its variables lie. */
interface Repeated<Host> {
  readonly body: Step<Host>;
  readonly second: Step<Host> | undefined;
  readonly slots: readonly number[];
}

type Run<Host> = (frame: Frame<Host>, rounds: readonly Round[]) => Result;

function comprehension<Host>(
  macro: Exclude<Macro["macro"], "bind" | "optMap" | "optFlatMap">,
  repeated: Repeated<Host>,
): Run<Host> {
  switch (macro) {
    case "all":
      return (frame, rounds) => quantify(frame, rounds, repeated, false);
    case "exists":
      return (frame, rounds) => quantify(frame, rounds, repeated, true);
    case "existsOne":
    case "exists_one":
      return (frame, rounds) => {
        const kept = filtered(frame, rounds, repeated);
        return kept instanceof Failure ? kept : kept.length === 1;
      };
    case "filter":
      return (frame, rounds) => {
        const kept = filtered(frame, rounds, repeated);
        return kept instanceof Failure ? kept : kept.map(([value = null]) => value);
      };
    case "map":
    case "transformList":
      return (frame, rounds) => {
        const made = transformed(frame, rounds, repeated);
        return made instanceof Failure ? made : made.map(({ value }) => value);
      };
    case "transformMap":
      return (frame, rounds) => {
        const made = transformed(frame, rounds, repeated);
        if (made instanceof Failure) return made;
        const entries: (readonly [Key, Value])[] = [];
        for (const { round, value } of made) {
          const [key] = round;
          if (key !== undefined && isKey(key)) entries.push([key, value]);
        }
        return mapFrom(entries);
      };
    case "transformMapEntry":
      return (frame, rounds) => mergeEntries(frame, transformed(frame, rounds, repeated));
  }
}

function bind<Host>(frame: Frame<Host>, slots: readonly number[], round: Round): void {
  for (const [index, slot] of slots.entries()) {
    const value = round[index];
    if (value !== undefined) frame.slots[slot] = value;
  }
}

function quantify<Host>(
  frame: Frame<Host>,
  rounds: readonly Round[],
  { body, slots }: Repeated<Host>,
  decisive: boolean,
): Result {
  let result: Result = !decisive;
  for (const round of rounds) {
    bind(frame, slots, round);
    result = joinLogical(result, body(frame), decisive);
    if (result === decisive) return decisive;
  }
  return result;
}

/** As `quantify`, for every item of a list. */
function quantifyList<Host>(
  frame: Frame<Host>,
  items: readonly Value[],
  { body, slot, decisive }: { body: Step<Host>; slot: number; decisive: boolean },
): Result {
  let result: Result = !decisive;
  for (const item of items) {
    frame.slots[slot] = item;
    result = joinLogical(result, body(frame), decisive);
    if (result === decisive) return decisive;
  }
  return result;
}

function filtered<Host>(
  frame: Frame<Host>,
  rounds: readonly Round[],
  { body, slots }: Repeated<Host>,
): readonly Round[] | Failure {
  const kept: Round[] = [];
  for (const round of rounds) {
    bind(frame, slots, round);
    const holds = body(frame);
    if (holds instanceof Failure) return holds;
    if (typeof holds !== "boolean") return notBool(holds);
    if (holds) kept.push(round);
  }
  return kept;
}

function transformed<Host>(
  frame: Frame<Host>,
  rounds: readonly Round[],
  { body, second, slots }: Repeated<Host>,
): readonly { readonly round: Round; readonly value: Value }[] | Failure {
  const made: { readonly round: Round; readonly value: Value }[] = [];
  for (const round of rounds) {
    bind(frame, slots, round);
    if (second !== undefined) {
      const holds = body(frame);
      if (holds instanceof Failure) return holds;
      if (typeof holds !== "boolean") return notBool(holds);
      if (!holds) continue;
    }
    const value = (second ?? body)(frame);
    if (value instanceof Failure) return value;
    made.push({ round, value });
  }
  return made;
}

function mergeEntries<Host>(
  frame: Frame<Host>,
  made: readonly { readonly value: Value }[] | Failure,
): Result {
  if (made instanceof Failure) return made;
  const entries: (readonly [Key, Value])[] = [];
  for (const { value } of made) {
    if (!isMap(value)) return noOverload("transformMapEntry", [typeOf(value)]);
    frame.bench.budget.spend(sizeOfMap(value));
    for (const entry of entriesOf(value)) entries.push(entry);
  }
  return mapFrom(entries);
}

function mapOptional(
  macro: "optMap" | "optFlatMap",
  optional: Result,
  body: (value: Value) => Result,
): Result {
  if (optional instanceof Failure) return optional;
  if (!(optional instanceof Optional)) return noOverload(macro, [typeOf(optional)]);
  if (optional.value === undefined) return none;
  const result = body(optional.value);
  if (result instanceof Failure) return result;
  if (macro === "optMap") return new Optional(result);
  return result instanceof Optional ? result : noOverload(macro, [typeOf(result)]);
}
