/** A day of the proleptic Gregorian calendar; month and day count from 1. */
export interface CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const cumulative = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334] as const;

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Days from 1970-01-01 to the first day of a year. */
function daysToYear(year: number): number {
  const before = year - 1;
  const leaps = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  return before * 365 + leaps - 719_162;
}

/** Days since 1970-01-01 of a date; months from 1 to 12, days that do not exist count on. */
export function dayNumber(year: number, month: number, day: number): number {
  const leapDay = month > 2 && isLeap(year) ? 1 : 0;
  return daysToYear(year) + (cumulative[month - 1] ?? 0) + leapDay + day - 1;
}

/** The date so many days after 1970-01-01. */
export function dateOf(days: number): CalendarDate {
  let year = Math.floor(days / 365.2425) + 1970;
  while (daysToYear(year) > days) year -= 1;
  while (daysToYear(year + 1) <= days) year += 1;
  let rest = days - daysToYear(year);
  let month = 12;
  while (month > 1 && startOf(month, year) > rest) month -= 1;
  rest -= startOf(month, year);
  return { year, month, day: rest + 1 };
}

function startOf(month: number, year: number): number {
  return (cumulative[month - 1] ?? 0) + (month > 2 && isLeap(year) ? 1 : 0);
}

/** Day of the year from 0. */
export function dayOfYear(days: number): number {
  return days - daysToYear(dateOf(days).year);
}

/** Day of the week, Sunday 0. */
export function weekday(days: number): number {
  return (((days + 4) % 7) + 7) % 7;
}
