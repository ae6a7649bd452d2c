import type { Expr, Range } from "./syntax.ts";

/**
 * Chains of one logical operator up to this many terms nest to the left, as the grammar says;
 * longer ones are built balanced, so that a condition of hundreds of alternatives stays shallow.
 * `&&` and `||` are associative (langdef.md, "Logical Operators"), so the value is the same.
 */
const leftChainTermsMax = 32;

export type LogicalOperator = "_&&_" | "_||_";

/** A term of a chain as written, its parentheses included in `range`. */
export interface ChainTerm {
  readonly expr: Expr;
  readonly range: Range;
}

export type MakeNode = (left: ChainTerm, right: ChainTerm, operatorRange: Range) => Expr;

/** The tree of `terms` joined by one operator; `operators[i]` stands before `terms[i + 1]`. */
export function buildChain(
  terms: readonly ChainTerm[],
  operators: readonly Range[],
  make: MakeNode,
): Expr {
  const join = (from: number, to: number): ChainTerm => {
    const only = terms[from];
    const split = chainSplit(from, to, terms.length > leftChainTermsMax);
    const operatorRange = operators[split - 1];
    if (only === undefined || to - from <= 1 || operatorRange === undefined) {
      return only ?? unreachableTerm();
    }
    const left = join(from, split);
    const right = join(split, to);
    const range = { start: left.range.start, end: right.range.end };
    return { expr: make(left, right, operatorRange), range };
  };
  return join(0, terms.length).expr;
}

/**
 * The terms which, written in a row without parentheses between them, parse back to exactly
 * this tree; at least two for a node of the operator, itself alone otherwise.
 */
export function chainTerms(expr: Expr, operator: LogicalOperator): readonly Expr[] {
  const all = flatTerms(expr, operator);
  if (all.length > leftChainTermsMax && hasBalancedShape(expr, operator, all.length)) {
    return all;
  }
  const terms: Expr[] = [];
  let rest = expr;
  for (let pair = operands(rest, operator); pair !== undefined; pair = operands(rest, operator)) {
    terms.unshift(pair[1]);
    rest = pair[0];
    if (terms.length + 1 === leftChainTermsMax) {
      break;
    }
  }
  return [rest, ...terms];
}

/** Where the half-open stretch of terms is divided: its last term alone, or its middle. */
function chainSplit(from: number, to: number, balanced: boolean): number {
  return balanced ? from + Math.ceil((to - from) / 2) : to - 1;
}

function operands(expr: Expr, operator: LogicalOperator): readonly [Expr, Expr] | undefined {
  if (expr.kind !== "call" || expr.function !== operator || expr.target !== undefined) {
    return undefined;
  }
  const [left, right] = expr.args;
  return left === undefined || right === undefined ? undefined : [left, right];
}

function flatTerms(expr: Expr, operator: LogicalOperator): readonly Expr[] {
  const pair = operands(expr, operator);
  return pair === undefined
    ? [expr]
    : [...flatTerms(pair[0], operator), ...flatTerms(pair[1], operator)];
}

function hasBalancedShape(expr: Expr, operator: LogicalOperator, terms: number): boolean {
  const pair = operands(expr, operator);
  if (terms === 1 || pair === undefined) {
    return terms === 1 && pair === undefined;
  }
  const left = chainSplit(0, terms, true);
  return (
    hasBalancedShape(pair[0], operator, left) && hasBalancedShape(pair[1], operator, terms - left)
  );
}

function unreachableTerm(): never {
  throw new RangeError("a chain has at least one term");
}
