import { bothValues, isNoValue, isWithin } from "./value-set.ts";
import type { ValueSet } from "./value-set.ts";

/** Whether values of one set are all, none or some of them in another. */
export type Status = "holds" | "fails" | "open";

/** What one set says of another, kept: the questions about one place ask the same of the same sets. */
export class ValueMemory {
  readonly #met = new WeakMap<ValueSet, WeakMap<ValueSet, ValueSet>>();
  readonly #stood = new WeakMap<ValueSet, WeakMap<ValueSet, Status>>();

  /** As `bothValues`; the first set itself where it lies within the second. */
  both(one: ValueSet, other: ValueSet): ValueSet {
    return kept(this.#met, one, other, () => {
      const met = bothValues(one, other);
      return this.statusIn(one, other) === "holds" && !isNoValue(met) ? one : met;
    });
  }

  /** Whether a value that is in `current` is in `wanted`. */
  statusIn(current: ValueSet, wanted: ValueSet): Status {
    return kept(this.#stood, current, wanted, () => {
      if (isNoValue(bothValues(current, wanted))) return "fails";
      return isWithin(current, wanted) ? "holds" : "open";
    });
  }
}

function kept<Result>(
  memory: WeakMap<ValueSet, WeakMap<ValueSet, Result>>,
  one: ValueSet,
  other: ValueSet,
  compute: () => Result,
): Result {
  const inner = memory.get(one) ?? new WeakMap<ValueSet, Result>();
  memory.set(one, inner);
  const known = inner.get(other);
  if (known !== undefined) return known;
  const result = compute();
  inner.set(other, result);
  return result;
}
