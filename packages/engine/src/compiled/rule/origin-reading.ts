import type { Bundle } from "../../document/bundle.ts";
import type { Expression } from "../../document/expression.ts";
import type { Rule } from "../../document/policy.ts";
import { originCalls } from "./origin-call.ts";
import { someWithin } from "./syntax.ts";

/** Functions that read a memory: `no_worse` only compares. */
const readers: ReadonlySet<string> = new Set(
  [...originCalls.keys()].filter((name) => name !== "no_worse"),
);

/** Whether any expression of a bundle reads origins; without one no session is remembered. */
export function readsOrigins(bundle: Bundle): boolean {
  return expressionsOf(bundle).some(({ ast }) =>
    someWithin(ast, (part) => part.kind === "call" && readers.has(part.function)),
  );
}

function expressionsOf({ policies, events, meters, externals }: Bundle): readonly Expression[] {
  const found: (Expression | undefined)[] = [
    ...events.map(({ when }) => when),
    ...meters.flatMap(({ reserve, settle }) => [reserve, settle]),
    ...externals.flatMap(({ input }) => Object.values(input)),
    ...policies.flatMap(({ variables }) => variables.map(({ expression }) => expression)),
    ...policies.flatMap(({ rules }) => rules.flatMap(ofRule)),
  ];
  return found.filter((expression) => expression !== undefined);
}

function ofRule(rule: Rule): readonly (Expression | undefined)[] {
  const { when, reason, fallback } = rule;
  const parts = (reason?.parts ?? []).filter((part) => typeof part !== "string");
  const values = rule.effect === "modify" ? rule.modifications.map(({ value }) => value) : [];
  return [when, ...parts, ...values, fallbackArgs(fallback)];
}

function fallbackArgs(fallback: Rule["fallback"]): Expression | undefined {
  const args = fallback?.args;
  return args !== undefined && "ast" in args && "text" in args ? (args as Expression) : undefined;
}
