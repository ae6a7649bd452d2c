import { printExpression } from "../cel/printer.ts";
import type { Expr } from "../cel/syntax.ts";
import { builtIn, celTextOf } from "./built.ts";
import { literalNode } from "./literal.ts";

/** CEL text of a term or value, as it is written into a document; `node` when it is built already. */
export function conditionText(value: unknown, node: Expr = literalNode(value)): string {
  const term = builtIn(value);
  return term === undefined ? printExpression(node) : celTextOf(term);
}
