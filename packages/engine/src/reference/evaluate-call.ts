import type { Expr } from "../cel/syntax.ts";
import type { ZoneTables } from "../document/zone-table.ts";
import { CelError, celError } from "./cel-error.ts";
import { dottedNameOf } from "./evaluate-select.ts";
import type { Evaluation, ExprOf } from "./evaluation.ts";
import { noSuchOverload } from "./function-family.ts";
import type { Implementation } from "./function-family.ts";
import { globalFunction, memberFunction } from "./function-table.ts";
import type { Bindings } from "./scope.ts";
import { typeNamed } from "./value-type.ts";
import { Optional } from "./value.ts";
import type { Value } from "./value.ts";

/**
 * A call: the logical operators, which absorb errors (cel-spec, langdef.md, "Logical
 * Operators"), then functions, which are strict: the first argument that fails is the result.
 */
export function evaluateCall(
  expr: ExprOf<"call">,
  evaluation: Evaluation,
  bindings: Bindings | undefined,
): Value | CelError {
  const [first, second, third] = expr.args;
  if (expr.target === undefined && first !== undefined && second !== undefined) {
    const visit = (part: Expr): Value | CelError => evaluation.evaluate(part, evaluation, bindings);
    switch (expr.function) {
      case "_&&_":
        return absorb(visit(first), () => visit(second), false);
      case "_||_":
        return absorb(visit(first), () => visit(second), true);
      case "_?_:_":
        if (third !== undefined) return choose(visit(first), second, third, visit);
        break;
      default:
        break;
    }
  }
  if (expr.target !== undefined && first !== undefined && expr.args.length === 1) {
    if (expr.function === "or" || expr.function === "orValue") {
      return orElse(expr, expr.target, first, evaluation, bindings);
    }
  }
  return callFunction(expr, evaluation, bindings);
}

/**
 * `&&` (decisive value false) and `||` (true): the decisive value on either side is the result,
 * even beside an error; else an error is; else the other value. The right side is not looked at
 * when the left decides.
 */
export function absorb(
  left: Value | CelError,
  right: () => Value | CelError,
  decisive: boolean,
): Value | CelError {
  if (left === decisive) return decisive;
  const other = right();
  if (other === decisive) return decisive;
  if (left instanceof CelError) return left;
  if (typeof left !== "boolean") return notBool(left);
  if (other instanceof CelError || typeof other === "boolean") return other;
  return notBool(other);
}

/** The error of a value that stands where only a bool can. */
export function notBool(value: Value): CelError {
  return noSuchOverload("a logical operator", [value]);
}

function choose(
  condition: Value | CelError,
  whenTrue: Expr,
  whenFalse: Expr,
  visit: (part: Expr) => Value | CelError,
): Value | CelError {
  if (condition instanceof CelError) return condition;
  if (typeof condition !== "boolean") return notBool(condition);
  return visit(condition ? whenTrue : whenFalse);
}

/** `a.or(b)`, `a.orValue(b)`: `b` is looked at only when the optional `a` holds nothing. */
function orElse(
  expr: ExprOf<"call">,
  target: Expr,
  alternative: Expr,
  evaluation: Evaluation,
  bindings: Bindings | undefined,
): Value | CelError {
  const optional = evaluation.evaluate(target, evaluation, bindings);
  if (optional instanceof CelError) return optional;
  if (!(optional instanceof Optional)) return noSuchOverload(expr.function, [optional]);
  const flat = expr.function === "orValue";
  if (optional.value !== undefined) return flat ? optional.value : optional;
  const other = evaluation.evaluate(alternative, evaluation, bindings);
  if (flat || other instanceof CelError || other instanceof Optional) return other;
  return noSuchOverload(expr.function, [optional, other]);
}

/** A function of CEL's own, which no host can replace, else one of the host's. */
function callFunction(
  expr: ExprOf<"call">,
  evaluation: Evaluation,
  bindings: Bindings | undefined,
): Value | CelError {
  const { target } = expr;
  const space =
    target === undefined ? undefined : namespaceOf(target, expr.function, evaluation, bindings);
  if (target === undefined || space !== undefined) {
    const name = space === undefined ? expr.function : `${space}.${expr.function}`;
    const args = evaluateAll(expr.args, evaluation, bindings);
    if (args instanceof CelError) return args;
    const result = invoke(globalFunction(name), name, args, undefined, evaluation);
    if (result !== undefined) return result;
    if (target === undefined) return unknownFunction(name);
  }
  const all = evaluateAll([target, ...expr.args], evaluation, bindings);
  if (all instanceof CelError) return all;
  const [receiver, ...args] = all;
  const own = memberFunction(expr.function);
  const result = invoke(own, expr.function, args, receiver, evaluation);
  return result === undefined ? unknownFunction(expr.function) : result;
}

/**
 * The namespace a receiver spells: a dotted name that begins the name of one of CEL's own functions,
 * whatever else it names (the policy language has a variable `lists`), or whose first part nothing
 * in sight is called.
 */
function namespaceOf(
  target: Expr,
  called: string,
  { scope }: Evaluation,
  bindings: Bindings | undefined,
): string | undefined {
  const name = dottedNameOf(target, bindings);
  if (name === undefined || typeNamed(name) !== undefined) return undefined;
  if (globalFunction(`${name}.${called}`) !== undefined) return name;
  const parts = name.split(".");
  for (let length = parts.length; length > 0; length -= 1) {
    const prefix = parts.slice(0, length).join(".");
    if (scope.qualified?.(prefix, false) !== undefined) return undefined;
  }
  return scope.variable(parts[0] ?? "") === undefined ? name : undefined;
}

/** CEL's own implementation if there is one, else the host's; undefined when neither exists. */
function invoke(
  own: Implementation | undefined,
  name: string,
  args: readonly Value[],
  target: Value | undefined,
  { scope, budget }: Evaluation,
): Value | CelError | undefined {
  if (own !== undefined) {
    const all = target === undefined ? args : [target, ...args];
    return own(all, budget, scope.zones ?? noZones);
  }
  return scope.call?.(name, args, target, budget);
}

/** Where a scope brings no tables, there are no named zones. */
const noZones: ZoneTables = { until: 0, byName: new Map() };

function unknownFunction(name: string): CelError {
  return celError("unknown_function", `there is no function \`${name}\``);
}

function evaluateAll(
  parts: readonly Expr[],
  evaluation: Evaluation,
  bindings: Bindings | undefined,
): readonly Value[] | CelError {
  const values: Value[] = [];
  for (const part of parts) {
    const value = evaluation.evaluate(part, evaluation, bindings);
    if (value instanceof CelError) return value;
    values.push(value);
  }
  return values;
}
