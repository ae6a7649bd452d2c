import type { Expr } from "../../cel/syntax.ts";
import { printExpression } from "../../cel/printer.ts";
import { walk } from "../../compile/check/syntax-walk.ts";
import { everything, falseSet, setOf, trueSet } from "../domain/value-set.ts";
import { atom } from "../formula/formula.ts";
import type { Surroundings } from "./surroundings.ts";
import { dropSources } from "./surroundings.ts";
import type { Term } from "./term.ts";
import type { ThreeWay } from "./three-way.ts";

/** A condition that is not looked into: it may be true, false or an error, the same for one text. */
export function opaqueCondition(expr: Expr, surroundings: Surroundings): ThreeWay {
  return opaqueText(printExpression(expr), surroundings, numbersIn(expr));
}

/** As `opaqueCondition`, of something that no expression says. */
export function opaqueText(
  text: string,
  surroundings: Surroundings,
  numbers: readonly number[] = [],
): ThreeWay {
  const slot = surroundings.table.declare({
    name: `opaque ${keyOf(surroundings)} ${text}`,
    meaning: { kind: "opaque", text, numbers },
    universe: setOf({ true: true, false: true, absent: true }),
  });
  return { holds: atom(slot, trueSet), fails: atom(slot, falseSet) };
}

/** A value that is not looked into, the same for one text; what is said of it must fit together. */
export function opaqueTerm(expr: Expr, surroundings: Surroundings): Term {
  const text = printExpression(expr);
  const slot = surroundings.table.declare({
    name: `opaque value ${keyOf(surroundings)} ${text}`,
    meaning: { kind: "opaque", text, numbers: numbersIn(expr) },
    universe: everything,
  });
  return { kind: "slot", slot };
}

/** The whole numbers that are written in an expression. */
function numbersIn(expr: Expr): readonly number[] {
  const found: number[] = [];
  walk(expr, (each) => {
    if (each.kind === "constant" && each.constant.type === "int") {
      found.push(Number(each.constant.value));
    }
  });
  return found;
}

/** What the meaning of a text depends on: the bundle's parts, who is judged, what macros bind. */
function keyOf({ identity, judged, bound }: Surroundings): string {
  if (bound.size === 0) return `${identity} ${judged}`;
  const names = JSON.stringify([...bound].map(([name, term]) => [name, termText(term)]));
  return `${identity} ${judged} ${names}`;
}

function termText(term: Term): string {
  const plain: unknown = JSON.parse(JSON.stringify(term, textOfValue));
  return JSON.stringify(plain);
}

function textOfValue(key: string, value: unknown): unknown {
  if (value instanceof Map) return [...value];
  if (value instanceof Uint8Array) return [...value];
  return dropSources(key, value);
}
