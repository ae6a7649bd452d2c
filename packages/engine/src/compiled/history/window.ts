import type { Meter } from "../../document/history.ts";
import { dateOf } from "../value/calendar-date.ts";
import { offsetIn } from "../value/zone.ts";

type Calendar = Extract<Meter["window"], { readonly calendar: string }>;

const bucketsPerWindow = 64;
const hourMs = 3_600_000;
const longestMs = {
  hour: 3 * hourMs,
  day: 26 * hourMs,
  week: 170 * hourMs,
  month: 746 * hourMs,
} as const;

/** How a Meter divides time: by buckets of a sliding window, or by calendar periods of a zone. */
export class Window {
  /** equal for windows that divide time alike */
  readonly id: string;
  readonly slidingMs: number | undefined;
  readonly #calendar: Calendar | undefined;

  constructor(window: Meter["window"]) {
    this.id = "slidingMs" in window ? `${window.slidingMs}` : `${window.calendar} ${window.zone}`;
    this.slidingMs = "slidingMs" in window ? window.slidingMs : undefined;
    this.#calendar = "calendar" in window ? window : undefined;
  }

  /** How long a charge can count at most. */
  get reachMs(): number {
    if (this.slidingMs !== undefined) return this.slidingMs * 2;
    return longestMs[this.#calendar?.calendar ?? "month"];
  }

  /** The bucket or period that an instant lies in, as a number that grows with time. */
  bucketOf(atMs: number): number {
    if (this.slidingMs !== undefined) {
      return Math.floor((atMs * bucketsPerWindow) / this.slidingMs);
    }
    const seconds = Math.floor(atMs / 1_000);
    const calendar = this.#calendar?.calendar ?? "day";
    const local =
      seconds + (this.#calendar === undefined ? 0 : offsetIn(this.#calendar.table, seconds));
    switch (calendar) {
      case "hour":
        return Math.floor(local / 3_600);
      case "day":
        return Math.floor(local / 86_400);
      case "week":
        return Math.floor((Math.floor(local / 86_400) + 3) / 7);
      case "month": {
        const { year, month } = dateOf(Math.floor(local / 86_400));
        return year * 12 + month;
      }
    }
  }

  /** Whether a bucket counts at `nowMs`, by its own bounds; periods count when it is theirs. */
  counts(bucket: number, nowMs: number): boolean {
    const { slidingMs } = this;
    if (slidingMs === undefined) return bucket === this.bucketOf(nowMs);
    const begun = bucket * slidingMs <= nowMs * bucketsPerWindow;
    return begun && (bucket + 1) * slidingMs > (nowMs - slidingMs) * bucketsPerWindow;
  }

  /** The instant after which waiting longer changes nothing that is charged now. */
  endMs(nowMs: number): number {
    if (this.slidingMs !== undefined) return nowMs + this.slidingMs;
    const period = this.bucketOf(nowMs);
    let inside = nowMs;
    let outside = nowMs + longestMs[this.#calendar?.calendar ?? "month"];
    while (outside - inside > 1) {
      const middle = Math.floor((inside + outside) / 2);
      if (this.bucketOf(middle) === period) inside = middle;
      else outside = middle;
    }
    return outside;
  }

  /** The first instant after `nowMs` at which other buckets than now may count. */
  sameUntilMs(nowMs: number): number {
    if (this.slidingMs === undefined) return this.endMs(nowMs);
    const bucket = this.bucketOf(nowMs);
    let untilMs = Math.max(
      nowMs + 1,
      Math.ceil(((bucket + 1) * this.slidingMs) / bucketsPerWindow),
    );
    // What rounding made too late or too early is put right by asking.
    while (untilMs - 1 > nowMs && this.bucketOf(untilMs - 1) > bucket) untilMs -= 1;
    return untilMs;
  }

  /** The first instant at which a charge no longer counts; `endMs` for periods. */
  leavesAtMs(atMs: number, endMs: number): number {
    const { slidingMs } = this;
    if (slidingMs === undefined) return endMs;
    return Math.ceil(((this.bucketOf(atMs) + 1) * slidingMs) / bucketsPerWindow) + slidingMs;
  }
}
