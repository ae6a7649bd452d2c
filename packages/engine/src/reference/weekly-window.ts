import { lowerAscii } from "@holdfast/model";
/** Hours of one day of the week: minutes from its midnight, `end` exclusive, at most two days on. */
interface Hours {
  /** Sunday 0 */
  readonly weekday: number;
  readonly start: number;
  readonly end: number;
}

const dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const minutesPerDay = 1_440;

/**
 * Weekly hours such as `mon-fri 09:00-17:00`, several divided by `;`. Days are names, ranges and
 * lists of both (`mon,wed-fri`); without days the hours hold every day. Hours may be a list
 * (`09:00-12:00,13:00-17:00`); an end at or before the start lies on the next day. Undefined for
 * other text.
 */
export function parseWindow(text: string): readonly Hours[] | undefined {
  const entries = lowerAscii(text)
    .split(";")
    .map((entry) => entry.trim());
  const all: Hours[] = [];
  for (const entry of entries) {
    const words = entry.split(/ +/);
    const days = words.length === 2 ? parseDays(words[0] ?? "") : dayNames.map((_, day) => day);
    const spans = (words.at(-1) ?? "").split(",").map((span) => parseSpan(span));
    if (days === undefined || words.length > 2) return undefined;
    for (const span of spans) {
      if (span === undefined) return undefined;
      all.push(...days.map((weekday) => ({ weekday, start: span.start, end: span.end })));
    }
  }
  return all;
}

/** Whether a minute of a weekday lies in the hours, those begun the day before included. */
export function isInWindow(window: readonly Hours[], weekday: number, minute: number): boolean {
  return window.some(
    (hours) =>
      (hours.weekday === weekday && minute >= hours.start && minute < hours.end) ||
      (hours.weekday === (weekday + 6) % 7 && minute + minutesPerDay < hours.end),
  );
}

function parseDays(text: string): readonly number[] | undefined {
  const days = new Set<number>();
  for (const part of text.split(",")) {
    const [first = "", last = first, ...more] = part.split("-");
    const from = dayNames.indexOf(first);
    const to = dayNames.indexOf(last);
    if (from < 0 || to < 0 || more.length > 0) return undefined;
    for (let day = from; day !== to; day = (day + 1) % 7) days.add(day);
    days.add(to);
  }
  return [...days];
}

function parseSpan(text: string): { readonly start: number; readonly end: number } | undefined {
  const match = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(text);
  if (match === null) return undefined;
  const start = minuteOf(match[1], match[2]);
  const end = minuteOf(match[3], match[4]);
  if (start === undefined || end === undefined || start >= minutesPerDay) return undefined;
  return { start, end: end <= start ? end + minutesPerDay : end };
}

/** The minute of the day; `24:00` is its end. */
function minuteOf(hours: string | undefined, minutes: string | undefined): number | undefined {
  const minute = Number(hours) * 60 + Number(minutes);
  return Number(minutes) < 60 && minute <= minutesPerDay ? minute : undefined;
}
