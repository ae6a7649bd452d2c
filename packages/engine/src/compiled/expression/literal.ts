import type { Expr } from "../../cel/syntax.ts";
import { Failure } from "../value/failure.ts";
import { badKey, isKey, mapFrom } from "../value/map.ts";
import type { Key } from "../value/map.ts";
import { Optional, typeOf } from "../value/value.ts";
import type { Result, Value } from "../value/value.ts";
import { constantStep } from "./compiling.ts";
import type { Compiling } from "./compiling.ts";
import type { Bound, Step } from "./frame.ts";

type ExprOf<Kind extends Expr["kind"]> = Extract<Expr, { readonly kind: Kind }>;

/** `[a, ?b]`. */
export function compileList<Host>(
  expr: ExprOf<"list">,
  compiling: Compiling<Host>,
  bound: Bound,
): Step<Host> {
  const elements = expr.elements.map(({ value, optional }) => ({
    step: compiling.part(value, bound),
    optional,
  }));
  const constants = elements.map(({ step, optional }) =>
    optional ? undefined : compiling.constants.get(step),
  );
  const whole = constants.filter((value) => value !== undefined);
  if (!compiling.exact && whole.length === elements.length) return constantStep(whole, compiling);
  return (frame) => {
    const list: Value[] = [];
    for (const { step, optional } of elements) {
      const value = optional ? held(step(frame)) : step(frame);
      if (value instanceof Failure) return value;
      if (value !== undefined) list.push(value);
    }
    return list;
  };
}

/** `{k: v, ?k: o}`. */
export function compileMap<Host>(
  expr: ExprOf<"map">,
  compiling: Compiling<Host>,
  bound: Bound,
): Step<Host> {
  const parts = expr.entries.map(({ key, value, optional }) => ({
    key: compiling.part(key, bound),
    value: compiling.part(value, bound),
    optional,
  }));
  return (frame) => {
    const entries: (readonly [Key, Value])[] = [];
    for (const part of parts) {
      const key = part.key(frame);
      if (key instanceof Failure) return key;
      if (!isKey(key)) return badKey(key);
      const value = part.optional ? held(part.value(frame)) : part.value(frame);
      if (value instanceof Failure) return value;
      if (value !== undefined) entries.push([key, value]);
    }
    return mapFrom(entries);
  };
}

/** What an optional entry puts in: `undefined` for nothing. */
function held(value: Result): Result | undefined {
  if (value instanceof Failure) return value;
  if (value instanceof Optional) return value.value;
  const type = typeOf(value);
  return new Failure(
    "no_such_overload",
    `an optional entry holds an optional, not a value of type \`${type}\``,
  );
}
