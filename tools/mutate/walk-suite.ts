import { expect, test } from "vitest";
import { walk } from "../engine-fuzz/walk.ts";
import { walkStart } from "./walk-bundle.ts";

/**
 * Walks of `npm run fuzz:engine`, short ones: a test each, so that a mutant dies at the first step
 * that one engine decides unlike the other.
 */
const sets = 32;
const pairs = 200;

for (let set = 0; set < sets; set += 1) {
  test(`both engines decide alike on a walk over policy set ${set}`, () => {
    const { bundle, chance, ...how } = walkStart(set);
    expect(walk(chance, bundle, pairs, how)).toEqual([]);
  });
}
