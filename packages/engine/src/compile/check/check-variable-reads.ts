import type { Expression } from "../../document/expression.ts";
import { expressionSpan, isSound } from "./policy-set.ts";
import type { PolicySet } from "./policy-set.ts";
import { ruleExpressions } from "./rule-expressions.ts";
import { parts, pathOf } from "./syntax-walk.ts";
import type { Expr } from "../../cel/syntax.ts";

/**
 * `variables` is read by name only. A name worked out at run time would slip past every check
 * that reads conditions through their variables.
 */
export function checkVariableReads(set: PolicySet): void {
  for (const policy of set.bundle.policies) {
    for (const { expression } of policy.variables) checkReads(expression, set);
    for (const rule of policy.rules) {
      for (const { expression } of ruleExpressions(rule)) checkReads(expression, set);
    }
  }
}

function checkReads(expression: Expression, set: PolicySet): void {
  if (!isSound(expression, set)) return;
  const visit = (expr: Expr): void => {
    const path = pathOf(expr);
    if (path?.root === "variables") {
      if (path.fields.length > 0) return;
      const message = "`variables` must be read by name";
      const suggestion = "write `variables.NAME`";
      const span = expressionSpan(expression, expr.range, set);
      set.report.error("not_by_name", message, span, { suggestion });
      return;
    }
    if (expr.kind === "macro" && expr.variables.some(({ name }) => name === "variables")) {
      const message = "`variables` cannot be the name of an entry";
      const span = expressionSpan(expression, expr.range, set);
      set.report.error("not_by_name", message, span, { suggestion: "choose another name" });
      return;
    }
    for (const part of parts(expr)) visit(part.expr);
  };
  visit(expression.ast);
}
