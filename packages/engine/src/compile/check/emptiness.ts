import { printExpression } from "../../cel/printer.ts";
import type { Expr } from "../../cel/syntax.ts";
import type { Policy } from "../../document/policy.ts";
import { variableOf } from "./rule-expressions.ts";
import { callOf, terms, variableName } from "./syntax-walk.ts";

/**
 * The lists, as printed, that the terms of an `&&` show not to be empty when it comes out true,
 * or those of an `||` when it comes out false.
 */
export function filledBy(expr: Expr, policy: Policy, truth: boolean): readonly string[] {
  const operator = truth ? "_&&_" : "_||_";
  if (callOf(expr, operator) === undefined) return [];
  return terms(expr, operator).flatMap((term) => {
    const list = filledList(term, policy, truth);
    return list === undefined ? [] : [printExpression(list)];
  });
}

/**
 * When an expression that comes out as `truth` shows that nothing is left of a list, by `filter`
 * or a `map` that filters: the macro, and the list it began with.
 */
export function emptinessOf(
  expr: Expr,
  policy: Policy,
  truth: boolean,
): { readonly macro: string; readonly list: Expr } | undefined {
  // What stands below a negation, or in a variable, is asked for itself.
  if (callOf(expr, "!_") !== undefined || variableName(expr) !== undefined) return undefined;
  let list = emptyList(expr, policy, truth);
  let macro: string | undefined;
  while (list !== undefined) {
    list = inner(list, policy);
    if (list.kind !== "macro") break;
    if (list.macro === "filter" || (list.macro === "map" && list.args.length === 2)) {
      macro = list.macro;
    } else if (list.macro !== "map") break;
    list = list.operand;
  }
  return list === undefined || macro === undefined ? undefined : { macro, list };
}

/** A policy's variable read by name is what it stands for. */
function inner(expr: Expr, policy: Policy): Expr {
  const name = variableName(expr);
  return (name === undefined ? undefined : variableOf(policy, name)?.ast) ?? expr;
}

/** Comparisons with the sides exchanged, and with the outcome turned round. */
const mirrored: Readonly<Record<string, string>> = {
  "_<_": "_>_",
  "_<=_": "_>=_",
  "_>_": "_<_",
  "_>=_": "_<=_",
  "_==_": "_==_",
  "_!=_": "_!=_",
};
const negated: Readonly<Record<string, string>> = {
  "_<_": "_>=_",
  "_<=_": "_>_",
  "_>_": "_<=_",
  "_>=_": "_<_",
  "_==_": "_!=_",
  "_!=_": "_==_",
};

/** The list that a test, coming out as `truth`, shows to be filled: `size(x) > 0`, `x != []`. */
function filledList(test: Expr, policy: Policy, truth: boolean): Expr | undefined {
  const found = sizeTest(test, policy, truth);
  if (found === undefined) return undefined;
  const { operator, list, size } = found;
  if (operator === "_>_") return size >= 0n ? list : undefined;
  if (operator === "_>=_" || operator === "_==_") return size >= 1n ? list : undefined;
  return operator === "_!=_" && size === 0n ? list : undefined;
}

/** The list that such a test allows to be empty: `size(x) == 0`, `size(x) < 1`, `x == []`. */
function emptyList(test: Expr, policy: Policy, truth: boolean): Expr | undefined {
  const found = sizeTest(test, policy, truth);
  if (found === undefined) return undefined;
  const { operator, list, size } = found;
  if (operator === "_<_") return size >= 1n ? list : undefined;
  if (operator === "_<=_") return size >= 0n ? list : undefined;
  return operator === "_==_" && size === 0n ? list : undefined;
}

interface SizeTest {
  /** the size is on its left, the number on its right */
  readonly operator: string;
  readonly list: Expr;
  readonly size: bigint;
}

/** A comparison of a list's size with a number, or of a list with `[]`, read as size 0. */
function sizeTest(test: Expr, policy: Policy, truth: boolean): SizeTest | undefined {
  const expr = inner(test, policy);
  const [operand] = callOf(expr, "!_") ?? [];
  if (operand !== undefined) return sizeTest(operand, policy, !truth);
  if (expr.kind !== "call") return undefined;
  const [left, right] = expr.args;
  const back = mirrored[expr.function];
  if (left === undefined || right === undefined || back === undefined) return undefined;
  const turn = (operator: string): string => (truth ? operator : (negated[operator] ?? operator));
  const straight = sized(left, right, policy);
  if (straight !== undefined) return { operator: turn(expr.function), ...straight };
  const exchanged = sized(right, left, policy);
  return exchanged === undefined ? undefined : { operator: turn(back), ...exchanged };
}

function sized(
  one: Expr,
  other: Expr,
  policy: Policy,
): { readonly list: Expr; readonly size: bigint } | undefined {
  if (other.kind === "list" && other.elements.length === 0) return { list: one, size: 0n };
  const [list] = callOf(inner(one, policy), "size") ?? [];
  if (list === undefined || other.kind !== "constant" || other.constant.type !== "int") {
    return undefined;
  }
  return { list, size: other.constant.value };
}
