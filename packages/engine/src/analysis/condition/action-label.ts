import { derivable } from "../../compile/check/matched-tools.ts";
import { falseSet, setOf, trueSet } from "../domain/value-set.ts";
import { atom } from "../formula/formula.ts";
import { toolLabels } from "./surroundings.ts";
import type { Surroundings } from "./surroundings.ts";
import { isFalse, isTrue } from "./three-way.ts";
import type { ThreeWay } from "./three-way.ts";

/** Whether an action of a place can have labels besides its tool's: those that facts derive. */
export function derivesLabels({ tool }: Pick<Surroundings, "tool">): boolean {
  return Object.values(tool?.arguments ?? {}).some((use) => use !== "content");
}

/**
 * When an action has a label: those of its tool it always has; one that the facts of annotated
 * arguments derive it may have, which is left open, the same for the same arguments; no other.
 */
export function actionLabel(label: string, surroundings: Surroundings): ThreeWay {
  if (toolLabels(surroundings).includes(label)) return isTrue;
  if (!derivesLabels(surroundings) || !derivable.has(label)) return isFalse;
  const slot = surroundings.table.declare({
    name: `label ${surroundings.view} ${label}`,
    meaning: { kind: "opaque", text: `'${label}' in action.labels`, numbers: [] },
    universe: setOf({ true: true, false: true }),
  });
  return { holds: atom(slot, trueSet), fails: atom(slot, falseSet) };
}
