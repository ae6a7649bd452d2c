/**
 * A set of JSON numbers, that is of finite doubles: the whole ones and the others apart, since CEL
 * reads whole numbers as ints and the others as doubles. Ranges are closed, ascending and apart.
 */
export interface NumberSet {
  readonly whole: readonly Range[];
  readonly broken: readonly Range[];
}

type Range = readonly [low: number, high: number];

const largest = Number.MAX_VALUE;
/** Beyond it every double is whole. */
const brokenEnd = 2 ** 52;

export const noNumber: NumberSet = { whole: [], broken: [] };
export const anyNumber: NumberSet = numbersBetween(-largest, largest);

/** Every number of a closed range. */
export function numbersBetween(low: number, high: number): NumberSet {
  return { whole: wholeRange(low, high), broken: brokenRange(low, high) };
}

/** The whole numbers of a closed range. */
export function wholeBetween(low: number, high: number): NumberSet {
  return { whole: wholeRange(low, high), broken: [] };
}

/** The least double above. */
export function above(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  const size = Math.abs(value);
  // Half a unit in the last place, and a little more: the sum rounds to the next double.
  if (size > 2 ** -900) return value + size * (2 ** -53 + 2 ** -105);
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + (value > 0 ? 1n : -1n));
  return view.getFloat64(0);
}

/** The greatest double below. */
export function below(value: number): number {
  return -above(-value);
}

/**
 * The least number of at least 0 that is more than `max` with `amount` added, as doubles add; both
 * are at least 0. `Infinity` where no double is.
 */
export function leastBeyond(amount: number, max: number): number {
  const view = new DataView(new ArrayBuffer(8));
  // Doubles of at least 0 stand in the order of their bits, and there are too many to go through
  // one by one: between 0 and 1 lie as many as 2 ** 62.
  const double = (bits: bigint): number => {
    view.setBigUint64(0, bits);
    return view.getFloat64(0);
  };
  view.setFloat64(0, Infinity);
  let [low, high] = [0n, view.getBigUint64(0)];
  while (low < high) {
    const middle = (low + high) / 2n;
    if (double(middle) + amount > max) high = middle;
    else low = middle + 1n;
  }
  return double(low);
}

/** Numbers smaller than a bound, or greater than it, the bound itself included or not. */
export function numbersBelow(bound: number, inclusive: boolean): NumberSet {
  return numbersBetween(-largest, inclusive ? bound : below(bound));
}

export function numbersAbove(bound: number, inclusive: boolean): NumberSet {
  return numbersBetween(inclusive ? bound : above(bound), largest);
}

export function otherNumbers(set: NumberSet): NumberSet {
  if (isNoNumber(set)) return anyNumber;
  if (set === anyNumber) return noNumber;
  const { whole, broken } = set;
  return {
    whole: gaps(
      whole,
      (value) => nextWhole(value, 1),
      (value) => nextWhole(value, -1),
    ).flatMap(([low, high]) => wholeRange(low, high)),
    broken: gaps(broken, above, below).flatMap(([low, high]) => brokenRange(low, high)),
  };
}

export function bothNumbers(one: NumberSet, other: NumberSet): NumberSet {
  if (one === anyNumber || one === other) return other;
  if (other === anyNumber) return one;
  if (isNoNumber(one) || isNoNumber(other)) return noNumber;
  return {
    whole: meet(one.whole, other.whole).flatMap(([low, high]) => wholeRange(low, high)),
    broken: meet(one.broken, other.broken).flatMap(([low, high]) => brokenRange(low, high)),
  };
}

export function eitherNumber(one: NumberSet, other: NumberSet): NumberSet {
  if (isNoNumber(one)) return other;
  if (isNoNumber(other)) return one;
  return otherNumbers(bothNumbers(otherNumbers(one), otherNumbers(other)));
}

export function isNoNumber({ whole, broken }: NumberSet): boolean {
  return whole.length === 0 && broken.length === 0;
}

/** Whether each range of `one` lies in a range of `other`; false may also mean in several. */
export function rangesWithin(one: NumberSet, other: NumberSet): boolean {
  const inside = (ranges: readonly Range[], around: readonly Range[]): boolean =>
    ranges.every(([low, high]) => around.some(([from, to]) => from <= low && high <= to));
  return inside(one.whole, other.whole) && inside(one.broken, other.broken);
}

export function hasNumber({ whole, broken }: NumberSet, value: number): boolean {
  const ranges = Number.isInteger(value) ? whole : broken;
  return ranges.some(([low, high]) => low <= value && value <= high);
}

/** The smallest whole number of the set that is at least `least`. */
export function wholeFrom({ whole }: NumberSet, least: number): number | undefined {
  const range = whole.find(([, high]) => high >= least);
  return range === undefined ? undefined : Math.max(range[0], least);
}

/** Up to `wanted` numbers: nearest to 0 first, and both ends of each range. */
export function numbersOf({ whole, broken }: NumberSet, wanted: number): readonly number[] {
  const found = new Set<number>();
  for (const [ranges, step] of [
    [whole, 1],
    [broken, 0],
  ] as const) {
    for (const [low, high] of ranges) {
      const near = low > 0 ? low : high < 0 ? high : step === 1 ? 0 : brokenNear(low, high);
      for (const value of [near, low, high, near + step, near - step]) {
        if (hasNumber({ whole, broken }, value)) found.add(Object.is(value, -0) ? 0 : value);
      }
    }
  }
  const readable = (value: number): number => Math.abs(value);
  return [...found].toSorted((a, b) => readable(a) - readable(b) || b - a).slice(0, wanted);
}

function brokenNear(low: number, high: number): number {
  return high >= 0.5 ? 0.5 : low <= -0.5 ? -0.5 : high > 0 ? high : low;
}

function wholeRange(low: number, high: number): Range[] {
  const from = Math.max(Math.ceil(low), -largest);
  const to = Math.min(Math.floor(high), largest);
  return from <= to ? [[from, to]] : [];
}

function brokenRange(low: number, high: number): Range[] {
  const from = low <= -brokenEnd ? -(brokenEnd - 0.5) : Number.isInteger(low) ? above(low) : low;
  const to = high >= brokenEnd ? brokenEnd - 0.5 : Number.isInteger(high) ? below(high) : high;
  return from <= to ? [[from, to]] : [];
}

function nextWhole(value: number, direction: 1 | -1): number {
  if (Math.abs(value) < 2 ** 53) return value + direction;
  return direction === 1 ? above(value) : below(value);
}

function gaps(
  ranges: readonly Range[],
  after: (value: number) => number,
  before: (value: number) => number,
): Range[] {
  const result: Range[] = [];
  let low = -largest;
  let done = false;
  for (const [from, to] of ranges) {
    if (from > low) result.push([low, before(from)]);
    if (to === largest) done = true;
    else low = after(to);
  }
  if (!done) result.push([low, largest]);
  return result;
}

function meet(one: readonly Range[], other: readonly Range[]): Range[] {
  const result: Range[] = [];
  let first = 0;
  let second = 0;
  for (;;) {
    const left = one[first];
    const right = other[second];
    if (left === undefined || right === undefined) return result;
    const low = Math.max(left[0], right[0]);
    const high = Math.min(left[1], right[1]);
    if (low <= high) result.push([low, high]);
    if (left[1] < right[1]) first += 1;
    else second += 1;
  }
}
