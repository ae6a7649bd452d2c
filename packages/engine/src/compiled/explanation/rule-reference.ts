import type { RuleReference } from "../../engine.ts";
import type { RulePlan } from "../rule/program.ts";

/** Where a rule stands. */
export function referenceTo({ name, rule }: RulePlan): RuleReference {
  const { file, start } = rule.source;
  return { rule: name, effect: rule.effect, file, line: start.line, column: start.column };
}
