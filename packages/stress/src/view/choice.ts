import { digestOf } from "@holdfast/model";
import type { JsonLike } from "@holdfast/model";

/**
 * One of several, picked by the digest of a seed: the same seed picks the same, and no order of runs
 * matters. `undefined` for none.
 */
export function chosen<T>(among: readonly T[], ...seed: readonly JsonLike[]): T | undefined {
  return among[among.length === 0 ? 0 : numberOf(seed) % among.length];
}

/** Up to `count` of several, in an order that the digest of a seed gives. */
export function chosenMany<T>(
  among: readonly T[],
  count: number,
  ...seed: readonly JsonLike[]
): readonly T[] {
  return among
    .map((each, at) => ({ each, rank: numberOf([...seed, at]) }))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, count)
    .map(({ each }) => each);
}

/** 48 bits of the digest of a seed. */
function numberOf(seed: readonly JsonLike[]): number {
  return Number.parseInt(digestOf(seed).slice("sha256:".length, "sha256:".length + 12), 16);
}
