import type { Bundle } from "@holdfast/engine";
import { Chance } from "../engine-fuzz/chance.ts";
import { madeSet } from "../engine-fuzz/made-set.ts";
import type { MadeSet } from "../engine-fuzz/made-set.ts";
import { fixedBundle } from "../engine-fuzz/policy-set.ts";

/** A policy set to walk over, and where the choices of the walk go on from. */
export interface WalkStart extends MadeSet {
  readonly chance: Chance;
}

let fixed: Bundle | undefined;
const sets = new Map<number, MadeSet>();

/**
 * The policy set of a number, as a campaign makes it. Sets are made once in a process: making them
 * needs nothing that is mutated.
 */
export function walkStart(set: number): WalkStart {
  fixed ??= fixedBundle();
  const made = sets.get(set) ?? madeSet(new Chance(Math.imul(set + 1, 0x9e3779b1)), fixed, set);
  sets.set(set, made);
  return { ...made, chance: new Chance(Math.imul(set + 1, 0x85ebca6b)) };
}
