import { dateOf, dayNumber } from "./calendar-date.ts";
import { Failure } from "./failure.ts";
import { Duration, Timestamp } from "./value.ts";

export const nanosPerSecond = 1_000_000_000n;

/** Whether nanoseconds since 1970 lie in the years 1 to 9999. */
export function isInstant(nanos: bigint): boolean {
  return nanos >= -62_135_596_800n * nanosPerSecond && nanos < 253_402_300_800n * nanosPerSecond;
}

/** Whether nanoseconds are a length of time that fits 64 bits. */
export function isLength(nanos: bigint): boolean {
  return nanos >= -(2n ** 63n) && nanos < 2n ** 63n;
}

/** The instant of an RFC 3339 text, or the error that it is none. */
export function readTimestamp(text: string): Timestamp | Failure {
  const wrong = new Failure("invalid_argument", `\`${clip(text)}\` is not an RFC 3339 timestamp`);
  const shape =
    /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,9})?(?:Z|([+-])(\d\d):(\d\d))$/.exec(text);
  if (shape === null) return wrong;
  const field = (index: number): number => Number(shape[index] ?? "0");
  const [year, month, day] = [field(1), field(2), field(3)];
  const [hour, minute, second] = [field(4), field(5), field(6)];
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return wrong;
  const days = dayNumber(year, month, day);
  if (dateOf(days).month !== month || field(9) > 23 || field(10) > 59) return wrong;
  const ahead = (shape[8] === "-" ? -1 : 1) * (field(9) * 60 + field(10)) * 60;
  const seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - ahead;
  const fraction = (shape[7] ?? ".").slice(1).padEnd(9, "0");
  const nanos = BigInt(seconds) * nanosPerSecond + BigInt(fraction);
  if (isInstant(nanos)) return new Timestamp(nanos);
  return new Failure("overflow", `the timestamp \`${text}\` is outside the years 1 to 9999`);
}

/** RFC 3339 text in UTC. */
export function timestampText({ nanos }: Timestamp): string {
  const { seconds, rest } = split(nanos);
  const days = Math.floor(seconds / 86_400);
  const { year, month, day } = dateOf(days);
  const clock = seconds - days * 86_400;
  const two = (value: number): string => String(value).padStart(2, "0");
  const date = `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;
  const time = `${two(Math.floor(clock / 3_600))}:${two(Math.floor(clock / 60) % 60)}`;
  return `${date}T${time}:${two(clock % 60)}${decimals(rest)}Z`;
}

/** Whole seconds, rounded down, and the nanoseconds above them. */
export function split(nanos: bigint): { readonly seconds: number; readonly rest: bigint } {
  let seconds = nanos / nanosPerSecond;
  let rest = nanos % nanosPerSecond;
  if (rest < 0n) {
    seconds -= 1n;
    rest += nanosPerSecond;
  }
  return { seconds: Number(seconds), rest };
}

const units: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: nanosPerSecond,
  m: 60n * nanosPerSecond,
  h: 3_600n * nanosPerSecond,
};

/** The duration of a text such as `1h30m`, or the error that it is none. */
export function readDuration(text: string): Duration | Failure {
  const sign = text.startsWith("-") ? -1n : 1n;
  let rest = /^[+-]/.test(text) ? text.slice(1) : text;
  if (rest === "0") return new Duration(0n);
  const wrong = new Failure(
    "invalid_argument",
    `\`${clip(text)}\` is not a duration such as \`1h30m\``,
  );
  if (rest === "" || text.length > 200) return wrong;
  let nanos = 0n;
  while (rest !== "") {
    const part = /^(?:(\d+)(?:\.(\d*))?|\.(\d+))(ns|us|µs|μs|ms|s|m|h)/.exec(rest);
    if (part === null) return wrong;
    const scale = units[part[4] ?? ""] ?? 0n;
    const fraction = part[2] ?? part[3] ?? "";
    nanos += BigInt(part[1] ?? "0") * scale;
    nanos += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
    rest = rest.slice(part[0].length);
  }
  if (isLength(sign * nanos)) return new Duration(sign * nanos);
  return new Failure("overflow", `the duration \`${text}\` is longer than about 292 years`);
}

/** Seconds with as many decimals as needed, then `s`. */
export function durationText({ nanos }: Duration): string {
  const length = nanos < 0n ? -nanos : nanos;
  const whole = `${length / nanosPerSecond}${decimals(length % nanosPerSecond)}`;
  return `${nanos < 0n ? "-" : ""}${whole}s`;
}

function decimals(nanos: bigint): string {
  return nanos === 0n ? "" : `.${String(nanos).padStart(9, "0").replace(/0+$/, "")}`;
}

function clip(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
