import { lowerAscii } from "@holdfast/model";
/** Hours of one weekday, Sunday 0, in minutes from its midnight; `until` may lie on the next day. */
export interface Hours {
  readonly weekday: number;
  readonly from: number;
  readonly until: number;
}

const dayMinutes = 1_440;
const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** Weekly hours such as `mon-fri 09:00-17:00; sat 10:00-12:00`; `undefined` for other text. */
export function readHours(text: string): readonly Hours[] | undefined {
  const all: Hours[] = [];
  for (const written of lowerAscii(text).split(";")) {
    const words = written.trim().split(/ +/);
    const [first = "", second] = words;
    const named = second === undefined ? [0, 1, 2, 3, 4, 5, 6] : readDays(first);
    if (words.length > 2 || named === undefined) return undefined;
    for (const span of (second ?? first).split(",")) {
      const read = readSpan(span);
      if (read === undefined) return undefined;
      for (const weekday of named) all.push({ weekday, from: read[0], until: read[1] });
    }
  }
  return all;
}

/** Whether a minute of a weekday lies within the hours. */
export function isOpenAt(hours: readonly Hours[], weekday: number, minute: number): boolean {
  return hours.some((each) => {
    if (each.weekday === weekday) {
      if (minute >= each.from && minute < each.until) return true;
    }
    return (each.weekday + 1) % 7 === weekday && minute + dayMinutes < each.until;
  });
}

function readDays(text: string): readonly number[] | undefined {
  const named: number[] = [];
  for (const part of text.split(",")) {
    const ends = part.split("-");
    const from = days.indexOf(ends[0] ?? "");
    const to = days.indexOf(ends[ends.length - 1] ?? "");
    if (from < 0 || to < 0 || ends.length > 2) return undefined;
    for (let day = from; ; day = (day + 1) % 7) {
      named.push(day);
      if (day === to) break;
    }
  }
  return named;
}

function readSpan(text: string): readonly [number, number] | undefined {
  const shape = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(text);
  if (shape === null) return undefined;
  const [h1 = 0, m1 = 0, h2 = 0, m2 = 0] = shape.slice(1).map(Number);
  const from = h1 * 60 + m1;
  const until = h2 * 60 + m2;
  if (m1 > 59 || m2 > 59 || from >= dayMinutes || until > dayMinutes) return undefined;
  return [from, until <= from ? until + dayMinutes : until];
}
