import type { Constant, Expr } from "../cel/syntax.ts";
import { Budget, LimitReached } from "./budget.ts";
import { CelError, celError } from "./cel-error.ts";
import { evaluateCall } from "./evaluate-call.ts";
import { evaluateList, evaluateMap } from "./evaluate-literal.ts";
import { evaluateMacro } from "./evaluate-macro.ts";
import { evaluateHas, evaluateIdent, evaluateSelect } from "./evaluate-select.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Bindings, Scope } from "./scope.ts";
import { Uint } from "./value.ts";
import type { Value } from "./value.ts";

/**
 * The value of an expression, or the error it ends in; never throws. Slow and plain: every node
 * is visited as the specification says (cel-spec, langdef.md, "Evaluation"), with nothing
 * prepared before and nothing kept after. A spent limit is the error `limit`, whatever stands
 * around the place where it was met.
 */
export function evaluate(ast: Expr, scope: Scope): Value | CelError {
  return evaluateWithin(ast, scope, undefined);
}

/** `evaluate` where macros around `ast` have bound names. Never throws. */
export function evaluateWithin(
  ast: Expr,
  scope: Scope,
  bindings: Bindings | undefined,
): Value | CelError {
  const budget = new Budget();
  const evaluation: Evaluation = { scope, budget, evaluate: visit };
  try {
    return visit(ast, evaluation, bindings);
  } catch (thrown) {
    if (thrown instanceof LimitReached) return thrown.error.at(ast.range);
    // WHY: a host function that throws must deny like any other error, not end the process.
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return celError("internal", `evaluation failed: ${message}`).at(ast.range);
  }
}

function visit(
  expr: Expr,
  evaluation: Evaluation,
  bindings: Bindings | undefined,
): Value | CelError {
  evaluation.budget.enter();
  evaluation.budget.spend(1);
  const result = dispatch(expr, evaluation, bindings);
  evaluation.budget.leave();
  return result instanceof CelError ? result.at(expr.range) : result;
}

function dispatch(
  expr: Expr,
  evaluation: Evaluation,
  bindings: Bindings | undefined,
): Value | CelError {
  switch (expr.kind) {
    case "constant":
      return constantValue(expr.constant);
    case "ident":
      return evaluateIdent(expr, evaluation, bindings);
    case "select":
      return evaluateSelect(expr, evaluation, bindings);
    case "has":
      return evaluateHas(expr, evaluation, bindings);
    case "call":
      return evaluateCall(expr, evaluation, bindings);
    case "list":
      return evaluateList(expr, evaluation, bindings);
    case "map":
      return evaluateMap(expr, evaluation, bindings);
    case "struct":
      return celError("unknown_name", `there is no message type \`${expr.typeName}\``);
    case "macro":
      return evaluateMacro(expr, evaluation, bindings);
  }
}

function constantValue(constant: Constant): Value {
  switch (constant.type) {
    case "null":
      return null;
    case "uint":
      return new Uint(constant.value);
    case "bool":
    case "int":
    case "double":
    case "string":
    case "bytes":
      return constant.value;
  }
}
