import { Census } from "./census.ts";
import { Chance } from "./chance.ts";
import { madeSet } from "./made-set.ts";
import { fixedBundle } from "./policy-set.ts";
import { walk } from "./walk.ts";
import type { Difference } from "./walk.ts";

const pairsPerSet = 400;

/** A difference with what it takes to see it again. */
export interface Finding extends Difference {
  readonly seed: number;
  readonly set: number;
}

/** What a run of so many compared decisions has found. */
export interface Campaign {
  readonly pairs: number;
  readonly sets: number;
  readonly findings: readonly Finding[];
  /** what was made and decided on the way */
  readonly census: Census;
}

/**
 * Compares the compiled engine with the reference on so many generated decisions. Ends early once there is plenty to look at.
 */
export function runCampaign(pairs: number, seed: number): Campaign {
  const fixed = fixedBundle();
  const census = new Census();
  const findings: Finding[] = [];
  let done = 0;
  let set = 0;
  for (; done < pairs && findings.length < 20; set += 1) {
    const count = Math.min(pairsPerSet, pairs - done);
    const differences = runSet(fixed, { seed, set, pairs: count, census });
    for (const each of differences) findings.push(Object.assign({ seed, set }, each));
    done += count;
  }
  return { pairs: done, sets: set, findings, census };
}

interface SetRun {
  readonly seed: number;
  readonly set: number;
  readonly pairs: number;
  readonly census: Census;
}

/** One policy set of a campaign, as its seed and number alone make it. */
function runSet(
  fixed: ReturnType<typeof fixedBundle>,
  { seed, set, pairs, census }: SetRun,
): readonly Difference[] {
  const chance = new Chance(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(set + 1, 0x85ebca6b));
  const { bundle, ...how } = madeSet(chance, fixed, set);
  census.noteSet(bundle);
  return walk(chance, bundle, pairs, { ...how, census });
}
