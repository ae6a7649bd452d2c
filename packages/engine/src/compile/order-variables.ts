import type { Expression } from "../document/expression.ts";
import { inDependencyOrder } from "./check/cycle.ts";
import { pathOf, walk } from "./check/syntax-walk.ts";
import type { Reading } from "./reading.ts";

export interface NamedExpression {
  readonly name: string;
  readonly expression: Expression;
}

/**
 * Variables in an order in which each comes after those it reads, ties by name: the order of keys
 * in a file means nothing. A circle is an error.
 */
export function orderVariables(
  variables: readonly NamedExpression[],
  { document, report }: Reading,
): readonly NamedExpression[] {
  const byName = new Map(variables.map((each) => [each.name, each]));
  const graph = new Map(variables.map(({ name, expression }) => [name, readsOf(expression)]));
  const { order, cycles } = inDependencyOrder(graph);
  for (const cycle of cycles) {
    const [first = ""] = cycle;
    const circle = [...cycle, first].map((name) => `\`${name}\``).join(" reads ");
    const span = document.keySpan(["spec", "variables", first]);
    report.error("variable_cycle", `variables read each other in a circle: ${circle}`, span);
  }
  return order.flatMap((name) => byName.get(name) ?? []);
}

/** The names of the variables an expression reads. */
export function readsOf(expression: Pick<Expression, "ast">): string[] {
  const names = new Set<string>();
  walk(expression.ast, (each, bound) => {
    const path = pathOf(each);
    const [name] = path?.fields ?? [];
    if (path?.root === "variables" && name !== undefined && !bound.has("variables"))
      names.add(name);
  });
  return [...names];
}
