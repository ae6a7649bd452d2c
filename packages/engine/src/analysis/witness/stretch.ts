import type { Json } from "@holdfast/model";
import type { CaseWitness } from "./witness.ts";

/** The longest text that is tried, in characters. */
const lengthMax = 100_000;

/** How many lengths are tried of one text. */
const lengthsMax = 12;

/**
 * The witness with one text argument made longer, to lengths on both sides of `numbers` and
 * between them. Conditions on `size()` of long texts, or of texts that a rule puts together, are
 * not looked into, so that the search gives them short ones; the engine says whether a length fits.
 */
export function stretched(
  { given, request }: CaseWitness,
  numbers: readonly number[],
): readonly CaseWitness[] {
  const args = request.args ?? {};
  const wanted = lengthsAround(numbers);
  return Object.entries(args).flatMap(([name, value]) =>
    wanted.flatMap((length) => {
      const longer = lengthened(value, length);
      return longer === undefined
        ? []
        : [{ given, request: { ...request, args: { ...args, [name]: longer } } }];
    }),
  );
}

function lengthened(value: Json, length: number): Json | undefined {
  return typeof value === "string" && value.length < length ? value.padEnd(length, "x") : undefined;
}

/** Just above each number and half way to the next, the smallest numbers first. */
function lengthsAround(numbers: readonly number[]): readonly number[] {
  const sorted = [...new Set(numbers)]
    .filter((number) => number > 0 && number < lengthMax)
    .toSorted((a, b) => a - b);
  const lengths = sorted.flatMap((number, index) => {
    const next = sorted[index + 1];
    return next === undefined
      ? [number, number + 1]
      : [number, number + 1, Math.floor((number + next) / 2)];
  });
  return [...new Set(lengths)].slice(0, lengthsMax);
}
