import type { Expr } from "../../cel/syntax.ts";
import { globalBodies, memberBodies } from "../function/table.ts";
import { Failure, noOverload } from "../value/failure.ts";
import { Optional, typeNamed, typeOf } from "../value/value.ts";
import type { Result, Value } from "../value/value.ts";
import type { Compiling } from "./compile.ts";
import type { Bound, Frame, Step } from "./frame.ts";
import { dottedName } from "./select.ts";

type Call = Extract<Expr, { readonly kind: "call" }>;

/** A call: the operators that absorb errors, the lazy ones of optionals, then functions. */
export function compileCall<Host>(
  expr: Call,
  compiling: Compiling<Host>,
  bound: Bound,
): Step<Host> {
  const [first, second, third] = expr.args;
  if (expr.target === undefined && first !== undefined && second !== undefined) {
    const part = (of: Expr): Step<Host> => compiling.part(of, bound);
    if (expr.function === "_&&_") return logical(part(first), part(second), false);
    if (expr.function === "_||_") return logical(part(first), part(second), true);
    if (expr.function === "_?_:_" && third !== undefined) {
      return choice(part(first), part(second), part(third));
    }
  }
  const lazy = expr.function === "or" || expr.function === "orValue";
  if (lazy && expr.target !== undefined && first !== undefined && expr.args.length === 1) {
    const target = compiling.part(expr.target, bound);
    return alternative(expr.function, target, compiling.part(first, bound));
  }
  return compileFunction(expr, compiling, bound);
}

function logical<Host>(left: Step<Host>, right: Step<Host>, decisive: boolean): Step<Host> {
  return (frame) => {
    const a = left(frame);
    return a === decisive ? decisive : joinLogical(a, right(frame), decisive);
  };
}

/** `&&` (decisive false) or `||` (true) of two results, of which the left does not decide. */
export function joinLogical(a: Result, b: Result, decisive: boolean): Result {
  if (b === decisive) return decisive;
  if (a instanceof Failure) return a;
  if (typeof a !== "boolean") return notBool(a);
  return b instanceof Failure || typeof b === "boolean" ? b : notBool(b);
}

/** The error of a value where only a bool can stand. */
export function notBool(value: Value): Failure {
  return noOverload("a logical operator", [typeOf(value)]);
}

function choice<Host>(test: Step<Host>, yes: Step<Host>, no: Step<Host>): Step<Host> {
  return (frame) => {
    const condition = test(frame);
    if (condition === true) return yes(frame);
    if (condition === false) return no(frame);
    return condition instanceof Failure ? condition : notBool(condition);
  };
}

function alternative<Host>(name: string, target: Step<Host>, other: Step<Host>): Step<Host> {
  const flat = name === "orValue";
  return (frame) => {
    const optional = target(frame);
    if (optional instanceof Failure) return optional;
    if (!(optional instanceof Optional)) return noOverload(name, [typeOf(optional)]);
    if (optional.value !== undefined) return flat ? optional.value : optional;
    const value = other(frame);
    if (flat || value instanceof Failure || value instanceof Optional) return value;
    return noOverload(name, [typeOf(optional), typeOf(value)]);
  };
}

function compileFunction<Host>(expr: Call, compiling: Compiling<Host>, bound: Bound): Step<Host> {
  const { target } = expr;
  const args = expr.args.map((arg) => compiling.part(arg, bound));
  if (target === undefined) {
    return globalCall(expr.function, args, compiling) ?? missing(expr.function, args);
  }
  const space = namespaceOf(target, expr.function, compiling, bound);
  if (space !== undefined) {
    const found = globalCall(`${space}.${expr.function}`, args, compiling);
    if (found !== undefined) return found;
  }
  const all = [compiling.part(target, bound), ...args];
  const body = memberBodies.get(expr.function);
  if (body === undefined) return missing(expr.function, all);
  return (frame) => {
    const values = gather(all, frame);
    return values instanceof Failure ? values : body(values, frame.bench);
  };
}

function globalCall<Host>(
  name: string,
  args: readonly Step<Host>[],
  { names }: Compiling<Host>,
): Step<Host> | undefined {
  const body = globalBodies.get(name);
  if (body !== undefined) {
    return (frame) => {
      const values = gather(args, frame);
      return values instanceof Failure ? values : body(values, frame.bench);
    };
  }
  const host = names.call(name);
  if (host === undefined) return undefined;
  return (frame) => {
    const values = gather(args, frame);
    return values instanceof Failure ? values : host(frame, values);
  };
}

function missing<Host>(name: string, args: readonly Step<Host>[]): Step<Host> {
  return (frame) => {
    const values = gather(args, frame);
    if (values instanceof Failure) return values;
    return new Failure("unknown_function", `there is no function \`${name}\``);
  };
}

/** The values of all arguments, or the first error. */
function gather<Host>(
  steps: readonly Step<Host>[],
  frame: Frame<Host>,
): readonly Value[] | Failure {
  const values: Value[] = [];
  for (const step of steps) {
    const value = step(frame);
    if (value instanceof Failure) return value;
    values.push(value);
  }
  return values;
}

/**
 * The namespace that a receiver spells: a dotted name that begins the name of a function of CEL's own,
 * be it a variable's too, or of which nothing in sight is the start.
 */
function namespaceOf<Host>(
  target: Expr,
  called: string,
  { names }: Compiling<Host>,
  bound: Bound,
): string | undefined {
  const name = dottedName(target, bound);
  if (name === undefined || typeNamed(name) !== undefined) return undefined;
  if (globalBodies.has(`${name}.${called}`)) return name;
  const parts = name.split(".");
  const known = parts.some(
    (_, index) => names.qualified(parts.slice(0, index + 1).join("."), false) !== undefined,
  );
  return known || names.variable(parts[0] ?? "") !== undefined ? undefined : name;
}
