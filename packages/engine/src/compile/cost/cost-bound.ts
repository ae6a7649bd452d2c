import type { JsonObject } from "@holdfast/model";
import type { Expr } from "../../cel/syntax.ts";
import { estimateCost } from "./estimate.ts";
import { knownExtent } from "./known-extent.ts";

/**
 * An upper bound of the steps that evaluating an expression takes where its variables are as large
 * as these. Of variables that are not among them nothing is known: the bound is then that of the
 * largest request.
 */
export function costBound(ast: Expr, variables: JsonObject): number {
  const sizes = Object.entries(variables).map(
    ([name, value]) => [name, knownExtent(value)] as const,
  );
  return estimateCost(ast, new Map(sizes), Number.POSITIVE_INFINITY).steps;
}
