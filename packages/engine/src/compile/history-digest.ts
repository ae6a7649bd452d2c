import { digestOf } from "@holdfast/model";
import { printExpression } from "../cel/printer.ts";
import { references } from "../cel/reference.ts";
import type { Bundle, PolicyDocument } from "../document/bundle.ts";
import type { Expression } from "../document/expression.ts";
import type { Policy } from "../document/policy.ts";
import { orderFreeForms } from "./bundle-digest.ts";
import { ruleExpressions } from "./check/rule-expressions.ts";
import { apiVersion } from "./schema/field.ts";

/** Functions that read what has happened; what they are asked may decide what is kept of it. */
const stateFunctions: ReadonlySet<string> = new Set([
  "happened",
  "count",
  "since",
  "meter",
  "origin",
  "no_worse",
  "from_only",
  "touches",
  "requested_by",
  "names_act",
]);

/**
 * Names all of a bundle that decides what an engine keeps of history: two bundles with one
 * history digest fold the same occurrences into the same state, so that the state of one can be
 * taken over by the other (POLICY.md section 3: an Event or Meter that did not change keeps its
 * state). It covers Events and Meters and whatever their conditions, keys and matches can rest
 * on, and of policies only the expressions that read state; in doubt it covers too much, which
 * costs nothing but folding anew.
 */
export function historyDigest(bundle: Bundle): string {
  const { settings, events, meters, tools, agents, groups, lists, resources } = bundle;
  const { sandboxes, externals } = bundle;
  const documents: readonly PolicyDocument[] = [
    settings,
    ...events,
    ...meters,
    ...tools,
    ...agents,
    ...groups,
    ...lists,
    ...resources,
    ...sandboxes,
    ...externals,
  ];
  const reads = bundle.policies.flatMap(expressionsOf).filter(readsState);
  return digestOf({
    language: apiVersion,
    documents: orderFreeForms(documents),
    reads: [...new Set(reads.map(({ ast }) => printExpression(ast)))].sort(),
  });
}

function expressionsOf({ variables, rules }: Policy): readonly Expression[] {
  return [
    ...variables.map(({ expression }) => expression),
    ...rules.flatMap((rule) => ruleExpressions(rule).map(({ expression }) => expression)),
  ];
}

function readsState({ ast }: Expression): boolean {
  return references(ast).calls.some((call) => stateFunctions.has(call.function));
}
