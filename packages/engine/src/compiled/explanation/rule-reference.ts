import type { Expression } from "../../document/expression.ts";
import type { RuleReference } from "../../engine.ts";
import type { RulePlan } from "../rule/program.ts";

/** Where a rule stands. */
export function referenceTo({ name, rule }: RulePlan): RuleReference {
  const { file, start } = rule.source;
  return { rule: name, effect: rule.effect, file, line: start.line, column: start.column };
}

/** Where a part of an expression stands in its file. */
export function positionOf(
  { source, offsets, lineStarts = [] }: Expression,
  at: number,
): { readonly line: number; readonly column: number } {
  const offset = offsets[at] ?? source.start.offset;
  const before = lineStarts.filter((start) => start <= offset);
  const last = before.at(-1);
  if (last === undefined) return { line: source.start.line, column: source.start.column };
  return { line: source.start.line + before.length - 1, column: offset - last + 1 };
}
