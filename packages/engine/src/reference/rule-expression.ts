import type { Expression } from "../document/expression.ts";
import type { Rule } from "../document/policy.ts";

/** The expressions of a rule that are evaluated to decide: condition, `set` values and reason. */
export function expressionsOf(rule: Rule): readonly Expression[] {
  const reason = (rule.reason?.parts ?? []).filter((part) => typeof part !== "string");
  const sets =
    rule.effect === "modify" ? rule.modifications.map((modification) => modification.value) : [];
  return [...present([rule.when, ...sets]), ...reason];
}

type FallbackArgs = NonNullable<Rule["fallback"]>["args"];

/** Whether the arguments of a fallback are CEL text. WHY by `offsets`: literal arguments may well be called `ast` or `text`. */
export function isExpression(args: FallbackArgs | undefined): args is Expression {
  if (args === undefined) return false;
  return "ast" in args && "source" in args && "offsets" in args && Array.isArray(args.offsets);
}

/** The items that are there. */
export function present<T>(items: readonly (T | undefined)[]): readonly T[] {
  return items.filter((item) => item !== undefined);
}
