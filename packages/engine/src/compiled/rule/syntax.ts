import type { Expr } from "../../cel/syntax.ts";

/** The direct parts of an expression, in the order written. */
export function partsOf(expr: Expr): readonly Expr[] {
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
      return expr.elements.map(({ value }) => value);
    case "map":
      return expr.entries.flatMap(({ key, value }) => [key, value]);
    case "struct":
      return expr.fields.map(({ value }) => value);
    case "macro":
      return [expr.operand, ...expr.args];
  }
}

/** Whether an expression or anything below it is such that `test` says yes. */
export function someWithin(expr: Expr, test: (part: Expr) => boolean): boolean {
  return test(expr) || partsOf(expr).some((part) => someWithin(part, test));
}

/** The variable of the policy that an expression names as `variables.NAME`. */
export function variableName(expr: Expr): string | undefined {
  if (expr.kind !== "select" || expr.optional || expr.operand.kind !== "ident") return undefined;
  return expr.operand.name === "variables" ? expr.field : undefined;
}

/** Whether an expression is a plain path such as `agent.owner`. */
export function isPath(expr: Expr): boolean {
  if (expr.kind === "ident") return true;
  return expr.kind === "select" && !expr.optional && isPath(expr.operand);
}
