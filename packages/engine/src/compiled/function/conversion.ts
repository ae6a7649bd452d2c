import { lowerAscii } from "@holdfast/model";
import { base64ToBytes, bytesToBase64 } from "../value/base64.ts";
import type { Failure } from "../value/failure.ts";
import { plainOf } from "../value/order.ts";
import {
  durationText,
  isInstant,
  isLength,
  nanosPerSecond,
  readDuration,
  readTimestamp,
  split,
  timestampText,
} from "../value/time.ts";
import {
  Double,
  Duration,
  Timestamp,
  TypeName,
  Uint,
  bigOf,
  doubleOf,
  intOf,
  realOf,
  typeNamed,
  typeOf,
} from "../value/value.ts";
import type { Result, Value } from "../value/value.ts";
import { fail, one } from "./family.ts";
import type { Family, Workbench } from "./family.ts";

/** Conversions between types, exact or an error, and the encoders. */
export const conversion: Family = {
  global: new Map([
    one("bool", toBool),
    one("bytes", toBytes),
    one("double", toDouble),
    one("duration", toDuration),
    one("dyn", (value) => value),
    one("int", toInt),
    one("string", toText),
    one("timestamp", toTimestamp),
    one("type", (value) => typeNamed(typeOf(value)) ?? new TypeName(typeOf(value))),
    one("uint", toUint),
    one("base64.encode", (value, { budget }) => {
      if (!(value instanceof Uint8Array)) return undefined;
      budget.walk(value.length * 2);
      return bytesToBase64(value);
    }),
    one("base64.decode", (value, { budget }) => {
      if (typeof value !== "string") return undefined;
      budget.walk(value.length);
      return base64ToBytes(value) ?? fail("invalid_argument", "the text is not base64");
    }),
  ]),
  member: new Map(),
};

const bools: ReadonlyMap<string, boolean> = new Map([
  ...["1", "t", "true", "TRUE", "True"].map((text) => [text, true] as const),
  ...["0", "f", "false", "FALSE", "False"].map((text) => [text, false] as const),
]);

function toBool(value: Value): Result | undefined {
  if (typeof value === "boolean") return value;
  return typeof value === "string" ? (bools.get(value) ?? not("bool", value)) : undefined;
}

function toBytes(value: Value, { budget }: Workbench): Result | undefined {
  if (value instanceof Uint8Array) return value;
  if (typeof value !== "string") return undefined;
  budget.walk(value.length);
  return new TextEncoder().encode(value);
}

function toDouble(value: Value, { budget }: Workbench): Result | undefined {
  if (typeof value === "number" || typeof value === "bigint") return doubleOf(Number(value));
  if (value instanceof Double) return value;
  if (value instanceof Uint) return doubleOf(Number(value.value));
  if (typeof value !== "string") return undefined;
  budget.walk(value.length);
  const read = readDouble(value);
  return read === undefined ? not("double", value) : doubleOf(read);
}

function readDouble(text: string): number | undefined {
  const body = /^[+-]/.test(text) ? text.slice(1) : text;
  const sign = text.startsWith("-") ? -1 : 1;
  const word = lowerAscii(body);
  if (word === "nan") return Number.NaN;
  if (word === "inf" || word === "infinity") return sign * Number.POSITIVE_INFINITY;
  if (!/^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/.test(word)) return undefined;
  const value = sign * Number(body);
  return Number.isFinite(value) ? value : undefined;
}

function toInt(value: Value): Result | undefined {
  const whole = bigOf(value);
  if (whole !== undefined) return value;
  const real = realOf(value);
  if (real !== undefined) {
    const fits = real > -(2 ** 63) && real < 2 ** 63;
    return fits ? intOf(BigInt(Math.trunc(real))) : outside("int", real);
  }
  if (value instanceof Uint) return inRange(value.value);
  if (value instanceof Duration) return intOf(value.nanos / nanosPerSecond);
  if (value instanceof Timestamp) return split(value.nanos).seconds;
  if (typeof value !== "string") return undefined;
  if (value.length > 64 || !/^[+-]?\d+$/.test(value)) return not("int", value);
  return inRange(BigInt(value.startsWith("+") ? value.slice(1) : value));
}

function inRange(value: bigint): Result {
  return BigInt.asIntN(64, value) === value ? intOf(value) : outside("int", value);
}

function toUint(value: Value): Result | undefined {
  if (value instanceof Uint) return value;
  const whole = bigOf(value);
  if (whole !== undefined) return unsigned(whole);
  const real = realOf(value);
  if (real !== undefined) {
    const fits = real >= 0 && real < 2 ** 64;
    return fits ? new Uint(BigInt(Math.trunc(real))) : outside("uint", real);
  }
  if (typeof value !== "string") return undefined;
  if (value.length > 64 || !/^\d+$/.test(value)) return not("uint", value);
  return unsigned(BigInt(value));
}

function unsigned(value: bigint): Result {
  return BigInt.asUintN(64, value) === value ? new Uint(value) : outside("uint", value);
}

function toText(value: Value, { budget }: Workbench): Result | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (typeof value === "number") return doubleWords(value);
  if (value instanceof Double) return doubleWords(plainOf(value));
  if (value instanceof Uint) return String(value.value);
  if (value instanceof Timestamp) return timestampText(value);
  if (value instanceof Duration) return durationText(value);
  if (!(value instanceof Uint8Array)) return undefined;
  budget.walk(value.length);
  return textOf(value) ?? fail("invalid_argument", "the bytes are not UTF-8");
}

/** The shortest text that reads back as this number. */
export function doubleWords(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** The text of UTF-8 bytes; `undefined` when they are none. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function toDuration(value: Value): Result | undefined {
  if (value instanceof Duration) return value;
  if (typeof value === "string") return readDuration(value);
  const seconds = bigOf(value);
  if (seconds === undefined) return undefined;
  const nanos = seconds * nanosPerSecond;
  return isLength(nanos) ? new Duration(nanos) : outside("duration", seconds);
}

function toTimestamp(value: Value): Result | undefined {
  if (value instanceof Timestamp) return value;
  if (typeof value === "string") return readTimestamp(value);
  const seconds = bigOf(value);
  if (seconds === undefined) return undefined;
  const nanos = seconds * nanosPerSecond;
  return isInstant(nanos) ? new Timestamp(nanos) : outside("timestamp", seconds);
}

function not(type: string, text: string): Failure {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return fail("invalid_argument", `\`${shown}\` is not the text of a ${type}`);
}

function outside(type: string, value: number | bigint): Failure {
  return fail("overflow", `\`${value}\` is outside the range of ${type}`);
}
