import type { Action, ActionStream } from "./action-stream.ts";
import type { Contender } from "./contender.ts";
import { floorOf } from "./floor.ts";
import { batchSize, quantile, timeBatches, timeSingles } from "./measure.ts";
import type { RuleSource } from "./rule-source.ts";

/** How long decisions took, in ns; `undefined` where too few were made to say. */
export interface Timing {
  readonly p50Ns: number;
  readonly p99Ns: number | undefined;
  readonly p999Ns: number | undefined;
  readonly floorNs: number;
  /** how often it was measured */
  readonly method: string;
}

/** However slow an engine is, so many of its decisions are timed. */
const timedLeast = 5;

interface Measuring {
  readonly source: RuleSource;
  readonly quick: boolean;
  /** on the clock of `performance.now` */
  readonly deadlineMs: number;
}

/** Decisions that take less than some microseconds: batches of 64 for p50, single ones for p99. */
export function timeFast(
  contender: Contender,
  actions: readonly Action[],
  inputs: readonly unknown[],
  { source, quick }: Measuring,
): Timing {
  const floor = floorOf(source);
  const floorInputs = actions.map((action) => floor.prepare(action));
  const { decide } = contender;
  const own: number[] = [];
  const least: number[] = [];
  const turn = (): void => {
    inTurn(decide, inputs, own);
    inTurn(floor.decide, floorInputs, least);
  };
  repeatFor(quick ? 1_500 : 4_000, turn);
  own.length = 0;
  least.length = 0;
  repeatFor(quick ? 1_000 : 3_000, turn);
  const singles = timeSingles(decide, inputs, new Float64Array(quick ? 40_000 : 400_000));
  return summary(own, least, singles);
}

/** As `timeFast`, with requests whose texts no engine has seen: made anew for each batch. */
export function timeFresh(
  contender: Contender,
  stream: ActionStream,
  { source, quick }: Measuring,
): Timing {
  const floor = floorOf(source);
  const { decide } = contender;
  const own: number[] = [];
  const least: number[] = [];
  const turn = (): void => {
    timeBatches(decide, freshInputs(contender, stream), own);
    timeBatches(floor.decide, freshInputs(floor, stream), least);
  };
  repeatFor(quick ? 600 : 1_500, turn);
  own.length = 0;
  least.length = 0;
  repeatFor(quick ? 1_000 : 5_000, turn);
  const singles = new Float64Array((quick ? 4 : 20) * freshCount);
  for (let from = 0; from < singles.length; from += freshCount) {
    timeSingles(decide, freshInputs(contender, stream), singles.subarray(from, from + freshCount));
  }
  return summary(own, least, singles);
}

/** Made in large groups, so that making them does not fill the caches before each batch. */
const freshCount = 64 * batchSize;

function freshInputs<T>(contender: Contender<T>, stream: ActionStream): readonly T[] {
  return stream.take(freshCount).map((action) => contender.prepare(action));
}

/** Decisions that take long: each timed alone, as many as time allows. */
export async function timeSlow(
  contender: Contender,
  actions: readonly Action[],
  inputs: readonly unknown[],
  { source, quick, deadlineMs }: Measuring,
): Promise<Timing | undefined> {
  const times: number[] = [];
  const most = quick ? 1_000 : 20_000;
  const untilMs = Math.min(deadlineMs, performance.now() + (quick ? 1_500 : 5_000));
  while (times.length < most) {
    const input = inputs[times.length % inputs.length];
    const before = performance.now();
    if (contender.decideLater === undefined) contender.decide(input);
    else await contender.decideLater(input);
    const after = performance.now();
    times.push((after - before) * 1e6);
    if (after > untilMs && times.length >= timedLeast) break;
    if (after > deadlineMs) return undefined;
  }
  const least = timeFloor(source, actions, quick);
  return { ...summary(times, least, Float64Array.from(times)), method: `${times.length} single` };
}

/** The floor beside an engine too slow to take turns with. */
function timeFloor(source: RuleSource, actions: readonly Action[], quick: boolean): number[] {
  const floor = floorOf(source);
  const inputs = actions.map((action) => floor.prepare(action));
  const least: number[] = [];
  const pass = (): void => timeBatches(floor.decide, inputs, least);
  repeatFor(100, pass);
  least.length = 0;
  repeatFor(quick ? 100 : 400, pass);
  return least;
}

/** Both take turns of some length, so that each has the caches to itself and the same noise. */
function inTurn<T>(decide: (input: T) => number, inputs: readonly T[], into: number[]): void {
  timeBatches(decide, inputs, []);
  repeatFor(50, () => timeBatches(decide, inputs, into));
}

function repeatFor(ms: number, pass: () => void): void {
  const untilMs = performance.now() + ms;
  do pass();
  while (performance.now() < untilMs);
}

function summary(own: number[], least: number[], singles: Float64Array): Timing {
  return {
    p50Ns: quantile(Float64Array.from(own), 0.5),
    p99Ns: singles.length < 100 ? undefined : quantile(singles, 0.99),
    p999Ns: singles.length < 1_000 ? undefined : quantile(singles, 0.999),
    floorNs: quantile(Float64Array.from(least), 0.5),
    method: `${own.length} batches of ${batchSize}, ${singles.length} single`,
  };
}
