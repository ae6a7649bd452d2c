import { eitherValue, isNoValue, otherValues } from "../domain/value-set.ts";
import type { ValueSet } from "../domain/value-set.ts";

/**
 * What must be so of the values of slots. In negation normal form: only atoms speak of values, and
 * the negation of an atom is the atom of all other values.
 */
export type Formula =
  | { readonly kind: "true" }
  | { readonly kind: "false" }
  /** the value at `slot` is in `set` */
  | { readonly kind: "atom"; readonly slot: string; readonly set: ValueSet }
  | { readonly kind: "all" | "any"; readonly parts: readonly Formula[] };

export const always: Formula = { kind: "true" };
export const never: Formula = { kind: "false" };

/** The value at a slot is one of a set. */
export function atom(slot: string, set: ValueSet): Formula {
  if (isNoValue(set)) return never;
  if (isNoValue(otherValues(set))) return always;
  return { kind: "atom", slot, set };
}

/** All of them hold. */
export function all(parts: readonly Formula[]): Formula {
  return joined("all", parts, never, always);
}

/** At least one of them holds. */
export function any(parts: readonly Formula[]): Formula {
  return joined("any", parts, always, never);
}

function joined(
  kind: "all" | "any",
  parts: readonly Formula[],
  decisive: Formula,
  neutral: Formula,
): Formula {
  const kept: Formula[] = [];
  const bySlot = new Map<string, number>();
  for (const part of parts) {
    if (part.kind === decisive.kind) return decisive;
    if (part.kind === neutral.kind) continue;
    if (part.kind === kind) {
      for (const inner of part.parts) add(kind, inner, kept, bySlot);
    } else add(kind, part, kept, bySlot);
  }
  // Several sets that were met or joined may leave nothing open.
  if (
    kept.some((part) => part.kind === "atom" && atom(part.slot, part.set).kind === decisive.kind)
  ) {
    return decisive;
  }
  const [first] = kept;
  if (first === undefined) return neutral;
  return kept.length === 1 ? first : { kind, parts: kept };
}

/** WHY: what several atoms say of one slot is one atom, which the search then never splits. */
function add(
  kind: "all" | "any",
  part: Formula,
  kept: Formula[],
  bySlot: Map<string, number>,
): void {
  if (part.kind === "atom") {
    const index = bySlot.get(part.slot);
    const known = index === undefined ? undefined : kept[index];
    if (index !== undefined && known?.kind === "atom") {
      const set =
        kind === "any" ? eitherValue(known.set, part.set) : exactBoth(known.set, part.set);
      if (set !== undefined) {
        kept[index] = { kind: "atom", slot: part.slot, set };
        return;
      }
    } else bySlot.set(part.slot, kept.length);
  }
  kept.push(part);
}

/** The values in both; `undefined` when that is too hard, for a formula must say exactly this. */
function exactBoth(one: ValueSet, other: ValueSet): ValueSet | undefined {
  const neither = eitherValue(otherValues(one), otherValues(other));
  return neither === undefined ? undefined : otherValues(neither);
}

/** It does not hold. */
export function not(formula: Formula): Formula {
  switch (formula.kind) {
    case "true":
      return never;
    case "false":
      return always;
    case "atom":
      return atom(formula.slot, otherValues(formula.set));
    case "all":
      return any(formula.parts.map(not));
    case "any":
      return all(formula.parts.map(not));
  }
}

/** Every slot that a formula speaks of. */
export function slotsOf(formula: Formula, found: Set<string> = new Set()): Set<string> {
  if (formula.kind === "atom") found.add(formula.slot);
  else if (formula.kind === "all" || formula.kind === "any") {
    for (const part of formula.parts) slotsOf(part, found);
  }
  return found;
}
