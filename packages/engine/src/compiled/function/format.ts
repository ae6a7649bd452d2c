import { upperAscii } from "@holdfast/model";
import type { Budget } from "../value/budget.ts";
import { Failure } from "../value/failure.ts";
import { entriesOf, isMap } from "../value/map.ts";
import { orderOfTexts } from "../value/order.ts";
import { durationText, timestampText } from "../value/time.ts";
import {
  Double,
  Duration,
  Timestamp,
  TypeName,
  Uint,
  bigOf,
  isList,
  realOf,
  typeOf,
} from "../value/value.ts";
import type { Value } from "../value/value.ts";
import { doubleWords, textOf } from "./conversion.ts";
import { fail } from "./family.ts";
import { fixed, scientific } from "./real-text.ts";

/** `text.format(values)`: `%s %d %f %e %b %o %x %X` and `%%`, each taking the next value. */
export function formatText(
  text: string,
  values: readonly Value[],
  budget: Budget,
): string | Failure {
  budget.walk(text.length);
  let made = "";
  let taken = 0;
  let place = 0;
  while (place < text.length) {
    const percent = text.indexOf("%", place);
    const end = percent < 0 ? text.length : percent;
    if (end > place) {
      made += text.slice(place, end);
      place = end;
      budget.walk(made.length);
      continue;
    }
    if (text[place + 1] === "%") {
      made += "%";
      place += 2;
      budget.walk(made.length);
      continue;
    }
    const clause = /^%(?:\.(\d*))?([^])?/u.exec(text.slice(place, place + 4_096));
    const letter = clause?.[2];
    if (clause === null || letter === undefined) return unknown(clause?.[0] ?? "%");
    const value = values[taken];
    if (value === undefined) {
      return fail("index_out_of_range", `there is no value \`${taken}\` to format`);
    }
    taken += 1;
    const part = formatOne(letter, clause[1], value, budget);
    if (part instanceof Failure) return part;
    made += part;
    place += clause[0].length;
    budget.walk(made.length);
  }
  return made;
}

function unknown(clause: string): Failure {
  return fail("invalid_argument", `\`${clause}\` is no format clause`);
}

function formatOne(
  letter: string,
  decimals: string | undefined,
  value: Value,
  budget: Budget,
): string | Failure {
  const given = decimals === undefined || decimals === "" ? 6n : BigInt(decimals.slice(0, 20));
  if (given > 1_000n) return fail("invalid_argument", "a precision is at most `1000`");
  const precision = Number(given);
  switch (letter) {
    case "s":
      return shown(value, budget);
    case "d":
      return decimal(value);
    case "f":
      return realText(letter, value, (real) => fixed(real, precision));
    case "e":
      return realText(letter, value, (real) => scientific(real, precision));
    case "b":
      return typeof value === "boolean" ? (value ? "1" : "0") : radix(letter, value, 2);
    case "o":
      return radix(letter, value, 8);
    case "x":
      return hexadecimal(value, budget);
    case "X": {
      const text = hexadecimal(value, budget);
      return text instanceof Failure ? text : upperAscii(text);
    }
    default:
      return unknown(`%${letter}`);
  }
}

function cannot(letter: string, value: Value): Failure {
  const type = typeOf(value);
  return fail("invalid_argument", `\`%${letter}\` cannot format a value of type \`${type}\``);
}

function shown(value: Value, budget: Budget): string | Failure {
  budget.spend(1);
  if (typeof value === "string") return value;
  if (typeof value === "number") return doubleWords(value);
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (value === null) return "null";
  if (value instanceof Double) return doubleWords(value.value);
  if (value instanceof Uint) return String(value.value);
  if (value instanceof TypeName) return value.name;
  if (value instanceof Timestamp) return timestampText(value);
  if (value instanceof Duration) return durationText(value);
  if (value instanceof Uint8Array) {
    budget.walk(value.length);
    return textOf(value) ?? fail("invalid_argument", "the bytes are not UTF-8");
  }
  if (!isList(value) && !isMap(value)) return cannot("s", value);
  budget.enter();
  const text = isList(value) ? shownList(value, budget) : shownMap(value, budget);
  budget.leave();
  return text;
}

function shownList(list: readonly Value[], budget: Budget): string | Failure {
  const parts: string[] = [];
  for (const item of list) {
    const text = shown(item, budget);
    if (text instanceof Failure) return text;
    budget.walk(text.length);
    parts.push(text);
  }
  return `[${parts.join(", ")}]`;
}

function shownMap(map: Value, budget: Budget): string | Failure {
  const parts: { readonly key: string; readonly value: string }[] = [];
  for (const [key, value] of isMap(map) ? entriesOf(map) : []) {
    const keyText = shown(key, budget);
    if (keyText instanceof Failure) return keyText;
    const valueText = shown(value, budget);
    if (valueText instanceof Failure) return valueText;
    budget.walk(keyText.length + valueText.length);
    parts.push({ key: keyText, value: valueText });
  }
  parts.sort((a, b) => orderOfTexts(a.key, b.key));
  return `{${parts.map(({ key, value }) => `${key}: ${value}`).join(", ")}}`;
}

function decimal(value: Value): string | Failure {
  const whole = value instanceof Uint ? value.value : bigOf(value);
  if (whole !== undefined) return String(whole);
  const real = realOf(value);
  return real === undefined || Number.isFinite(real) ? cannot("d", value) : doubleWords(real);
}

function realText(letter: string, value: Value, body: (real: number) => string): string | Failure {
  const whole = value instanceof Uint ? value.value : bigOf(value);
  const real = whole === undefined ? realOf(value) : Number(whole);
  if (real === undefined) return cannot(letter, value);
  return Number.isFinite(real) ? body(real) : doubleWords(real);
}

function radix(letter: string, value: Value, base: number): string | Failure {
  const whole = value instanceof Uint ? value.value : bigOf(value);
  return whole === undefined ? cannot(letter, value) : whole.toString(base);
}

function hexadecimal(value: Value, budget: Budget): string | Failure {
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  if (!(bytes instanceof Uint8Array)) return radix("x", value, 16);
  budget.walk(bytes.length * 2);
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}
