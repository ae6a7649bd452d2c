import { civilOf, daysOf, weekdayOf } from "./civil-date.ts";

/** A calendar window: the hour, day, week (from Monday) or month that holds an instant, in a zone. */
export interface CalendarWindow {
  readonly calendar: "hour" | "day" | "week" | "month";
  readonly zone: string;
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

/**
 * The period an instant falls in, as a text that is equal for instants of one period. An hour
 * that clocks go through twice is one period. Zones come from the runtime's own zone data.
 */
export function periodOf(window: CalendarWindow, atMs: number): string {
  const { year, month, day, hour } = localTime(window.zone, atMs);
  switch (window.calendar) {
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
export function endOfPeriodMs(window: CalendarWindow, atMs: number): number {
  const period = periodOf(window, atMs);
  let inside = atMs;
  let outside = atMs + longestMs[window.calendar];
  while (outside - inside > 1) {
    const middle = Math.floor((inside + outside) / 2);
    if (periodOf(window, middle) === period) inside = middle;
    else outside = middle;
  }
  return outside;
}

interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
}

function localTime(zone: string, atMs: number): LocalTime {
  const parts = new Intl.DateTimeFormat("en-US-u-ca-iso8601-nu-latn", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
  }).formatToParts(atMs);
  const part = (type: string): number =>
    Number(parts.find((candidate) => candidate.type === type)?.value);
  return { year: part("year"), month: part("month"), day: part("day"), hour: part("hour") };
}
