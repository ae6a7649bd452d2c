import type { Expr } from "../../cel/syntax.ts";
import type { Expression } from "../../document/expression.ts";
import { parts, variableName } from "./syntax-walk.ts";

/**
 * How a larger value of a part (true, for a condition) moves the whole: up, down, or in a way
 * that cannot be told.
 */
export type Direction = "up" | "down" | "unclear";

/** The other way; what cannot be told stays so. */
export function opposite(direction: Direction): Direction {
  if (direction === "unclear") return direction;
  return direction === "up" ? "down" : "up";
}

/** One part of an expression, and the expression whose text it stands in. */
export interface DirectedPart {
  readonly expr: Expr;
  readonly direction: Direction;
  readonly owner: Expression;
}

/**
 * Calls `visit` on every part of an expression with the direction in which it moves the whole,
 * until `visit` says it has seen enough of one. `variables` gives the policy's variables by name,
 * which are read through, each once for a direction: a second reading tells nothing new.
 */
export function walkDirected(
  expression: Expression,
  variables: (name: string) => Expression | undefined,
  visit: (part: DirectedPart) => boolean,
): void {
  const seen = new Map<Expression, Set<Direction>>();
  const step = (expr: Expr, direction: Direction, owner: Expression): void => {
    const name = variableName(expr);
    const variable = name === undefined ? undefined : variables(name);
    if (variable !== undefined) {
      const ways = seen.get(variable) ?? new Set();
      if (ways.has(direction)) return;
      seen.set(variable, ways.add(direction));
      step(variable.ast, direction, variable);
      return;
    }
    if (visit({ expr, direction, owner })) return;
    for (const [part, way] of directed(expr, direction)) step(part, way, owner);
  };
  step(expression.ast, "up", expression);
}

/** The parts of an expression with the direction in which each moves the whole. */
function directed(expr: Expr, way: Direction): readonly (readonly [Expr, Direction])[] {
  const back = opposite(way);
  if (expr.kind === "macro" && (expr.macro === "all" || expr.macro === "exists")) {
    return [[expr.operand, "unclear"], ...expr.args.map((each) => [each, way] as const)];
  }
  if (expr.kind === "select") return [[expr.operand, way]];
  if (expr.kind !== "call") return unclear(expr);
  const [first, second, third] = expr.args;
  if (first === undefined) return unclear(expr);
  if (expr.function === "!_" || expr.function === "-_") return [[first, back]];
  if (second === undefined) return unclear(expr);
  switch (expr.function) {
    case "_&&_":
    case "_||_":
    case "_+_":
    case "_>_":
    case "_>=_":
    case "_<_":
    case "_<=_":
    case "_-_":
      return twoSided(expr.function, first, second, way);
    case "_==_":
    case "_!=_":
      return compared(expr.function === "_==_", first, second, way) ?? unclear(expr);
    case "_?_:_":
      return third === undefined
        ? unclear(expr)
        : [
            [first, "unclear"],
            [second, way],
            [third, way],
          ];
    default:
      return unclear(expr);
  }
}

function twoSided(
  operator: string,
  first: Expr,
  second: Expr,
  way: Direction,
): readonly (readonly [Expr, Direction])[] {
  const back = opposite(way);
  if (operator === "_<_" || operator === "_<=_") {
    return [
      [first, back],
      [second, way],
    ];
  }
  const same = operator === "_&&_" || operator === "_||_" || operator === "_+_";
  return [
    [first, way],
    [second, same ? way : back],
  ];
}

/** `x == true` and its kin; undefined for any other comparison. */
function compared(
  equal: boolean,
  first: Expr,
  second: Expr,
  way: Direction,
): readonly (readonly [Expr, Direction])[] | undefined {
  for (const [literal, other] of [
    [first, second],
    [second, first],
  ] as const) {
    if (literal.kind === "constant" && literal.constant.type === "bool") {
      return [[other, literal.constant.value === equal ? way : opposite(way)]];
    }
  }
  return undefined;
}

function unclear(expr: Expr): readonly (readonly [Expr, Direction])[] {
  return parts(expr).map((part) => [part.expr, "unclear"]);
}
