import type { Expression } from "../../document/expression.ts";
import type { Policy, Rule } from "../../document/policy.ts";

/** What an expression of a rule is for. */
export type ExpressionUse = "when" | "set" | "reason" | "fallback";

/** Every expression of a rule but those of its policy's variables. */
export function ruleExpressions(
  rule: Rule,
): readonly { readonly use: ExpressionUse; readonly expression: Expression }[] {
  const found: { use: ExpressionUse; expression: Expression }[] = [];
  if (rule.when !== undefined) found.push({ use: "when", expression: rule.when });
  if (rule.effect === "modify") {
    for (const { value } of rule.modifications) {
      if (value !== undefined) found.push({ use: "set", expression: value });
    }
  }
  for (const part of rule.reason?.parts ?? []) {
    if (typeof part !== "string") found.push({ use: "reason", expression: part });
  }
  const fallback = fallbackExpression(rule);
  if (fallback !== undefined) found.push({ use: "fallback", expression: fallback });
  return found;
}

/** The CEL text of a fallback's arguments, when they are not a plain map. */
function fallbackExpression(rule: Rule): Expression | undefined {
  const args = rule.fallback?.args;
  if (args === undefined || !("offsets" in args) || !("ast" in args)) return undefined;
  return args as Expression;
}

/** A policy's variable by name. */
export function variableOf(policy: Policy, name: string): Expression | undefined {
  return policy.variables.find((each) => each.name === name)?.expression;
}
