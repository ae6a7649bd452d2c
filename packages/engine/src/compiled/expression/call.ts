import { printExpression } from "../../cel/printer.ts";
import type { Expr } from "../../cel/syntax.ts";
import { directOf, refuse } from "../function/family.ts";
import type { Body } from "../function/family.ts";
import { matchesPattern } from "../function/pattern.ts";
import { globalBodies, memberBodies } from "../function/table.ts";
import { Failure, noOverload } from "../value/failure.ts";
import { Optional, TypeName, isList, typeNamed, typeOf } from "../value/value.ts";
import type { Result, Value } from "../value/value.ts";
import type { Compiling } from "./compiling.ts";
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
  const asked = askedType(expr);
  const rest = expr.args.slice(1).map((arg) => compiling.part(arg, bound));
  const types = asked === undefined ? undefined : typesIn(expr.function, rest, compiling);
  if (asked !== undefined && types !== undefined) {
    return typeTest(compiling.part(asked, bound), types);
  }
  const args = [...expr.args.slice(0, 1).map((arg) => compiling.part(arg, bound)), ...rest];
  if (target === undefined) {
    const step = globalCall(expr.function, args, compiling) ?? missing(expr.function, args);
    return keptCall(expr, step, compiling, bound);
  }
  const space = namespaceOf(target, expr.function, compiling, bound);
  if (space !== undefined) {
    const found = globalCall(`${space}.${expr.function}`, args, compiling);
    if (found !== undefined) return found;
  }
  const all = [compiling.part(target, bound), ...args];
  const [subject, pattern] = all;
  const written = pattern === undefined ? undefined : compiling.constants.get(pattern);
  if (expr.function === "matches" && all.length === 2 && subject && typeof written === "string") {
    return matching(subject, written);
  }
  const body = memberBodies.get(expr.function);
  return body === undefined ? missing(expr.function, all) : calling(body, all, compiling);
}

/** The value of `type(value) == T` and `type(value) in [T, …]`. */
function askedType({ function: name, target, args: [first] }: Call): Expr | undefined {
  if (target !== undefined || (name !== "_==_" && name !== "@in")) return undefined;
  if (first?.kind !== "call" || first.function !== "type" || first.target !== undefined) {
    return undefined;
  }
  const [value, ...more] = first.args;
  return more.length === 0 ? value : undefined;
}

/** The names of the types that another is compared with, when all of them are written as such. */
function typesIn<Host>(
  name: string,
  [other]: readonly Step<Host>[],
  { constants }: Compiling<Host>,
): readonly string[] | undefined {
  const wanted = other === undefined ? undefined : constants.get(other);
  if (wanted === undefined || (name === "@in" && !isList(wanted))) return undefined;
  const types = isList(wanted) && name === "@in" ? wanted : [wanted];
  const names = types.map((type) => (type instanceof TypeName ? type.name : undefined));
  return names.every((each) => each !== undefined) ? names : undefined;
}

/** Whether a value is of one of these types, of which none is made a value. */
function typeTest<Host>(value: Step<Host>, types: readonly string[]): Step<Host> {
  return (frame) => {
    const held = value(frame);
    if (held instanceof Failure) return held;
    const place = types.indexOf(typeOf(held));
    // As comparing with each of them is charged, and the call of `type`, which is no part here.
    frame.bench.budget.spend(1 + (place < 0 ? types.length : place + 1));
    return place >= 0;
  };
}

/** `text.matches("pattern")`. */
function matching<Host>(subject: Step<Host>, pattern: string): Step<Host> {
  return (frame) => {
    const text = subject(frame);
    if (text instanceof Failure) return text;
    if (typeof text !== "string") return refuse("matches", [text, pattern]);
    return matchesPattern(text, pattern, frame.bench, true);
  };
}

/** A call of a function over values, without a list of them where it takes one or two. */
function calling<Host>(
  body: Body,
  args: readonly Step<Host>[],
  { constants }: Compiling<Host>,
): Step<Host> {
  const direct = directOf(body);
  const [first, second] = args;
  if (direct?.one !== undefined && first !== undefined && args.length === 1) {
    const { one, shown } = direct;
    return (frame) => {
      const value = first(frame);
      if (value instanceof Failure) return value;
      const result = one(value, frame.bench);
      return result === undefined ? refuse(shown, [value]) : result;
    };
  }
  if (
    direct?.two !== undefined &&
    first !== undefined &&
    second !== undefined &&
    args.length === 2
  ) {
    const { two, shown } = direct;
    const written = constants.get(second);
    if (written !== undefined) {
      return (frame) => {
        const left = first(frame);
        if (left instanceof Failure) return left;
        const result = two(left, written, frame.bench);
        return result === undefined ? refuse(shown, [left, written]) : result;
      };
    }
    return (frame) => {
      const left = first(frame);
      if (left instanceof Failure) return left;
      const right = second(frame);
      if (right instanceof Failure) return right;
      const result = two(left, right, frame.bench);
      return result === undefined ? refuse(shown, [left, right]) : result;
    };
  }
  return (frame) => {
    const values = gather(args, frame);
    return values instanceof Failure ? values : body(values, frame.bench);
  };
}

function globalCall<Host>(
  name: string,
  args: readonly Step<Host>[],
  compiling: Compiling<Host>,
): Step<Host> | undefined {
  const { names, exact } = compiling;
  const body = globalBodies.get(name);
  if (body !== undefined) {
    const [only] = args;
    // What only tells the checker something is nothing here.
    if (name === "dyn" && only !== undefined && args.length === 1 && !exact) return only;
    return calling(body, args, compiling);
  }
  const host = names.call(name);
  if (host === undefined) return undefined;
  return (frame) => {
    const values = gather(args, frame);
    return values instanceof Failure ? values : host(frame, values);
  };
}

/**
 * A call that is evaluated once for all expressions that write it, and charged each time. WHY not where every part is
 * charged: there the charge is another.
 */
function keptCall<Host>(
  expr: Call,
  step: Step<Host>,
  { names, exact }: Compiling<Host>,
  bound: Bound,
): Step<Host> {
  const keeping = exact || bound.size > 0 ? undefined : names.kept?.(expr);
  if (keeping === undefined) return step;
  const text = printExpression(expr);
  return (frame) => {
    const calls = keeping(frame);
    const { budget } = frame.bench;
    const known = calls.get(text);
    if (known !== undefined) {
      budget.spend(known.steps);
      return known.value;
    }
    const before = budget.left;
    const value = step(frame);
    if (!(value instanceof Failure)) calls.set(text, { value, steps: before - budget.left });
    return value;
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
