import type { Bundle } from "@holdfast/engine";
import type { Chance } from "./chance.ts";
import { crowd } from "./crowd.ts";
import { plainSet, policySet } from "./policy-set.ts";
import { soundSet } from "./sound-set.ts";

/** A policy set, and how it is walked over. */
export interface MadeSet {
  readonly bundle: Bundle;
  /** the set and its requests are plain: mostly decided the short way */
  readonly calm: boolean;
  readonly codeGeneration: boolean;
}

/**
 * The policy set of a number: of six one is made wholly by chance, one is plain, one plain with
 * crowds, and three grant and then narrow, one of those with crowds. Every fifth is decided
 * without generated code.
 */
export function madeSet(chance: Chance, fixed: Bundle, number: number): MadeSet {
  const kind = number % 6;
  const codeGeneration = number % 5 !== 4;
  const calm = kind === 2 || kind === 4;
  const make = kind === 0 ? policySet : calm ? plainSet : soundSet;
  const bundle = make(chance, fixed, number);
  if (kind < 4) return { bundle, calm, codeGeneration };
  const policies = [...bundle.policies, ...crowd(chance)];
  return { bundle: { ...bundle, policies }, calm, codeGeneration };
}
