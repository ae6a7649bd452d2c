import fc from "fast-check";
import { expect, test } from "vitest";
import { eitherNumber, noNumber, numbersBetween } from "../../src/analysis/domain/number-set.ts";
import {
  falseSet,
  hasValue,
  numbersIn,
  setOf,
  trueSet,
} from "../../src/analysis/domain/value-set.ts";
import type { ValueSet } from "../../src/analysis/domain/value-set.ts";
import { SlotTable } from "../../src/analysis/formula/slot.ts";
import { assign } from "../../src/analysis/solve/assignment.ts";

/** Numbers in some ranges between quarters. */
const numbers = fc
  .array(fc.tuple(fc.integer({ min: -8, max: 16 }), fc.integer({ min: 0, max: 8 })), {
    minLength: 1,
    maxLength: 3,
  })
  .map((ranges): ValueSet => {
    const sets = ranges.map(([low, size]) => numbersBetween(low / 4, (low + size) / 4));
    return numbersIn(sets.reduce((one, other) => eitherNumber(one, other), noNumber));
  });

/** What is said of the sum: that it is more than so many quarters, or not. */
const bounds = fc.array(fc.tuple(fc.integer({ min: -16, max: 40 }), fc.boolean()), {
  minLength: 1,
  maxLength: 3,
});

const eighths = Array.from({ length: 8 * 8 }, (_, index) => index / 8 - 2);

test("two numbers have the sum that is wanted, and none only where there are none", () => {
  const universe = setOf({ true: true, false: true });
  fc.assert(
    fc.property(numbers, numbers, bounds, (one, other, wanted) => {
      const table = new SlotTable();
      const sets = new Map([
        [table.declare({ name: "a", meaning: { kind: "meter", meter: "m" }, universe: one }), one],
        [
          table.declare({
            name: "b",
            meaning: { kind: "place", path: ["args", "b"] },
            universe: other,
          }),
          other,
        ],
      ]);
      for (const [quarters, isMore] of wanted) {
        const beyond = quarters / 4;
        const name = `sum ${beyond}`;
        table.declare({ name, meaning: { kind: "sum", one: "a", other: "b", beyond }, universe });
        const before = sets.get(name);
        if (before !== undefined && before.true !== isMore) return;
        sets.set(name, isMore ? trueSet : falseSet);
      }
      const fits = (a: number, b: number): boolean =>
        hasValue(one, a) &&
        hasValue(other, b) &&
        wanted.every(([quarters, isMore]) => a + b > quarters / 4 === isMore);
      const assignment = assign(table, sets, 0);
      const [a, b] = [assignment?.valueAt("a"), assignment?.valueAt("b")];
      const found = typeof a === "number" && typeof b === "number" && fits(a, b);
      const exists = eighths.some((x) => eighths.some((y) => fits(x, y)));
      expect(found).toBe(exists);
    }),
    { numRuns: 2_000 },
  );
});
