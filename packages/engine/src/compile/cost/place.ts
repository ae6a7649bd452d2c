import { product } from "./measure.ts";
import type { Measure } from "./measure.ts";

/** A macro that runs its body again and again. */
export interface Loop {
  /** the most rounds of one run */
  readonly rounds: number;
  /** what it goes over, as written, when that is a path */
  readonly over: string | undefined;
}

/** Where a part of an expression stands: the loops around it, and how often it is visited at most. */
export interface Place {
  readonly loops: readonly Loop[];
  readonly visits: number;
}

/** A whole expression, visited once. */
export const outermost: Place = { loops: [], visits: 1 };

/** What a size adds up to over all visits of a place. */
export function sumOf({ each, total, within }: Measure, { loops, visits }: Place): number {
  return Math.min(visits * each, roundsBut(within, loops) * total);
}

/** What the product of two sizes adds up to over all visits of a place. */
export function productOf(a: Measure, b: Measure, place: Place): number {
  return Math.min(a.each * sumOf(b, place), b.each * sumOf(a, place));
}

/** The place within a loop whose rounds are those of `count`. */
export function inLoop(place: Place, loop: Loop, count: Measure): Place {
  return { loops: [...place.loops, loop], visits: sumOf(count, place) };
}

function roundsBut(within: ReadonlySet<Loop>, loops: readonly Loop[]): number {
  return product(loops.filter((loop) => !within.has(loop)));
}
