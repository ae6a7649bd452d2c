import { celError } from "./cel-error.ts";
import type { CelError } from "./cel-error.ts";
import { civilOf, daysOf } from "./civil-date.ts";
import { Duration, Timestamp, isDuration, isTimestamp } from "./time-value.ts";

const nanosPerSecond = 1_000_000_000n;
const timestampPattern =
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** The instant of an RFC 3339 text, or `invalid_argument` / `overflow`. */
export function parseTimestamp(text: string): Timestamp | CelError {
  const match = timestampPattern.exec(text);
  if (match === null) return notTimestamp(text);
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number);
  const offset = offsetMinutes(match[8] ?? "Z");
  if (
    year === undefined ||
    month === undefined ||
    day === undefined ||
    hour === undefined ||
    minute === undefined ||
    second === undefined ||
    offset === undefined
  ) {
    return notTimestamp(text);
  }
  const days = daysOf(year, month, day);
  const back = civilOf(days);
  const exists = back.year === year && back.month === month && back.day === day;
  if (!exists || hour > 23 || minute > 59 || second > 59) return notTimestamp(text);
  const seconds = BigInt(days * 86_400 + hour * 3_600 + (minute - offset) * 60 + second);
  const nanos = seconds * nanosPerSecond + BigInt((match[7] ?? "").padEnd(9, "0"));
  return isTimestamp(nanos)
    ? new Timestamp(nanos)
    : celError("overflow", `the timestamp \`${text}\` is outside the years 1 to 9999`);
}

function offsetMinutes(zone: string): number | undefined {
  if (zone === "Z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}

function notTimestamp(text: string): CelError {
  return celError("invalid_argument", `\`${clip(text)}\` is not an RFC 3339 timestamp`);
}

/** RFC 3339 text in UTC with as many fractional digits as needed. */
export function formatTimestamp(timestamp: Timestamp): string {
  const seconds = floorDivide(timestamp.nanos, nanosPerSecond);
  const fraction = timestamp.nanos - seconds * nanosPerSecond;
  const days = floorDivide(seconds, 86_400n);
  const { year, month, day } = civilOf(Number(days));
  const ofDay = Number(seconds - days * 86_400n);
  const date = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
  const time = `${pad(Math.floor(ofDay / 3_600), 2)}:${pad(Math.floor(ofDay / 60) % 60, 2)}`;
  return `${date}T${time}:${pad(ofDay % 60, 2)}${fractionText(fraction)}Z`;
}

const unitNanos: ReadonlyMap<string, bigint> = new Map([
  ["ns", 1n],
  ["us", 1_000n],
  ["µs", 1_000n],
  ["μs", 1_000n],
  ["ms", 1_000_000n],
  ["s", nanosPerSecond],
  ["m", 60n * nanosPerSecond],
  ["h", 3_600n * nanosPerSecond],
]);

/**
 * The duration of a text such as `1h30m`, `-1.5s` or `250ms` (cel-spec, langdef.md, "Duration"):
 * fractions finer than a nanosecond are cut off.
 */
export function parseDuration(text: string): Duration | CelError {
  const negative = text.startsWith("-");
  const body = negative || text.startsWith("+") ? text.slice(1) : text;
  if (body === "0") return new Duration(0n);
  if (text.length > 200 || !/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(body)) {
    return celError("invalid_argument", `\`${clip(text)}\` is not a duration such as \`1h30m\``);
  }
  let nanos = 0n;
  for (const [, whole = "", fraction = "", unit = ""] of body.matchAll(
    /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g,
  )) {
    const scale = unitNanos.get(unit) ?? 0n;
    nanos += BigInt(whole) * scale;
    nanos += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
  }
  const signed = negative ? -nanos : nanos;
  return isDuration(signed)
    ? new Duration(signed)
    : celError("overflow", `the duration \`${text}\` is longer than about 292 years`);
}

/** Seconds with as many fractional digits as needed, then `s`. */
export function formatDuration(duration: Duration): string {
  const length = duration.nanos < 0n ? -duration.nanos : duration.nanos;
  const sign = duration.nanos < 0n ? "-" : "";
  return `${sign}${length / nanosPerSecond}${fractionText(length % nanosPerSecond)}s`;
}

function fractionText(nanos: bigint): string {
  return nanos === 0n ? "" : `.${String(nanos).padStart(9, "0").replace(/0+$/, "")}`;
}

/** Division rounding towards minus infinity, so that times before 1970 fall on the right day. */
function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}

function pad(value: number, length: number): string {
  return String(value).padStart(length, "0");
}

function clip(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
