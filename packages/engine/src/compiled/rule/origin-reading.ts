import type { Expr } from "../../cel/syntax.ts";
import type { Bundle } from "../../document/bundle.ts";
import type { Expression } from "../../document/expression.ts";
import type { Rule } from "../../document/policy.ts";
import { originCalls } from "./origin-call.ts";
import { someWithin } from "./syntax.ts";

/** Functions that read a memory: `no_worse` only compares. */
export const originReaders: ReadonlySet<string> = new Set(
  [...originCalls.keys()].filter((name) => name !== "no_worse"),
);

/** Whether any expression of a bundle reads origins; without one no session is remembered. */
export function readsOrigins({ policies, events, meters, externals }: Bundle): boolean {
  // Rules mostly share few conditions: each is looked through once.
  const seen = new Set<Expr>();
  const reads = (expression: Expression | undefined): boolean => {
    if (expression === undefined || seen.has(expression.ast)) return false;
    seen.add(expression.ast);
    return someWithin(
      expression.ast,
      (part) => part.kind === "call" && originReaders.has(part.function),
    );
  };
  return (
    events.some(({ when }) => reads(when)) ||
    meters.some(({ reserve, settle }) => reads(reserve) || reads(settle)) ||
    externals.some(({ input }) => Object.values(input).some(reads)) ||
    policies.some(
      ({ variables, rules }) =>
        variables.some(({ expression }) => reads(expression)) ||
        rules.some((rule) => ruleReads(rule, reads)),
    )
  );
}

function ruleReads(rule: Rule, reads: (expression: Expression | undefined) => boolean): boolean {
  const { when, reason, fallback } = rule;
  if (reads(when)) return true;
  if (reason?.parts.some((part) => typeof part !== "string" && reads(part)) === true) return true;
  if (rule.effect === "modify" && rule.modifications.some(({ value }) => reads(value))) return true;
  return fallback !== undefined && reads(fallbackArgs(fallback));
}

function fallbackArgs({ args }: NonNullable<Rule["fallback"]>): Expression | undefined {
  return "ast" in args && "text" in args ? (args as Expression) : undefined;
}
