import type { Expr, Range } from "../../cel/syntax.ts";
import type { Expression } from "../../document/expression.ts";
import { callOf, literalText, parts, variableName } from "./syntax-walk.ts";

/** How the occurrence of an Event moves a value: up, down, or in a way that cannot be told. */
export type Direction = "up" | "down" | "unclear";

/** One reading of an Event in an expression. */
export interface EventUse {
  readonly event: string;
  readonly direction: Direction;
  readonly expression: Expression;
  readonly range: Range;
}

/** The other way; what cannot be told stays so. */
function opposite(direction: Direction): Direction {
  if (direction === "unclear") return direction;
  return direction === "up" ? "down" : "up";
}

/**
 * Every Event an expression reads, and whether its occurrence moves the whole towards true (or a
 * larger number) or away from it. `variables` gives the policy's variables by name, read through.
 */
export function eventUses(
  expression: Expression,
  variables: (name: string) => Expression | undefined = () => undefined,
): EventUse[] {
  const uses: EventUse[] = [];
  // A variable is read through once for each direction: a second reading tells nothing new.
  const seen = new Map<Expression, Set<Direction>>();
  const visit = (expr: Expr, direction: Direction, owner: Expression): void => {
    const add = (name: Expr | undefined, way: Direction): void => {
      const event = name === undefined ? undefined : literalText(name);
      if (event === undefined || name === undefined) return;
      uses.push({ event, direction: way, expression: owner, range: name.range });
    };
    const variable = variableName(expr);
    const inner = variable === undefined ? undefined : variables(variable);
    if (inner !== undefined) {
      const ways = seen.get(inner) ?? new Set();
      if (!ways.has(direction)) {
        seen.set(inner, ways.add(direction));
        visit(inner.ast, direction, inner);
      }
      return;
    }
    const read = callOf(expr, "happened") ?? callOf(expr, "count");
    if (read !== undefined) {
      add(read[0], direction);
      return;
    }
    const since = callOf(expr, "since");
    if (since !== undefined) {
      // The first must be later than the second, so the second's occurrence ends it.
      add(since[0], direction);
      add(since[1], opposite(direction));
      return;
    }
    for (const [part, way] of directed(expr, direction)) visit(part, way, owner);
  };
  visit(expression.ast, "up", expression);
  return uses;
}

/** The parts of an expression with the direction in which each moves the whole. */
function directed(expr: Expr, way: Direction): readonly (readonly [Expr, Direction])[] {
  const back = opposite(way);
  if (expr.kind === "macro" && (expr.macro === "all" || expr.macro === "exists")) {
    return [[expr.operand, "unclear"], ...expr.args.map((each) => [each, way] as const)];
  }
  if (expr.kind === "macro" && expr.macro === "bind") return unclear(expr);
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
