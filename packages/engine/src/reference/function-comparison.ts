import { compare, equals } from "./equality.ts";
import { binary, unary } from "./function-family.ts";
import type { FunctionFamily, Implementation } from "./function-family.ts";
import { isList } from "./value-type.ts";
import { CelMap } from "./value.ts";

/** Equality, order, membership and negation (cel-spec, langdef.md, "Equality", "Ordering"). */
export const comparisonFunctions: FunctionFamily = {
  global: {
    "_==_": binary("==", (left, right, budget) => equals(left, right, budget)),
    "_!=_": binary("!=", (left, right, budget) => !equals(left, right, budget)),
    "_<_": ordering("<", (order) => order < 0),
    "_<=_": ordering("<=", (order) => order <= 0),
    "_>_": ordering(">", (order) => order > 0),
    "_>=_": ordering(">=", (order) => order >= 0),
    "@in": binary("in", (item, holder, budget) => {
      if (holder instanceof CelMap) {
        return holder.get(item) !== undefined || (holder.withheld ?? false);
      }
      if (holder === null || !isList(holder)) return undefined;
      return holder.some((other) => equals(item, other, budget));
    }),
    "!_": unary("!", (value) => (typeof value === "boolean" ? !value : undefined)),
  },
};

function ordering(name: string, holds: (order: number) => boolean): Implementation {
  return binary(name, (left, right, budget) => {
    if (typeof left === "string") budget.walk(left.length);
    const order = compare(left, right);
    return order === undefined ? undefined : holds(order);
  });
}
