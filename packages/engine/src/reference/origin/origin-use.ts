import type { Bundle } from "../../document/bundle.ts";
import { subexpressionsOf } from "../expression-tree.ts";
import { expressionsOf, isExpression, present } from "../rule-expression.ts";

/** Functions that read what a session has seen; `no_worse` reads only what they give. */
const originFunctions: ReadonlySet<string> = new Set([
  "origin",
  "from_only",
  "touches",
  "requested_by",
  "names_act",
]);

/** Whether any expression of the bundle, wherever it stands, asks where values were first seen. */
export function readsOrigins(bundle: Bundle): boolean {
  const expressions = [
    ...bundle.policies.flatMap(({ variables, rules }) => [
      ...variables.map((variable) => variable.expression),
      ...rules.flatMap((rule) => expressionsOf(rule)),
      ...rules.map((rule) => rule.fallback?.args).filter((args) => isExpression(args)),
    ]),
    ...bundle.events.flatMap((event) => present([event.when])),
    ...bundle.meters.flatMap((meter) => present([meter.reserve, meter.settle])),
    ...bundle.tools.flatMap((tool) => tool.resources.map(({ id }) => id)),
    ...bundle.externals.flatMap((external) => Object.values(external.input)),
  ];
  return expressions.some(({ ast }) =>
    subexpressionsOf(ast).some(
      (part) => part.kind === "call" && originFunctions.has(part.function),
    ),
  );
}
