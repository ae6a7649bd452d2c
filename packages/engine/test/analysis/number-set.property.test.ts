import fc from "fast-check";
import { expect, test } from "vitest";
import {
  above,
  below,
  bothNumbers,
  eitherNumber,
  hasNumber,
  isNoNumber,
  leastBeyond,
  noNumber,
  numbersAbove,
  numbersBelow,
  numbersBetween,
  numbersOf,
  otherNumbers,
  wholeBetween,
} from "../../src/analysis/domain/number-set.ts";
import type { NumberSet } from "../../src/analysis/domain/number-set.ts";

const ends = fc.oneof(
  fc.integer({ min: -4, max: 4 }),
  fc.constantFrom(
    0.5,
    -0.5,
    2.25,
    2 ** 53,
    -(2 ** 53),
    2 ** 52 + 1,
    Number.MAX_VALUE,
    Number.MIN_VALUE,
  ),
);
const sets: fc.Arbitrary<NumberSet> = fc.oneof(
  fc.tuple(ends, ends).map(([a, b]) => numbersBetween(Math.min(a, b), Math.max(a, b))),
  fc.tuple(ends, ends).map(([a, b]) => wholeBetween(Math.min(a, b), Math.max(a, b))),
  fc.tuple(ends, fc.boolean()).map(([a, inclusive]) => numbersAbove(a, inclusive)),
  fc.tuple(ends, fc.boolean()).map(([a, inclusive]) => numbersBelow(a, inclusive)),
);
const numbers = fc.oneof(
  ends,
  ends.map((value) => above(value)).filter(Number.isFinite),
  ends.map((value) => below(value)).filter(Number.isFinite),
  ends.map((value) => value + 1),
);

test("both, either and the others are those of numbers", () => {
  fc.assert(
    fc.property(sets, sets, numbers, (one, other, value) => {
      const [a, b] = [hasNumber(one, value), hasNumber(other, value)];
      expect(hasNumber(bothNumbers(one, other), value)).toBe(a && b);
      expect(hasNumber(eitherNumber(one, other), value)).toBe(a || b);
      expect(hasNumber(otherNumbers(one), value)).toBe(!a);
    }),
    { numRuns: 3_000 },
  );
});

test("a set without numbers is empty, and the numbers of another are in it", () => {
  fc.assert(
    fc.property(sets, sets, (one, other) => {
      const both = bothNumbers(one, otherNumbers(other));
      const found = numbersOf(both, 6);
      expect(found.length === 0).toBe(isNoNumber(both));
      expect(found.every((value) => hasNumber(both, value))).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test("bounds are exact to the last bit", () => {
  expect(hasNumber(numbersAbove(5, false), 5)).toBe(false);
  expect(hasNumber(numbersAbove(5, false), above(5))).toBe(true);
  expect(hasNumber(numbersBelow(5, true), 5)).toBe(true);
  expect(hasNumber(numbersBelow(5, false), below(5))).toBe(true);
  expect(bothNumbers(numbersAbove(5, false), numbersBelow(6, false)).whole).toEqual([]);
  expect(isNoNumber(bothNumbers(numbersAbove(5, false), numbersBelow(5, false)))).toBe(true);
  expect(isNoNumber(noNumber)).toBe(true);
});

test("the least number beyond a bound is beyond it, and the one below is not", () => {
  const sizes = fc.oneof(
    fc.nat({ max: 4 }),
    fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(0.1, 0.5, 1e15, 2 ** 53, Number.MAX_VALUE, Number.MIN_VALUE),
  );
  fc.assert(
    fc.property(sizes, sizes, fc.boolean(), (one, other, same) => {
      const [amount, max] = [one, same ? one : other];
      const least = leastBeyond(amount, max);
      expect(least + amount > max).toBe(true);
      if (least > 0) expect(below(least) + amount > max).toBe(false);
    }),
    { numRuns: 3_000 },
  );
});

test("an amount as great as the bound leaves the least number there is", () => {
  expect(leastBeyond(1, 1)).toBe(2 ** -52 / 2 + 2 ** -105);
  expect(leastBeyond(0, 0)).toBe(Number.MIN_VALUE);
  expect(leastBeyond(2, 1)).toBe(0);
});
