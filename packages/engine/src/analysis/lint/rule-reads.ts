import { references } from "../../cel/reference.ts";
import type { CallReference, PathReference, References } from "../../cel/reference.ts";
import { ruleExpressions, variableOf } from "../../compile/check/rule-expressions.ts";
import type { ExpressionUse } from "../../compile/check/rule-expressions.ts";
import type { Expression } from "../../document/expression.ts";
import type { Policy, Rule } from "../../document/policy.ts";

/** A path that is read, and the expression whose text reads it. */
export interface OwnedPath extends PathReference {
  readonly owner: Expression;
}

/** A function that is called, and the expression whose text calls it. */
export interface OwnedCall extends CallReference {
  readonly owner: Expression;
}

/** Everything read on the way to a value, through the variables of the policy. */
export interface Reads {
  readonly paths: readonly OwnedPath[];
  readonly calls: readonly OwnedCall[];
}

/** What an expression reads; each variable is read through once. */
export function readsOf(expression: Expression, policy?: Policy): Reads {
  const paths: OwnedPath[] = [];
  const calls: OwnedCall[] = [];
  const seen = new Set<Expression>();
  const visit = (owner: Expression): void => {
    if (seen.has(owner)) return;
    seen.add(owner);
    const found: References = references(owner.ast);
    for (const path of found.paths) paths.push({ ...path, owner });
    for (const call of found.calls) calls.push({ ...call, owner });
    for (const { path } of found.paths) {
      const [root, name] = path;
      if (root !== "variables" || name === undefined || policy === undefined) continue;
      const variable = variableOf(policy, name);
      if (variable !== undefined) visit(variable);
    }
  };
  visit(expression);
  return { paths, calls };
}

/** What the expressions of a rule read, those for `uses` only. */
export function ruleReads(rule: Rule, policy: Policy, uses?: readonly ExpressionUse[]): Reads {
  const reads = ruleExpressions(rule)
    .filter(({ use }) => uses === undefined || uses.includes(use))
    .map(({ expression }) => readsOf(expression, policy));
  return {
    paths: reads.flatMap(({ paths }) => paths),
    calls: reads.flatMap(({ calls }) => calls),
  };
}
