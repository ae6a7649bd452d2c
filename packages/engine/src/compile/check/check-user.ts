import { factsOf } from "../../cel/flow.ts";
import type { Expr } from "../../cel/syntax.ts";
import type { Expression } from "../../document/expression.ts";
import type { Policy } from "../../document/policy.ts";
import { expressionSpan, isSound } from "./policy-set.ts";
import type { PolicySet } from "./policy-set.ts";
import { ruleExpressions, variableOf } from "./rule-expressions.ts";
import { callOf, parts, variableName } from "./syntax-walk.ts";

/**
 * In a rule that narrows, `user` is read only where it is known not to be null: without a user
 * the error would deny, which nobody meant. A test counts for what stands behind it.
 */
export function checkUser(set: PolicySet): void {
  for (const policy of set.bundle.policies) {
    if (policy.match.userRoles !== undefined) continue;
    for (const rule of policy.rules) {
      if (rule.effect === "allow") continue;
      const shown = rule.when !== undefined && userShown(policy)(rule.when.ast, true);
      for (const { use, expression } of ruleExpressions(rule)) {
        if (use === "reason" || !isSound(expression, set)) continue;
        const known = use !== "when" && shown;
        for (const found of unguarded(expression, known, policy)) {
          const message = "`user` may be null here, and reading it then is an error, which denies";
          const suggestion = "write `user != null && …` before it";
          const span = expressionSpan(found.expression, found.at.range, set);
          set.report.error("null_user", message, span, { suggestion });
        }
      }
    }
  }
}

interface Reading {
  readonly expression: Expression;
  readonly at: Expr;
}

function unguarded(expression: Expression, known: boolean, policy: Policy): Reading[] {
  const found: Reading[] = [];
  const seen = new Set<Expression>();
  const shows = userShown(policy);
  const visit = (expr: Expr, safe: boolean, owner: Expression): void => {
    if (safe) return;
    const variable = inner(expr, policy);
    if (variable !== undefined) {
      if (!seen.has(variable)) visit(variable.ast, safe, variable);
      seen.add(variable);
      return;
    }
    if ((expr.kind === "select" || expr.kind === "has") && isUser(expr.operand)) {
      found.push({ expression: owner, at: expr });
      return;
    }
    if (expr.kind === "macro" && expr.variables.some(({ name }) => name === "user")) {
      visit(expr.operand, safe, owner);
      return;
    }
    if (isNullAsked(expr)) return;
    for (const [part, truth] of guarded(expr)) {
      visit(part, truth === undefined ? safe : shows(truth[0], truth[1]), owner);
    }
  };
  visit(expression.ast, known, expression);
  return found;
}

type Guard = readonly [test: Expr, truth: boolean];

/** The parts of an expression, each with the test that came out before it is read. */
function guarded(expr: Expr): readonly (readonly [Expr, Guard | undefined])[] {
  for (const operator of ["_&&_", "_||_"] as const) {
    const [left, right] = callOf(expr, operator) ?? [];
    if (left === undefined || right === undefined) continue;
    return [
      [left, undefined],
      [right, [left, operator === "_&&_"]],
    ];
  }
  const [test, then, otherwise] = callOf(expr, "_?_:_") ?? [];
  if (test !== undefined && then !== undefined && otherwise !== undefined) {
    return [
      [test, undefined],
      [then, [test, true]],
      [otherwise, [test, false]],
    ];
  }
  return parts(expr).map((part) => [part.expr, undefined]);
}

/**
 * Tells whether `user` is not null whenever an expression comes out as `truth`. Variables are
 * read through, each once.
 */
function userShown(policy: Policy): (expr: Expr, truth: boolean) => boolean {
  const known = new Map<Expression, Map<boolean, boolean>>();
  const shows = (expr: Expr, truth: boolean): boolean => {
    const variable = inner(expr, policy);
    if (variable !== undefined) {
      const answers = known.get(variable) ?? new Map<boolean, boolean>();
      known.set(variable, answers);
      const answer = answers.get(truth) ?? shows(variable.ast, truth);
      answers.set(truth, answer);
      return answer;
    }
    const [negated] = callOf(expr, "!_") ?? [];
    if (negated !== undefined) return shows(negated, !truth);
    for (const [operator, all] of [
      ["_&&_", true],
      ["_||_", false],
    ] as const) {
      const operands = callOf(expr, operator);
      if (operands === undefined) continue;
      // A true `&&` shows what either side shows, a false one only what both do.
      const one = (each: Expr): boolean => shows(each, truth);
      return truth === all ? operands.some(one) : operands.every(one);
    }
    return factsOf(expr, truth).has("null:user");
  };
  return shows;
}

function inner(expr: Expr, policy: Policy): Expression | undefined {
  const name = variableName(expr);
  return name === undefined ? undefined : variableOf(policy, name);
}

/** `user.id == null` is told as what it is, so it is not told as a reading that wants a test too. */
function isNullAsked(expr: Expr): boolean {
  const operands = callOf(expr, "_==_") ?? callOf(expr, "_!=_") ?? [];
  const asksNull = operands.some(
    (each) => each.kind === "constant" && each.constant.type === "null",
  );
  return asksNull && operands.some((each) => each.kind === "select" && isUser(each.operand));
}

function isUser(expr: Expr): boolean {
  return expr.kind === "ident" && expr.name === "user";
}
