import type { Loop } from "./place.ts";

/**
 * A size that is not known but bounded: what one value can have at most (`each`), and what all the
 * values together have that a part of an expression meets in the rounds of the loops `within`. The
 * rounds of a loop over a list look at other elements each, and they share what the list has: so
 * a pass over the parts of the parts of one request costs what the request has, not a product.
 */
export interface Measure {
  readonly each: number;
  readonly total: number;
  readonly within: ReadonlySet<Loop>;
}

const nowhere: ReadonlySet<Loop> = new Set();

/** The size of one value that is the same in every round. */
export function measured(each: number, total: number = each): Measure {
  return { each, total, within: nowhere };
}

/** The size of so many times the value. */
export function scaled({ each, total, within }: Measure, factor: number): Measure {
  return { each: each * factor, total: total * factor, within };
}

/** The size of two values together. */
export function plus(a: Measure, b: Measure): Measure {
  const within = new Set([...a.within, ...b.within]);
  return { each: a.each + b.each, total: spread(a, within) + spread(b, within), within };
}

/** The size of a value that is one of two. */
export function larger(a: Measure, b: Measure): Measure {
  const within = new Set([...a.within, ...b.within]);
  return {
    each: Math.max(a.each, b.each),
    total: Math.max(spread(a, within), spread(b, within)),
    within,
  };
}

/** The total over more loops than it was taken over. */
function spread({ total, within }: Measure, over: ReadonlySet<Loop>): number {
  return total * product([...over].filter((loop) => !within.has(loop)));
}

/** The rounds of loops within each other. */
export function product(loops: Iterable<Loop>): number {
  let rounds = 1;
  for (const loop of loops) rounds *= loop.rounds;
  return rounds;
}
