import type { Expr } from "../../cel/syntax.ts";
import type { Logic, TakenApart } from "../../compiled/trace/logic.ts";

/**
 * Conditions, each of which holds exactly where one part has an outcome and that decides: what stands
 * beside the part leaves the whole to it. Several, where a ternary can go either way.
 */
export function decidingConditions(
  { logic, parts }: TakenApart,
  key: string,
  outcome: boolean,
): readonly Expr[] {
  const exprOf = (part: Logic): Expr => rebuilt(part, parts);
  return waysTo(logic, key, exprOf).map((beside) => {
    const part = parts.get(key)?.expr;
    const own = part === undefined ? constant(false) : wanted(part, outcome);
    return beside.reduce((joined, side) => call("_&&_", [joined, side]), own);
  });
}

/** For each way to a part, what must be so beside it; none where it does not stand. */
function waysTo(logic: Logic, key: string, exprOf: (logic: Logic) => Expr): readonly Expr[][] {
  switch (logic.join) {
    case "part":
      return logic.key === key ? [[]] : [];
    case "not":
      return waysTo(logic.of, key, exprOf);
    case "and":
    case "or":
      return logic.sides.flatMap((side, index) => {
        const others = logic.sides.filter((_, other) => other !== index);
        const beside = others.map((other) => wanted(exprOf(other), logic.join === "and"));
        return waysTo(side, key, exprOf).map((way) => way.concat(beside));
      });
    case "if": {
      const [test, chosen, otherwise] = [logic.test, logic.chosen, logic.otherwise].map(exprOf);
      if (test === undefined || chosen === undefined || otherwise === undefined) return [];
      const through = (side: Logic, taken: boolean): Expr[][] =>
        waysTo(side, key, exprOf).map((way) => way.concat(wanted(test, taken)));
      const either = waysTo(logic.test, key, exprOf).flatMap((way) => [
        [...way, chosen, wanted(otherwise, false)],
        [...way, wanted(chosen, false), otherwise],
      ]);
      return [...either, ...through(logic.chosen, true), ...through(logic.otherwise, false)];
    }
  }
}

function rebuilt(logic: Logic, parts: TakenApart["parts"]): Expr {
  switch (logic.join) {
    case "part":
      return parts.get(logic.key)?.expr ?? constant(false);
    case "not":
      return wanted(rebuilt(logic.of, parts), false);
    case "and":
    case "or": {
      const name = logic.join === "and" ? "_&&_" : "_||_";
      const sides = logic.sides.map((side) => rebuilt(side, parts));
      return sides.reduce((joined, side) => call(name, [joined, side]));
    }
    case "if": {
      const { test, chosen, otherwise } = logic;
      return call("_?_:_", [
        rebuilt(test, parts),
        rebuilt(chosen, parts),
        rebuilt(otherwise, parts),
      ]);
    }
  }
}

const nowhere = { start: 0, end: 0 };

function wanted(expr: Expr, outcome: boolean): Expr {
  return outcome ? expr : call("!_", [expr]);
}

function call(name: string, args: readonly Expr[]): Expr {
  return { kind: "call", function: name, args, range: nowhere, functionRange: nowhere };
}

function constant(value: boolean): Expr {
  return { kind: "constant", constant: { type: "bool", value }, range: nowhere };
}
