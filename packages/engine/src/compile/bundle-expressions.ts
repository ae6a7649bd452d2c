import type { Bundle } from "../document/bundle.ts";
import type { Expression } from "../document/expression.ts";
import type { Event, Meter } from "../document/history.ts";
import type { External, Tool } from "../document/kinds.ts";
import type { Policy } from "../document/policy.ts";
import { ruleExpressions } from "./check/rule-expressions.ts";

/** An expression with the document it stands in. */
export interface PlacedExpression {
  readonly expression: Expression;
  readonly document: Policy | Event | Meter | Tool | External;
}

/** Every CEL expression of a policy set. */
export function bundleExpressions(
  bundle: Pick<Bundle, "policies" | "events" | "meters" | "tools" | "externals">,
): readonly PlacedExpression[] {
  const found: PlacedExpression[] = [];
  const add = (
    document: PlacedExpression["document"],
    expressions: readonly (Expression | undefined)[],
  ): void => {
    for (const expression of expressions) {
      if (expression !== undefined) found.push({ document, expression });
    }
  };
  for (const policy of bundle.policies) {
    add(
      policy,
      policy.variables.map(({ expression }) => expression),
    );
    for (const rule of policy.rules) {
      add(
        policy,
        ruleExpressions(rule).map(({ expression }) => expression),
      );
    }
  }
  for (const event of bundle.events) add(event, [event.when]);
  for (const meter of bundle.meters) add(meter, [meter.reserve, meter.settle]);
  for (const tool of bundle.tools) {
    add(
      tool,
      tool.resources.map(({ id }) => id),
    );
  }
  for (const external of bundle.externals) add(external, Object.values(external.input));
  return found;
}
