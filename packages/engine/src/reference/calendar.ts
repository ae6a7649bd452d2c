import type { ZoneTable } from "../document/zone-table.ts";
import { civilOf, daysOf, weekdayOf } from "./civil-date.ts";
import { tableOffset } from "./time-zone.ts";

/** A calendar window: the hour, day, week (from Monday) or month that holds an instant, in a zone. */
export interface CalendarWindow {
  readonly calendar: "hour" | "day" | "week" | "month";
  readonly table: ZoneTable;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The longest a period can be, with the hour that a change of clocks may add. */
const longestMs: Readonly<Record<CalendarWindow["calendar"], number>> = {
  hour: 3 * hourMs,
  day: 26 * hourMs,
  week: 7 * dayMs + 2 * hourMs,
  month: 31 * dayMs + 2 * hourMs,
};

/** The calendar of one window, by the table of its zone. */
export class Calendar {
  readonly #window: CalendarWindow;

  constructor(window: CalendarWindow) {
    this.#window = window;
  }

  /**
   * The period an instant falls in, as a text that is equal for instants of one period. An hour
   * that clocks go through twice is one period.
   */
  periodOf(atMs: number): string {
    const { year, month, day, hour } = this.#localTime(atMs);
    switch (this.#window.calendar) {
      case "hour":
        return `${year}-${month}-${day}T${hour}`;
      case "day":
        return `${year}-${month}-${day}`;
      case "week": {
        const days = daysOf(year, month, day);
        const monday = civilOf(days - ((weekdayOf(days) + 6) % 7));
        return `${monday.year}-${monday.month}-${monday.day}`;
      }
      case "month":
        return `${year}-${month}`;
    }
  }

  /** The first millisecond after the period that holds `atMs`. */
  endOfPeriodMs(atMs: number): number {
    const period = this.periodOf(atMs);
    let inside = atMs;
    let outside = atMs + longestMs[this.#window.calendar];
    while (outside - inside > 1) {
      const middle = Math.floor((inside + outside) / 2);
      if (this.periodOf(middle) === period) inside = middle;
      else outside = middle;
    }
    return outside;
  }

  #localTime(atMs: number): LocalTime {
    const seconds = Math.floor(atMs / 1_000);
    const local = seconds + tableOffset(this.#window.table, seconds);
    const days = Math.floor(local / 86_400);
    return { ...civilOf(days), hour: Math.floor((local - days * 86_400) / 3_600) };
  }
}

interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
}
