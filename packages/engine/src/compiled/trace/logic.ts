import type { Expr } from "../../cel/syntax.ts";
import type { Expression } from "../../document/expression.ts";
import type { Policy } from "../../document/policy.ts";
import { variableName } from "../rule/syntax.ts";

/** How `&&`, `||`, `!` and `?:` join the parts of a condition; a part is named by where it stands. */
export type Logic =
  | { readonly join: "part"; readonly key: string }
  | { readonly join: "not"; readonly of: Logic }
  | { readonly join: "and" | "or"; readonly sides: readonly Logic[] }
  | {
      readonly join: "if";
      readonly test: Logic;
      readonly chosen: Logic;
      readonly otherwise: Logic;
    };

/** A part that no logic divides further, and the text it stands in. */
export interface LogicPart {
  readonly expr: Expr;
  readonly expression: Expression;
}

/** A condition taken apart; `parts` come in the order written. */
export interface TakenApart {
  readonly logic: Logic;
  readonly parts: ReadonlyMap<string, LogicPart>;
}

/**
 * Takes a condition of a policy apart. A variable of the policy is what it stands for, and a part
 * that is named twice that way is one.
 */
export function takeApart(condition: Expression, policy: Policy): TakenApart {
  const parts = new Map<string, LogicPart>();
  const variables = new Map(policy.variables.map(({ name, expression }) => [name, expression]));
  const logicOf = (expr: Expr, expression: Expression): Logic => {
    const variable = variables.get(variableName(expr) ?? "");
    if (variable !== undefined) return logicOf(variable.ast, variable);
    if (expr.kind === "call" && expr.target === undefined) {
      const [first, second, third] = expr.args;
      if (expr.function === "!_" && first !== undefined) {
        return { join: "not", of: logicOf(first, expression) };
      }
      if (expr.function === "_&&_" || expr.function === "_||_") {
        const sides = expr.args.map((arg) => logicOf(arg, expression));
        return { join: expr.function === "_&&_" ? "and" : "or", sides };
      }
      const chooses = expr.function === "_?_:_" && first !== undefined;
      if (chooses && second !== undefined && third !== undefined) {
        const test = logicOf(first, expression);
        const chosen = logicOf(second, expression);
        return { join: "if", test, chosen, otherwise: logicOf(third, expression) };
      }
    }
    const key = keyOf(expr, expression);
    if (!parts.has(key)) parts.set(key, { expr, expression });
    return { join: "part", key };
  };
  return { logic: logicOf(condition.ast, condition), parts };
}

function keyOf({ range }: Expr, { source, offsets }: Expression): string {
  return `${source.file}:${offsets[range.start] ?? 0}:${offsets[range.end] ?? 0}`;
}
