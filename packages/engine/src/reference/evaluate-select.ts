import type { Expr } from "../cel/syntax.ts";
import { CelError, celError } from "./cel-error.ts";
import type { Evaluation, ExprOf } from "./evaluation.ts";
import { bindingOf } from "./scope.ts";
import type { Bindings } from "./scope.ts";
import { typeNameOf, typeNamed } from "./value-type.ts";
import { CelMap, Optional } from "./value.ts";
import type { Value } from "./value.ts";

/** A name: bound by a macro, else a variable, else a type. `.name` skips what macros bound. */
export function evaluateIdent(
  expr: ExprOf<"ident">,
  { scope }: Evaluation,
  bindings: Bindings | undefined,
): Value | CelError {
  const bound = expr.absolute ? undefined : bindingOf(expr.name, bindings);
  if (bound !== undefined) return bound.value;
  const qualified = scope.qualified?.(expr.name, expr.absolute);
  if (qualified !== undefined) return qualified;
  const variable = scope.variable(expr.name);
  if (variable !== undefined) return variable;
  return typeNamed(expr.name) ?? celError("unknown_name", `there is no name \`${expr.name}\``);
}

/** `a.b`: one dotted name if the scope or CEL has it, else the field of a map. */
export function evaluateSelect(
  expr: ExprOf<"select">,
  evaluation: Evaluation,
  bindings: Bindings | undefined,
): Value | CelError {
  const qualified = evaluateQualified(expr, evaluation, bindings);
  if (qualified !== undefined) return qualified;
  const operand = evaluation.evaluate(expr.operand, evaluation, bindings);
  if (operand instanceof CelError) return operand;
  return select(operand, expr.field, expr.optional);
}

/** `has(a.b)`: whether the map has the key; an operand that fails, or is no map, is an error. */
export function evaluateHas(
  expr: ExprOf<"has">,
  evaluation: Evaluation,
  bindings: Bindings | undefined,
): Value | CelError {
  const operand = evaluation.evaluate(expr.operand, evaluation, bindings);
  if (operand instanceof CelError) return operand;
  if (operand instanceof Optional) {
    if (operand.value === undefined) return false;
    const inner = select(operand.value, expr.field, true);
    return inner instanceof Optional ? inner.value !== undefined : inner;
  }
  if (operand instanceof CelMap) {
    return operand.get(expr.field) !== undefined || (operand.withheld ?? false);
  }
  return noFields(operand, expr.field);
}

/** The dotted name an expression spells (`a.b.c`), unless a macro has bound its first part. */
export function dottedNameOf(expr: Expr, bindings: Bindings | undefined): string | undefined {
  if (expr.kind === "ident") {
    const bound = !expr.absolute && bindingOf(expr.name, bindings) !== undefined;
    return bound ? undefined : expr.name;
  }
  if (expr.kind !== "select" || expr.optional) return undefined;
  const prefix = dottedNameOf(expr.operand, bindings);
  return prefix === undefined ? undefined : `${prefix}.${expr.field}`;
}

function evaluateQualified(
  expr: ExprOf<"select">,
  { scope }: Evaluation,
  bindings: Bindings | undefined,
): Value | CelError | undefined {
  const name = dottedNameOf(expr, bindings);
  if (name === undefined) return undefined;
  const found = scope.qualified?.(name, isAbsolute(expr));
  if (found !== undefined) return found;
  const type = typeNamed(name);
  if (type === undefined) return undefined;
  // WHY the test: `google` must not hide a variable of that name with such fields.
  const [root = ""] = name.split(".", 1);
  return scope.variable(root) === undefined ? type : undefined;
}

function isAbsolute(expr: Expr): boolean {
  if (expr.kind === "ident") return expr.absolute;
  return expr.kind === "select" && isAbsolute(expr.operand);
}

function select(operand: Value, field: string, optional: boolean): Value | CelError {
  if (operand instanceof Optional) {
    return operand.value === undefined ? Optional.none : select(operand.value, field, true);
  }
  if (!(operand instanceof CelMap)) return noFields(operand, field);
  const value = operand.get(field);
  if (value === undefined && operand.withheld !== undefined) return operand.withheld;
  if (optional) return value === undefined ? Optional.none : Optional.of(value);
  return value === undefined ? celError("no_such_key", `there is no field \`${field}\``) : value;
}

function noFields(operand: Value, field: string): CelError {
  const type = typeNameOf(operand);
  return celError("no_such_overload", `a value of type \`${type}\` has no field \`${field}\``);
}
