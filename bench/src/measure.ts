/** Decides one prepared input; a number, so that no answer can go unused. */
type Decide<T> = (input: T) => number;

/** The value below which a share of the numbers lies; sorts them. */
export function quantile(numbers: Float64Array, share: number): number {
  numbers.sort();
  return numbers[Math.min(numbers.length - 1, Math.floor(numbers.length * share))] ?? 0;
}

/** What all measured decisions answered, added up: kept where the compiler cannot see it unused. */
const consumed = { sum: 0 };

export const batchSize = 64;

/** The time of each decision in batches of 64, in ns. */
export function timeBatches<T>(decide: Decide<T>, inputs: readonly T[], into: number[]): void {
  for (let from = 0; from + batchSize <= inputs.length; from += batchSize) {
    into.push(timeBatch(decide, inputs, from) / batchSize);
  }
}

function timeBatch<T>(decide: Decide<T>, inputs: readonly T[], from: number): number {
  let sum = 0;
  const before = performance.now();
  for (let at = from; at < from + batchSize; at += 1) sum += decide(inputs[at] as T);
  const after = performance.now();
  consumed.sum += sum;
  return (after - before) * 1e6;
}

/** The time of single decisions less the median of an empty measurement, in ns. */
export function timeSingles<T>(
  decide: Decide<T>,
  inputs: readonly T[],
  into: Float64Array,
): Float64Array {
  const timer = timerMedian();
  const { length } = inputs;
  let sum = 0;
  for (let count = 0; count < into.length; count += 1) {
    const input = inputs[count % length] as T;
    const before = performance.now();
    sum += decide(input);
    const after = performance.now();
    into[count] = (after - before) * 1e6 - timer;
  }
  consumed.sum += sum;
  return into;
}

/** The median time that measuring nothing takes, in ns. */
function timerMedian(): number {
  const times = new Float64Array(20_001);
  for (let count = 0; count < times.length; count += 1) {
    const before = performance.now();
    const after = performance.now();
    times[count] = (after - before) * 1e6;
  }
  return quantile(times, 0.5);
}
