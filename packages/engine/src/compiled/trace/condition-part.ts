import type { Expr } from "../../cel/syntax.ts";
import { valueAt, variablePlace } from "../explanation/failing.ts";
import type { Place } from "../explanation/failing.ts";
import { Failure } from "../value/failure.ts";
import type { Result } from "../value/value.ts";

/** What a condition or a part of it comes to where rules are judged. */
export type PartOutcome = "true" | "false" | "error";

/** A part of a condition that no logic divides further, and what it came to. */
export interface ConditionPart {
  readonly expr: Expr;
  readonly place: Place;
  readonly outcome: PartOutcome;
  readonly failure: Failure | undefined;
  /** with this outcome turned round and all others kept, the condition comes out otherwise */
  readonly decides: boolean;
}

/** How logic joins the parts; a part that is written twice, through a variable, is one. */
type Logic =
  | { readonly join: "part"; readonly key: string }
  | { readonly join: "not"; readonly of: Logic }
  | { readonly join: "and" | "or"; readonly sides: readonly Logic[] }
  | {
      readonly join: "if";
      readonly test: Logic;
      readonly chosen: Logic;
      readonly otherwise: Logic;
    };

type Found = Omit<ConditionPart, "decides">;

/**
 * The parts of a condition, in the order written, those of a variable where it is first named: what
 * `&&`, `||`, `!` and `?:` join. Each has its own value, also where the condition was decided
 * without it.
 */
export function conditionParts(
  condition: Expr,
  place: Place,
): { readonly outcome: PartOutcome; readonly parts: readonly ConditionPart[] } {
  const found = new Map<string, Found>();
  const logic = logicOf(condition, place, found);
  const joined = outcomeOf(logic, (key) => found.get(key)?.outcome ?? "error");
  // Parts have a budget each, so that a condition which spent its own is an error of no part.
  const outcome = outcomeOfValue(valueAt(condition, place));
  const parts = [...found].map(([key, part]): ConditionPart => {
    const turned =
      part.outcome === "error" ? (["true", "false"] as const) : [opposite(part.outcome)];
    const changed = turned.some(
      (other) =>
        outcomeOf(logic, (one) => (one === key ? other : (found.get(one)?.outcome ?? "error"))) !==
        joined,
    );
    return Object.assign(part, { decides: changed && joined === outcome });
  });
  return { outcome, parts };
}

function outcomeOfValue(value: Result): PartOutcome {
  return typeof value === "boolean" ? (value ? "true" : "false") : "error";
}

function opposite(outcome: "true" | "false"): PartOutcome {
  return outcome === "true" ? "false" : "true";
}

function logicOf(expr: Expr, place: Place, found: Map<string, Found>): Logic {
  const within = variablePlace(expr, place);
  if (within !== undefined) return logicOf(within.expression.ast, within, found);
  if (expr.kind === "call" && expr.target === undefined) {
    const [first, second, third] = expr.args;
    if (expr.function === "!_" && first !== undefined) {
      return { join: "not", of: logicOf(first, place, found) };
    }
    if (expr.function === "_&&_" || expr.function === "_||_") {
      const sides = expr.args.map((arg) => logicOf(arg, place, found));
      return { join: expr.function === "_&&_" ? "and" : "or", sides };
    }
    const isChoice = expr.function === "_?_:_" && first !== undefined;
    if (isChoice && second !== undefined && third !== undefined) {
      const test = logicOf(first, place, found);
      const chosen = logicOf(second, place, found);
      return { join: "if", test, chosen, otherwise: logicOf(third, place, found) };
    }
  }
  return { join: "part", key: noted(expr, place, found) };
}

function noted(expr: Expr, place: Place, found: Map<string, Found>): string {
  const { source, offsets } = place.expression;
  const key = `${source.file}:${offsets[expr.range.start] ?? 0}:${offsets[expr.range.end] ?? 0}`;
  if (!found.has(key)) {
    const value = valueAt(expr, place);
    const failure = value instanceof Failure ? value : undefined;
    found.set(key, { expr, place, outcome: outcomeOfValue(value), failure });
  }
  return key;
}

/** Logic over three values: what decides alone absorbs an error (cel-spec, langdef.md). */
function outcomeOf(logic: Logic, at: (key: string) => PartOutcome): PartOutcome {
  switch (logic.join) {
    case "part":
      return at(logic.key);
    case "not": {
      const outcome = outcomeOf(logic.of, at);
      return outcome === "error" ? outcome : opposite(outcome);
    }
    case "if": {
      const test = outcomeOf(logic.test, at);
      if (test === "error") return test;
      return outcomeOf(test === "true" ? logic.chosen : logic.otherwise, at);
    }
    case "and":
    case "or": {
      const decisive = logic.join === "and" ? "false" : "true";
      const sides = new Set(logic.sides.map((side) => outcomeOf(side, at)));
      if (sides.has(decisive)) return decisive;
      return sides.has("error") ? "error" : opposite(decisive);
    }
  }
}
