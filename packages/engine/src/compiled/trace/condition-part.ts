import type { Expr } from "../../cel/syntax.ts";
import type { Policy } from "../../document/policy.ts";
import { valueAt } from "../explanation/failing.ts";
import type { Place } from "../explanation/failing.ts";
import { Failure } from "../value/failure.ts";
import type { Result } from "../value/value.ts";
import { takeApart } from "./logic.ts";
import type { Logic } from "./logic.ts";

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

/**
 * The parts of the condition at `place`, in the order written. Each has its own value, also where
 * the condition was decided without it.
 */
export function conditionParts(
  place: Place,
  policy: Policy,
): { readonly outcome: PartOutcome; readonly parts: readonly ConditionPart[] } {
  const { logic, parts } = takeApart(place.expression, policy);
  const found = [...parts].map(([key, { expr, expression }]) => {
    const own = { ...place, expression };
    const value = valueAt(expr, own);
    const failure = value instanceof Failure ? value : undefined;
    return { key, part: { expr, place: own, outcome: outcomeOfValue(value), failure } };
  });
  const outcomes = new Map(found.map(({ key, part }) => [key, part.outcome]));
  const joined = outcomeOf(logic, outcomes);
  // Parts have a budget each, so that a condition which spent its own is an error of no part.
  const outcome = outcomeOfValue(valueAt(place.expression.ast, place));
  return {
    outcome,
    parts: found.map(({ key, part }) => {
      const changed = otherOutcomes(part.outcome).some((other) => {
        outcomes.set(key, other);
        return outcomeOf(logic, outcomes) !== joined;
      });
      outcomes.set(key, part.outcome);
      return Object.assign(part, { decides: changed && joined === outcome });
    }),
  };
}

function otherOutcomes(outcome: PartOutcome): readonly PartOutcome[] {
  return outcome === "error" ? ["true", "false"] : [opposite(outcome)];
}

function opposite(outcome: "true" | "false"): PartOutcome {
  return outcome === "true" ? "false" : "true";
}

function outcomeOfValue(value: Result): PartOutcome {
  return typeof value === "boolean" ? (value ? "true" : "false") : "error";
}

/** Logic over three values: what decides alone absorbs an error (cel-spec, langdef.md). */
function outcomeOf(logic: Logic, at: ReadonlyMap<string, PartOutcome>): PartOutcome {
  switch (logic.join) {
    case "part":
      return at.get(logic.key) ?? "error";
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
