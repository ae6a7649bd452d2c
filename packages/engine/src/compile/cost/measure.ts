/** A macro that runs its body again and again. */
export interface Loop {
  /** the most rounds of one run */
  readonly rounds: number;
  /** what it goes over, as written, when that is a path */
  readonly over: string | undefined;
}

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

/** Where a part of an expression stands: the loops around it, and how often it is visited at most. */
export interface Place {
  readonly loops: readonly Loop[];
  readonly visits: number;
}

const nowhere: ReadonlySet<Loop> = new Set();

export const outermost: Place = { loops: [], visits: 1 };

/** The size of one value that is the same in every round. */
export function measured(each: number, total: number = each): Measure {
  return { each, total, within: nowhere };
}

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

/** The size when one value is known to have no more than `most`. */
export function atMost(measure: Measure, most: number): Measure {
  const each = Math.min(measure.each, most);
  return { ...measure, each, total: Math.min(measure.total, each * product(measure.within)) };
}

/** The total over more loops than it was taken over. */
function spread({ total, within }: Measure, over: ReadonlySet<Loop>): number {
  return total * product([...over].filter((loop) => !within.has(loop)));
}

function roundsBut(within: ReadonlySet<Loop>, loops: readonly Loop[]): number {
  return product(loops.filter((loop) => !within.has(loop)));
}

function product(loops: Iterable<Loop>): number {
  let rounds = 1;
  for (const loop of loops) rounds *= loop.rounds;
  return rounds;
}
