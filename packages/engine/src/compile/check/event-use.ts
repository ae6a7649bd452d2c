import type { Expr, Range } from "../../cel/syntax.ts";
import type { Expression } from "../../document/expression.ts";
import { opposite, walkDirected } from "./direction.ts";
import type { Direction } from "./direction.ts";
import { callOf, literalText } from "./syntax-walk.ts";

/** What moving an expression up, or down, does for an action. */
export type Help = "grants" | "narrows";

/** What a part does that moves its whole in `direction`, when `whenUp` is what the whole does. */
export function helps(direction: Direction, whenUp: Help): readonly Help[] {
  if (direction === "unclear") return ["grants", "narrows"];
  return [direction === "up" ? whenUp : whenUp === "grants" ? "narrows" : "grants"];
}

/** One reading of an Event in an expression: how its occurrence moves the whole. */
export interface EventUse {
  readonly event: string;
  readonly direction: Direction;
  readonly expression: Expression;
  readonly range: Range;
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
  walkDirected(expression, variables, ({ expr, direction, owner }) => {
    const add = (name: Expr | undefined, way: Direction): void => {
      const event = name === undefined ? undefined : literalText(name);
      if (event === undefined || name === undefined) return;
      uses.push({ event, direction: way, expression: owner, range: name.range });
    };
    const read = callOf(expr, "happened") ?? callOf(expr, "count");
    if (read !== undefined) add(read[0], direction);
    const since = callOf(expr, "since");
    if (since !== undefined) {
      // The first must be later than the second, so the second's occurrence ends it.
      add(since[0], direction);
      add(since[1], opposite(direction));
    }
    return read !== undefined || since !== undefined;
  });
  return uses;
}

/** One reading of a Meter in an expression: how a higher amount moves the whole. */
export interface MeterUse {
  readonly meter: string;
  readonly direction: Direction;
  readonly expression: Expression;
  readonly range: Range;
}

/** Every Meter an expression reads, as `eventUses` gives Events. */
export function meterUses(
  expression: Expression,
  variables: (name: string) => Expression | undefined = () => undefined,
): MeterUse[] {
  const uses: MeterUse[] = [];
  walkDirected(expression, variables, ({ expr, direction, owner }) => {
    const [name] = callOf(expr, "meter") ?? [];
    const meter = name === undefined ? undefined : literalText(name);
    if (name === undefined || meter === undefined) return false;
    uses.push({ meter, direction, expression: owner, range: name.range });
    return true;
  });
  return uses;
}
