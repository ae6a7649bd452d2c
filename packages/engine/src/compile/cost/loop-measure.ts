import { product } from "./measure.ts";
import type { Measure } from "./measure.ts";
import type { Loop } from "./place.ts";

/** The size of the parts that the rounds of a loop look at, one each. */
export function partOf(measure: Measure, loop: Loop): Measure {
  return { ...measure, within: new Set([...measure.within, loop]) };
}

/** The size of what the rounds of a loop give together. */
export function gathered(measure: Measure, loop: Loop): Measure {
  const total = measure.within.has(loop) ? measure.total : measure.total * loop.rounds;
  return {
    each: measure.each,
    total,
    within: new Set([...measure.within].filter((each) => each !== loop)),
  };
}

/** The size when one value is known to have no more than `most`. */
export function atMost(measure: Measure, most: number): Measure {
  const each = Math.min(measure.each, most);
  return { ...measure, each, total: Math.min(measure.total, each * product(measure.within)) };
}
