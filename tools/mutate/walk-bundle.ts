import type { Bundle } from "@holdfast/engine";
import { Chance } from "../engine-fuzz/chance.ts";
import { fixedBundle, plainSet, policySet } from "../engine-fuzz/policy-set.ts";

/** A policy set to walk over, and where the choices of the walk go on from. */
export interface WalkStart {
  readonly bundle: Bundle;
  readonly chance: Chance;
}

let fixed: Bundle | undefined;
const bundles = new Map<number, Bundle>();

/**
 * The policy set of a number, every second one plain. Sets are made once in a process: making them
 * needs nothing that is mutated.
 */
export function walkStart(set: number): WalkStart {
  fixed ??= fixedBundle();
  const known = bundles.get(set);
  const chance = new Chance(Math.imul(set + 1, 0x9e3779b1));
  const bundle = known ?? (set % 2 > 0 ? plainSet : policySet)(chance, fixed, set);
  bundles.set(set, bundle);
  return { bundle, chance: new Chance(Math.imul(set + 1, 0x85ebca6b)) };
}
