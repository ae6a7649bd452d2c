import { Chance } from "./chance.ts";
import { fixedBundle, plainSet, policySet } from "./policy-set.ts";
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
}

/**
 * Compares the compiled engine with the reference on so many generated decisions; every fourth
 * policy set without generated code. Ends early once there is plenty to look at.
 */
export function runCampaign(pairs: number, seed: number): Campaign {
  const fixed = fixedBundle();
  const findings: Finding[] = [];
  let done = 0;
  let set = 0;
  for (; done < pairs && findings.length < 20; set += 1) {
    const count = Math.min(pairsPerSet, pairs - done);
    const { differences } = runSet(fixed, seed, set, count);
    for (const each of differences) findings.push(Object.assign({ seed, set }, each));
    done += count;
  }
  return { pairs: done, sets: set, findings };
}

/** One policy set of a campaign, as its seed and number alone make it. */
function runSet(
  fixed: ReturnType<typeof fixedBundle>,
  seed: number,
  set: number,
  pairs: number,
): { readonly differences: readonly Difference[]; readonly bundle: typeof fixed } {
  const chance = new Chance(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(set + 1, 0x85ebca6b));
  // Three of four sets are plain, and are asked plain requests: those that go the short way.
  const calm = set % 4 > 0;
  const bundle = calm ? plainSet(chance, fixed, set) : policySet(chance, fixed, set);
  const differences = walk(chance, bundle, pairs, { codeGeneration: set % 4 !== 3, calm });
  return { differences, bundle };
}
