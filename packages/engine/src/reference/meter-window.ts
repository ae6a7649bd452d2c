import type { Meter } from "../document/history.ts";
import { Calendar } from "./calendar.ts";
import type { Charge } from "./reference-state.ts";

/** Parts that a sliding window moves on by (POLICY.md section 3). */
const buckets = 64;

/**
 * What is charged within the window that ends at `nowMs`. Amounts are added bucket by bucket,
 * oldest first, and in order within a bucket, so that rounding is the same for every engine.
 *
 * A sliding window counts a bucket, an n-th of its length, while any instant of it lies within
 * (now - window, now].
 */
export function chargedIn(
  window: Meter["window"],
  charges: readonly Charge[],
  nowMs: number,
): number {
  const bucketOf = bucketsOf(window, nowMs);
  const sums = new Map<number, number>();
  for (const charge of charges) {
    const bucket = bucketOf(charge.atMs);
    if (bucket === undefined) continue;
    sums.set(bucket, (sums.get(bucket) ?? 0) + charge.amount);
  }
  let total = 0;
  for (const bucket of [...sums.keys()].toSorted((a, b) => a - b)) total += sums.get(bucket) ?? 0;
  return total;
}

/**
 * Milliseconds until `amount` fits under `max` if nothing else is charged, never too few: what is
 * charged now leaves a sliding window up to one bucket after a whole window has passed. The whole
 * window when it never would.
 */
export function retryAfterMs(
  window: Meter["window"],
  charges: readonly Charge[],
  nowMs: number,
  room: { readonly amount: number; readonly max: number },
): number {
  const end =
    "calendar" in window ? new Calendar(window).endOfPeriodMs(nowMs) : nowMs + window.slidingMs;
  // Charges of one bucket leave together, so there are few moments to look at.
  const moments = new Set(charges.map((charge) => leavesAtMs(window, charge.atMs, end)));
  const fits = [...moments]
    .filter((moment) => moment > nowMs)
    .toSorted((a, b) => a - b)
    .find((moment) => chargedIn(window, charges, moment) + room.amount <= room.max);
  return (fits ?? end) - nowMs;
}

/** Finds the bucket of a charge when it counts at `nowMs`; a calendar period is one bucket. */
function bucketsOf(window: Meter["window"], nowMs: number): (atMs: number) => number | undefined {
  if ("calendar" in window) {
    const calendar = new Calendar(window);
    const period = calendar.periodOf(nowMs);
    return (atMs) => (atMs <= nowMs && calendar.periodOf(atMs) === period ? 0 : undefined);
  }
  // Times 64, so that the bounds of buckets are whole numbers.
  const { slidingMs } = window;
  return (atMs) => {
    const bucket = Math.floor((atMs * buckets) / slidingMs);
    const endsAfterStart = (bucket + 1) * slidingMs > (nowMs - slidingMs) * buckets;
    return endsAfterStart && bucket * slidingMs <= nowMs * buckets ? bucket : undefined;
  };
}

/** The first instant at which a charge no longer counts. */
function leavesAtMs(window: Meter["window"], atMs: number, endMs: number): number {
  if ("calendar" in window) return endMs;
  const bucket = Math.floor((atMs * buckets) / window.slidingMs);
  return Math.ceil(((bucket + 1) * window.slidingMs) / buckets) + window.slidingMs;
}
