import type { JsonObject } from "@holdfast/model";
import type { Expr } from "../../cel/syntax.ts";
import { Failure } from "../value/failure.ts";
import { fieldOf, isMap, withheldBy } from "../value/map.ts";
import { Optional, none, typeNamed, typeOf } from "../value/value.ts";
import type { Result, Value } from "../value/value.ts";
import { constantStep } from "./compiling.ts";
import type { Compiling } from "./compiling.ts";
import type { Bound, Frame, Step } from "./frame.ts";

type ExprOf<Kind extends Expr["kind"]> = Extract<Expr, { readonly kind: Kind }>;

/** A name: bound by a macro, else of the host, else a type. */
export function compileIdent<Host>(
  { name, absolute }: ExprOf<"ident">,
  compiling: Compiling<Host>,
  bound: Bound,
): Step<Host> {
  const { names } = compiling;
  const slot = absolute ? undefined : bound.get(name);
  if (slot !== undefined) {
    return (frame) => {
      const value = frame.slots[slot];
      return value === undefined ? unbound(name) : value;
    };
  }
  const last = names.variable(name);
  const otherwise: Step<Host> = last ?? typeStep(name, compiling);
  const qualified = names.qualified(name, absolute);
  if (qualified === undefined) return otherwise;
  return (frame) => {
    const found = qualified(frame);
    return found === undefined ? otherwise(frame) : found;
  };
}

function typeStep<Host>(name: string, compiling: Compiling<Host>): Step<Host> {
  const type = typeNamed(name);
  if (type !== undefined) return constantStep(type, compiling);
  return () => new Failure("unknown_name", `there is no name \`${name}\``);
}

function unbound(name: string): Failure {
  return new Failure("internal", `the name \`${name}\` is not bound`);
}

/** `a.b`: one dotted name of the host or of a type, else the field of a map. */
export function compileSelect<Host>(
  expr: ExprOf<"select">,
  compiling: Compiling<Host>,
  bound: Bound,
): Step<Host> {
  const { field, optional } = expr;
  const operand = compiling.part(expr.operand, bound);
  const slow: Step<Host> = (frame) => {
    const value = operand(frame);
    return value instanceof Failure ? value : select(value, field, optional);
  };
  const json = optional ? undefined : jsonStep(expr.operand, compiling, bound);
  const fields: Step<Host> =
    json === undefined
      ? slow
      : (frame) => {
          const held = json(frame);
          const value = held !== undefined && Object.hasOwn(held, field) ? held[field] : undefined;
          return value === undefined ? slow(frame) : value;
        };
  const name = dottedName(expr, bound);
  if (name === undefined) return fields;
  const qualified = compiling.names.qualified(name, isAbsolute(expr));
  const type = typeNamed(name);
  const [root = ""] = name.split(".", 1);
  // `google` must not hide a variable of that name with such fields.
  const isType = type !== undefined && compiling.names.variable(root) === undefined;
  const otherwise: Step<Host> = isType ? () => type : fields;
  if (qualified === undefined) return otherwise;
  return (frame) => {
    const found = qualified(frame);
    return found === undefined ? otherwise(frame) : found;
  };
}

/** `has(a.b)`. */
export function compileHas<Host>(
  expr: ExprOf<"has">,
  compiling: Compiling<Host>,
  bound: Bound,
): Step<Host> {
  const { field } = expr;
  const operand = compiling.part(expr.operand, bound);
  const json = jsonStep(expr.operand, compiling, bound);
  return (frame: Frame<Host>) => {
    const held = json?.(frame);
    if (held !== undefined) return Object.hasOwn(held, field);
    const value = operand(frame);
    if (value instanceof Failure) return value;
    if (!(value instanceof Optional)) {
      if (!isMap(value)) return noField(value, field);
      return fieldOf(value, field) !== undefined || (withheldBy(value) ?? false);
    }
    if (value.value === undefined) return false;
    const inner = select(value.value, field, true);
    return inner instanceof Optional ? inner.value !== undefined : inner;
  };
}

/** The map of JSON that a variable is, where parts are not charged one by one. */
function jsonStep<Host>(
  expr: Expr,
  { names, exact }: Compiling<Host>,
  bound: Bound,
): ((frame: Frame<Host>) => JsonObject | undefined) | undefined {
  if (exact || expr.kind !== "ident" || expr.absolute || bound.has(expr.name)) return undefined;
  return names.json?.(expr.name);
}

/** The dotted name that an expression spells, unless a macro has bound its first part. */
export function dottedName(expr: Expr, bound: Bound): string | undefined {
  if (expr.kind === "ident") return !expr.absolute && bound.has(expr.name) ? undefined : expr.name;
  if (expr.kind !== "select" || expr.optional) return undefined;
  const prefix = dottedName(expr.operand, bound);
  return prefix === undefined ? undefined : `${prefix}.${expr.field}`;
}

function isAbsolute(expr: Expr): boolean {
  return expr.kind === "ident" ? expr.absolute : expr.kind === "select" && isAbsolute(expr.operand);
}

function select(value: Value, field: string, optional: boolean): Result {
  if (value instanceof Optional) {
    return value.value === undefined ? none : select(value.value, field, true);
  }
  if (!isMap(value)) return noField(value, field);
  const found = fieldOf(value, field);
  if (found === undefined) {
    const withheld = withheldBy(value);
    if (withheld !== undefined) return withheld;
  }
  if (optional) return found === undefined ? none : new Optional(found);
  if (found !== undefined) return found;
  return new Failure("no_such_key", `there is no field \`${field}\``);
}

function noField(value: Value, field: string): Failure {
  const type = typeOf(value);
  return new Failure("no_such_overload", `a value of type \`${type}\` has no field \`${field}\``);
}
