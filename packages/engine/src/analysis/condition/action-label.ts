import { derivable } from "../../compile/check/matched-tools.ts";
import { falseSet, setOf, trueSet } from "../domain/value-set.ts";
import { all, always, any, atom, never, not } from "../formula/formula.ts";
import type { Formula } from "../formula/formula.ts";
import { toolLabels } from "./surroundings.ts";
import type { Surroundings } from "./surroundings.ts";
import { isFalse, isTrue, where } from "./three-way.ts";
import type { ThreeWay } from "./three-way.ts";

/** Whether an action of a place can have labels besides its tool's: those that facts derive. */
export function derivesLabels({ tool }: Pick<Surroundings, "tool">): boolean {
  return Object.values(tool?.arguments ?? {}).some((use) => use !== "content");
}

/**
 * When a condition finds a label in `action.labels`: those of its tool are always there; one that the
 * facts of annotated arguments derive may be, which is left open, the same for the same arguments;
 * no other. Where a fact has no value all of them are an error to read.
 */
export function actionLabel(label: string, surroundings: Surroundings): ThreeWay {
  const own = toolLabels(surroundings).includes(label);
  if (!derivesLabels(surroundings)) return own ? isTrue : isFalse;
  const known = labelsKnown(surroundings);
  if (own || !derivable.has(label)) return where(known, own ? isTrue : isFalse);
  const slot = derivedSlot("label", label, surroundings);
  return where(known, { holds: atom(slot, trueSet), fails: atom(slot, falseSet) });
}

/**
 * When a match finds a label. What narrows finds every one that can be derived where a fact has no
 * value; what grants finds only those that a fact shows, which are never more.
 */
export function matchedLabel(label: string, surroundings: Surroundings, grants: boolean): Formula {
  if (toolLabels(surroundings).includes(label)) return always;
  if (!derivesLabels(surroundings) || !derivable.has(label)) return never;
  const slot = derivedSlot("label", label, surroundings);
  const has = any([not(labelsKnown(surroundings)), atom(slot, trueSet)]);
  return grants ? all([has, atom(derivedSlot("sure label", label, surroundings), trueSet)]) : has;
}

function derivedSlot(what: string, label: string, { table, view }: Surroundings): string {
  return table.declare({
    name: `${what} ${view} ${label}`,
    meaning: { kind: "opaque", text: `'${label}' in action.labels`, numbers: [] },
    universe: setOf({ true: true, false: true }),
  });
}

function labelsKnown({ table, view }: Surroundings): Formula {
  const slot = table.declare({
    name: `labels ${view}`,
    meaning: { kind: "opaque", text: "action.labels", numbers: [] },
    universe: setOf({ true: true, absent: true }),
  });
  return atom(slot, trueSet);
}
