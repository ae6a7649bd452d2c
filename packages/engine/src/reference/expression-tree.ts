import type { Expr } from "../cel/syntax.ts";

/** The direct sub-expressions of an expression, in the order written. */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case "constant":
    case "ident":
      return [];
    case "select":
    case "has":
      return [expr.operand];
    case "call":
      return expr.target === undefined ? expr.args : [expr.target, ...expr.args];
    case "list":
      return expr.elements.map((element) => element.value);
    case "map":
      return expr.entries.flatMap((entry) => [entry.key, entry.value]);
    case "struct":
      return expr.fields.map((field) => field.value);
    case "macro":
      return [expr.operand, ...expr.args];
  }
}

/** The expression and everything below it, outermost first. */
export function subexpressionsOf(expr: Expr): readonly Expr[] {
  return [expr, ...childrenOf(expr).flatMap((child) => subexpressionsOf(child))];
}

/** `agent.owner` as `["agent", "owner"]`; `undefined` when it is not a plain path. */
export function pathOf(expr: Expr): readonly string[] | undefined {
  if (expr.kind === "ident") return [expr.name];
  if (expr.kind !== "select" || expr.optional) return undefined;
  const operand = pathOf(expr.operand);
  return operand === undefined ? undefined : [...operand, expr.field];
}
