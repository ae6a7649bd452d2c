import type { Budget } from "./budget.ts";
import { celError } from "./cel-error.ts";
import type { CelError } from "./cel-error.ts";
import { unary } from "./function-family.ts";
import type { FunctionFamily } from "./function-family.ts";
import { doubleText, parseDouble } from "./number-text.ts";
import { formatDuration, formatTimestamp, parseDuration, parseTimestamp } from "./time-text.ts";
import { Duration, Timestamp, isDuration, isTimestamp } from "./time-value.ts";
import { typeNameOf } from "./value-type.ts";
import { TypeValue, Uint } from "./value.ts";
import type { Value } from "./value.ts";

/** Type conversions (cel-spec, langdef.md, "List of Standard Definitions"): exact or an error. */
export const conversionFunctions: FunctionFamily = {
  global: {
    bool: unary("bool", toBool),
    bytes: unary("bytes", toBytes),
    double: unary("double", toDouble),
    duration: unary("duration", toDuration),
    dyn: unary("dyn", (value) => value),
    int: unary("int", toInt),
    string: unary("string", toText),
    timestamp: unary("timestamp", toTimestamp),
    type: unary("type", (value) => new TypeValue(typeNameOf(value))),
    uint: unary("uint", toUint),
  },
};

const textTrue: ReadonlySet<string> = new Set(["1", "t", "true", "TRUE", "True"]);
const textFalse: ReadonlySet<string> = new Set(["0", "f", "false", "FALSE", "False"]);
const nanosPerSecond = 1_000_000_000n;
/** No 64-bit integer needs more digits; a longer text is refused before it is converted. */
const digitsMax = 64;

function only(value: Value, holds: boolean): Value | undefined {
  return holds ? value : undefined;
}

function toBool(value: Value): Value | CelError | undefined {
  if (typeof value !== "string") return only(value, typeof value === "boolean");
  if (textTrue.has(value)) return true;
  return textFalse.has(value) ? false : notA("bool", value);
}

function toBytes(value: Value, budget: Budget): Value | CelError | undefined {
  if (typeof value !== "string") return only(value, value instanceof Uint8Array);
  budget.walk(value.length);
  return new TextEncoder().encode(value);
}

function toDouble(value: Value, budget: Budget): Value | CelError | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Uint) return Number(value.value);
  if (typeof value !== "string") return undefined;
  budget.walk(value.length);
  return parseDouble(value) ?? notA("double", value);
}

function toInt(value: Value): Value | CelError | undefined {
  if (typeof value === "bigint") return value;
  if (value instanceof Uint) return inInt(value.value);
  // WHY exclusive: as the suite tests, both ends round to doubles that may lie outside.
  if (typeof value === "number") {
    return value > -(2 ** 63) && value < 2 ** 63
      ? BigInt(Math.trunc(value))
      : outside("int", value);
  }
  if (value instanceof Duration) return value.nanos / nanosPerSecond;
  if (value instanceof Timestamp) {
    const seconds = value.nanos / nanosPerSecond;
    return value.nanos % nanosPerSecond < 0n ? seconds - 1n : seconds;
  }
  if (typeof value !== "string") return undefined;
  if (value.length > digitsMax || !/^[+-]?\d+$/.test(value)) return notA("int", value);
  return inInt(BigInt(value.replace(/^\+/, "")));
}

function inInt(value: bigint): Value | CelError {
  return BigInt.asIntN(64, value) === value ? value : outside("int", value);
}

function toUint(value: Value): Value | CelError | undefined {
  if (value instanceof Uint) return value;
  if (typeof value === "bigint") return inUint(value);
  if (typeof value === "number") {
    return value >= 0 && value < 2 ** 64
      ? new Uint(BigInt(Math.trunc(value)))
      : outside("uint", value);
  }
  if (typeof value !== "string") return undefined;
  if (value.length > digitsMax || !/^\d+$/.test(value)) return notA("uint", value);
  return inUint(BigInt(value));
}

function inUint(value: bigint): Value | CelError {
  return BigInt.asUintN(64, value) === value ? new Uint(value) : outside("uint", value);
}

function toText(value: Value, budget: Budget): Value | CelError | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (value instanceof Uint) return String(value.value);
  if (typeof value === "number") return doubleText(value);
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Duration) return formatDuration(value);
  if (!(value instanceof Uint8Array)) return undefined;
  budget.walk(value.length);
  return decodeText(value) ?? celError("invalid_argument", "the bytes are not UTF-8");
}

/** The text that UTF-8 bytes hold, a byte order mark included; undefined when they are not UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function toDuration(value: Value): Value | CelError | undefined {
  if (typeof value === "string") return parseDuration(value);
  if (typeof value !== "bigint") return only(value, value instanceof Duration);
  const nanos = value * nanosPerSecond;
  return isDuration(nanos) ? new Duration(nanos) : outside("duration", value);
}

function toTimestamp(value: Value): Value | CelError | undefined {
  if (value instanceof Timestamp) return value;
  if (typeof value === "string") return parseTimestamp(value);
  if (typeof value !== "bigint") return undefined;
  const nanos = value * nanosPerSecond;
  return isTimestamp(nanos) ? new Timestamp(nanos) : outside("timestamp", value);
}

function notA(type: string, text: string): CelError {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return celError("invalid_argument", `\`${shown}\` is not the text of a ${type}`);
}

function outside(type: string, value: number | bigint): CelError {
  return celError("overflow", `\`${value}\` is outside the range of ${type}`);
}
