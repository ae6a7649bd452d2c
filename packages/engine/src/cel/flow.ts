import type { Expr } from "./syntax.ts";

/**
 * What a test shows when it comes out as `truth`: `null:PATH` for a path that is not null,
 * `absent:PATH` for one that is present. Only what holds whenever the test has that value.
 */
export function factsOf(expr: Expr, truth: boolean): ReadonlySet<string> {
  if (expr.kind === "has") {
    const operand = pathText(expr.operand);
    return operand === undefined || !truth
      ? new Set()
      : new Set([`absent:${operand}.${expr.field}`, `null:${operand}`]);
  }
  if (expr.kind !== "call" || expr.target !== undefined) {
    return new Set();
  }
  const [left, right] = expr.args;
  if (left === undefined) {
    return new Set();
  }
  if (expr.function === "!_") {
    return factsOf(left, !truth);
  }
  if (right === undefined) {
    return new Set();
  }
  switch (expr.function) {
    case "_&&_":
      return combine(factsOf(left, truth), factsOf(right, truth), truth);
    case "_||_":
      return combine(factsOf(left, truth), factsOf(right, truth), !truth);
    case "_!=_":
      return truth ? nullTest(left, right) : new Set();
    case "_==_":
      return truth ? new Set() : nullTest(left, right);
    case "@in":
      return truth ? keyTest(left, right) : new Set();
    default:
      return new Set();
  }
}

/** A plain path as text (`args.note`, `args["x-y"]` as `args.x-y`); undefined for any other expression. */
export function pathText(expr: Expr): string | undefined {
  if (expr.kind === "ident") {
    return expr.name;
  }
  if (expr.kind === "select") {
    const operand = pathText(expr.operand);
    return operand === undefined || expr.optional ? undefined : `${operand}.${expr.field}`;
  }
  if (expr.kind === "call" && expr.function === "_[_]") {
    const [operand, index] = expr.args;
    const path = operand === undefined ? undefined : pathText(operand);
    const key = index?.kind === "constant" ? index.constant : undefined;
    return path !== undefined && key?.type === "string" ? `${path}.${key.value}` : undefined;
  }
  return undefined;
}

function combine(
  left: ReadonlySet<string>,
  right: ReadonlySet<string>,
  both: boolean,
): ReadonlySet<string> {
  return both ? new Set([...left, ...right]) : new Set([...left].filter((fact) => right.has(fact)));
}

function nullTest(left: Expr, right: Expr): ReadonlySet<string> {
  const isNull = (expr: Expr): boolean => expr.kind === "constant" && expr.constant.type === "null";
  const tested = isNull(right) ? left : isNull(left) ? right : undefined;
  const path = tested === undefined ? undefined : pathText(tested);
  return path === undefined ? new Set() : new Set([`null:${path}`]);
}

function keyTest(key: Expr, container: Expr): ReadonlySet<string> {
  const path = pathText(container);
  return path !== undefined && key.kind === "constant" && key.constant.type === "string"
    ? new Set([`absent:${path}.${key.constant.value}`])
    : new Set();
}
