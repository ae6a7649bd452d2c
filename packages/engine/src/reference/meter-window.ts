import type { Meter } from "../document/history.ts";
import { endOfPeriodMs, periodOf } from "./calendar.ts";
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
  const sums = new Map<number, number>();
  for (const charge of charges) {
    const bucket = bucketIn(window, charge.atMs, nowMs);
    if (bucket === undefined) continue;
    sums.set(bucket, (sums.get(bucket) ?? 0) + charge.amount);
  }
  let total = 0;
  for (const bucket of [...sums.keys()].toSorted((a, b) => a - b)) total += sums.get(bucket) ?? 0;
  return total;
}

/**
 * Milliseconds until `amount` fits under `max` if nothing else is charged; the whole window when
 * it never would.
 */
export function retryAfterMs(
  window: Meter["window"],
  charges: readonly Charge[],
  nowMs: number,
  room: { readonly amount: number; readonly max: number },
): number {
  const end = "calendar" in window ? endOfPeriodMs(window, nowMs) : nowMs + window.slidingMs;
  const moments = charges
    .map((charge) => leavesAtMs(window, charge.atMs, end))
    .filter((moment) => moment > nowMs && moment < end)
    .toSorted((a, b) => a - b);
  const fits = moments.find(
    (moment) => chargedIn(window, charges, moment) + room.amount <= room.max,
  );
  return (fits ?? end) - nowMs;
}

/** The bucket of a charge when it counts at `nowMs`; one per calendar period. */
function bucketIn(window: Meter["window"], atMs: number, nowMs: number): number | undefined {
  if ("calendar" in window) {
    return atMs <= nowMs && periodOf(window, atMs) === periodOf(window, nowMs) ? 0 : undefined;
  }
  // Times 64, so that the bounds of buckets are whole numbers.
  const { slidingMs } = window;
  const bucket = Math.floor((atMs * buckets) / slidingMs);
  const endsAfterStart = (bucket + 1) * slidingMs > (nowMs - slidingMs) * buckets;
  return endsAfterStart && bucket * slidingMs <= nowMs * buckets ? bucket : undefined;
}

/** The first instant at which a charge no longer counts. */
function leavesAtMs(window: Meter["window"], atMs: number, endMs: number): number {
  if ("calendar" in window) return endMs;
  const bucket = Math.floor((atMs * buckets) / window.slidingMs);
  return Math.ceil(((bucket + 1) * window.slidingMs) / buckets) + window.slidingMs;
}
