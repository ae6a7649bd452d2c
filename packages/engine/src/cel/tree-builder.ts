import { SyntaxFault } from "./expression-error.ts";
import type { Expr, Range } from "./syntax.ts";

/** Limits on one expression; each is a syntax error one past it. */
export const expressionLimits = {
  /** UTF-16 units of text */
  textLengthMax: 65_536,
  /** levels of the tree, and of brackets, conditionals and calls being read */
  depthMax: 64,
  nodesMax: 20_000,
} as const;

/** Counts the nodes and levels of a tree while it is built, so that no reader of it can be made to overflow. */
export class TreeBuilder {
  private readonly heights = new Map<Expr, number>();
  private nesting = 0;

  /** @throws SyntaxFault when the tree outgrows {@link expressionLimits} */
  node(expr: Expr, children: readonly Expr[]): Expr {
    let height = 1;
    for (const child of children) {
      height = Math.max(height, 1 + (this.heights.get(child) ?? 0));
    }
    if (height > expressionLimits.depthMax) {
      throw tooDeep(expr.range);
    }
    this.heights.set(expr, height);
    if (this.heights.size > expressionLimits.nodesMax) {
      throw new SyntaxFault(
        "cel_too_large",
        `an expression has at most ${expressionLimits.nodesMax} parts; split it into variables or use a list`,
        expr.range,
      );
    }
    return expr;
  }

  /** Runs `read` one level deeper. @throws SyntaxFault past the last level */
  nested<T>(at: Range, read: () => T): T {
    this.nesting++;
    if (this.nesting > expressionLimits.depthMax) {
      throw tooDeep(at);
    }
    const result = read();
    this.nesting--;
    return result;
  }
}

function tooDeep(range: Range): SyntaxFault {
  return new SyntaxFault(
    "cel_too_deep",
    `an expression nests at most ${expressionLimits.depthMax} levels; split it into variables`,
    range,
  );
}
