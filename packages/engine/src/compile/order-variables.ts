import type { Expression } from "../document/expression.ts";
import { inDependencyOrder } from "./check/cycle.ts";
import { pathOf, walk } from "./check/syntax-walk.ts";
import { brokenExpression } from "./reading.ts";
import type { Reading } from "./reading.ts";

export interface NamedExpression {
  readonly name: string;
  readonly expression: Expression;
}

/** How far variables may read through each other; bounds every walk that reads through them. */
const variableDepthMax = 32;

/**
 * Variables in an order in which each comes after those it reads, ties by name: the order of keys
 * in a file means nothing. A circle is an error, and its members count as broken.
 */
export function orderVariables(
  variables: readonly NamedExpression[],
  reading: Reading,
): readonly NamedExpression[] {
  const byName = new Map(variables.map((each) => [each.name, each]));
  const graph = new Map(variables.map(({ name, expression }) => [name, readsOf(expression)]));
  const { order, cycles } = inDependencyOrder(graph);
  const broken = new Set<string>();
  for (const cycle of cycles) {
    const [first = ""] = cycle;
    const circle = [...cycle, first].map((name) => `\`${name}\``).join(" reads ");
    const span = reading.document.keySpan(["spec", "variables", first]);
    const message = `variables read each other in a circle: ${circle}`;
    reading.report.error("variable_cycle", message, span, {
      suggestion: "write out in one of them what it reads of the other",
    });
    for (const name of cycle) broken.add(name);
  }
  const depths = new Map<string, number>();
  return order.flatMap((name) => {
    const variable = byName.get(name);
    if (variable === undefined) return [];
    const reads = (graph.get(name) ?? []).map((each) => depths.get(each) ?? 0);
    const depth = 1 + Math.max(0, ...reads);
    depths.set(name, depth);
    if (depth === variableDepthMax + 1) {
      const message = `variables read through each other more than ${variableDepthMax} deep`;
      const span = reading.document.keySpan(["spec", "variables", name]);
      reading.report.error("out_of_range", message, span);
    }
    const whole = depth <= variableDepthMax && !broken.has(name);
    return [
      whole ? variable : { name, expression: brokenExpression(variable.expression, reading) },
    ];
  });
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
