import { above } from "../domain/number-set.ts";
import type { NumberSet } from "../domain/number-set.ts";
import { hasValue, isWithin, numberSet } from "../domain/value-set.ts";
import type { Held, ValueSet } from "../domain/value-set.ts";
import type { SlotTable } from "../formula/slot.ts";

/** What is chosen of two numbers whose sum, as doubles add, is more than `low` and at most `high`. */
interface Sum {
  readonly one: string;
  readonly other: string;
  low: number;
  high: number;
}

type Range = NumberSet["whole"][number];

/**
 * Gives numbers that are added values whose sums are as was chosen, as far as some are found. False
 * only where no values of the sets have such a sum, which is a proof. `setOf`: what a place can be.
 */
export function chooseSums(
  table: SlotTable,
  sets: ReadonlyMap<string, ValueSet>,
  chosen: Map<string, Held>,
  setAt: (slot: string) => ValueSet,
): boolean {
  for (const sum of sumsIn(table, sets)) {
    const [one, other] = [setAt(sum.one), setAt(sum.other)];
    if (cannotBe(sum, one, other)) return false;
    const fitting = valuesFor(sum, one, other, chosen);
    if (fitting === undefined) continue;
    chosen.set(sum.one, fitting[0]);
    chosen.set(sum.other, fitting[1]);
  }
  return true;
}

/** What all that is said of the sum of the same two places leaves of it. */
function sumsIn(table: SlotTable, sets: ReadonlyMap<string, ValueSet>): readonly Sum[] {
  const sums = new Map<string, Sum>();
  for (const [name, set] of sets) {
    const { meaning } = table.get(name);
    if (meaning.kind !== "sum" || set.true === set.false) continue;
    const { one, other, beyond } = meaning;
    const key = JSON.stringify([one, other]);
    const sum = sums.get(key) ?? { one, other, low: -Infinity, high: Infinity };
    if (set.true) sum.low = Math.max(sum.low, beyond);
    else sum.high = Math.min(sum.high, beyond);
    sums.set(key, sum);
  }
  return [...sums.values()];
}

/** Whether no two numbers of the sets have such a sum; sums grow with what is added. */
function cannotBe({ low, high }: Sum, one: ValueSet, other: ValueSet): boolean {
  if (low >= high) return true;
  // Of what is no number there is no sum, and nothing that could be wrong of it.
  if (!isWithin(one, numberSet) || !isWithin(other, numberSet)) return false;
  return rangesOf(one.numbers).every(([from, to]) =>
    rangesOf(other.numbers).every(
      ([otherFrom, otherTo]) => to + otherTo <= low || from + otherFrom > high,
    ),
  );
}

function rangesOf({ whole, broken }: NumberSet): readonly Range[] {
  return [...whole, ...broken];
}

function valuesFor(
  sum: Sum,
  first: ValueSet,
  second: ValueSet,
  chosen: ReadonlyMap<string, Held>,
): readonly [number, number] | undefined {
  const fits = (a: number, b: number): boolean =>
    a + b > sum.low && a + b <= sum.high && hasValue(first, a) && hasValue(second, b);
  const [one, other] = [chosen.get(sum.one), chosen.get(sum.other)];
  if (typeof one === "number" && typeof other === "number" && fits(one, other)) return [one, other];
  for (const range of rangesOf(first.numbers)) {
    for (const otherRange of rangesOf(second.numbers)) {
      for (const a of [...range, ...otherRange.flatMap((b) => completing(b, sum, range))]) {
        const b = completing(a, sum, otherRange).find((value) => fits(a, value));
        if (b !== undefined) return [a, b];
      }
    }
  }
  return undefined;
}

/** What of a range makes a number the wanted sum, from just beyond `low` to `high`, ends included. */
function completing(value: number, { low, high }: Sum, [from, to]: Range): readonly number[] {
  const least = Math.max(from, low - value);
  const most = Math.min(to, high - value);
  const middle = (least + most) / 2;
  const wanted = [from, to, Math.floor(least) + 1, Math.floor(most), middle, above(least), most];
  return wanted.map((each) => Math.min(to, Math.max(from, each)));
}
