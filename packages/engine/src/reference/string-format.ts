import { upperAscii } from "@holdfast/model";
import type { Budget } from "./budget.ts";
import { CelError, celError } from "./cel-error.ts";
import { decodeText } from "./function-conversion.ts";
import { doubleText, fixedText, scientificText } from "./number-text.ts";
import { formatDuration, formatTimestamp } from "./time-text.ts";
import { Duration, Timestamp } from "./time-value.ts";
import { compareText } from "./equality.ts";
import { isList, typeNameOf } from "./value-type.ts";
import { CelMap, Optional, TypeValue, Uint } from "./value.ts";
import type { Value } from "./value.ts";

/** The most decimals `%.Nf` and `%.Ne` give. */
const precisionMax = 1_000n;
const precisionDefault = 6n;

/**
 * `text.format(values)` of the strings extension (cel-go ext/strings): clauses `%s %d %f %e %b
 * %o %x %X` and `%%`, each clause taking the next value.
 */
export function formatText(
  text: string,
  values: readonly Value[],
  budget: Budget,
): string | CelError {
  budget.walk(text.length);
  const pieces: string[] = [];
  let taken = 0;
  let length = 0;
  for (const [piece, percent, , precision, clause] of text.matchAll(
    /[^%]+|(%%)|(%(?:\.(\d*))?([^])?)/gu,
  )) {
    if (clause === undefined || percent !== undefined) {
      if (piece.startsWith("%") && percent === undefined) return unknownClause(piece);
      pieces.push(percent === undefined ? piece : "%");
    } else {
      const value = values[taken];
      if (value === undefined) {
        return celError("index_out_of_range", `there is no value \`${taken}\` to format`);
      }
      taken += 1;
      const made = formatClause(clause, precision, value, budget);
      if (made instanceof CelError) return made;
      pieces.push(made);
    }
    length += pieces.at(-1)?.length ?? 0;
    budget.walk(length);
  }
  return pieces.join("");
}

function unknownClause(clause: string): CelError {
  return celError("invalid_argument", `\`${clause}\` is no format clause`);
}

function formatClause(
  clause: string,
  precisionText: string | undefined,
  value: Value,
  budget: Budget,
): string | CelError {
  const given = precisionText === undefined || precisionText === "" ? undefined : precisionText;
  const precision = given === undefined ? precisionDefault : BigInt(given.slice(0, 20));
  if (precision > precisionMax) {
    return celError("invalid_argument", `a precision is at most \`${precisionMax}\``);
  }
  switch (clause) {
    case "s":
      return showValue(value, budget);
    case "d":
      return formatDecimal(value);
    case "f":
      return formatReal(clause, value, (real) => fixedText(real, Number(precision)));
    case "e":
      return formatReal(clause, value, (real) => scientificText(real, Number(precision)));
    case "b":
      return typeof value === "boolean" ? String(Number(value)) : formatRadix(clause, value, 2);
    case "o":
      return formatRadix(clause, value, 8);
    case "x":
      return formatHexadecimal(clause, value, budget);
    case "X": {
      const lower = formatHexadecimal(clause, value, budget);
      return lower instanceof CelError ? lower : upperAscii(lower);
    }
    default:
      return unknownClause(`%${clause}`);
  }
}

function cannot(clause: string, value: Value): CelError {
  return celError(
    "invalid_argument",
    `\`%${clause}\` cannot format a value of type \`${typeNameOf(value)}\``,
  );
}

/** The text of any value that has one, as `%s` gives it. Map keys stand in order of their texts. */
function showValue(value: Value, budget: Budget): string | CelError {
  budget.spend(1);
  if (typeof value === "string") return value;
  if (value === null || typeof value === "boolean" || typeof value === "bigint") {
    return String(value);
  }
  if (typeof value === "number") return doubleText(value);
  if (value instanceof Uint) return String(value.value);
  if (value instanceof TypeValue) return value.name;
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Duration) return formatDuration(value);
  if (value instanceof Uint8Array) {
    budget.walk(value.length);
    return decodeText(value) ?? celError("invalid_argument", "the bytes are not UTF-8");
  }
  if (value instanceof Optional) return cannot("s", value);
  budget.enter();
  const shown = value instanceof CelMap ? showMap(value, budget) : showList(value, budget);
  budget.leave();
  return shown;
}

function showMap(map: CelMap, budget: Budget): string | CelError {
  const entries: { readonly key: string; readonly value: string }[] = [];
  for (const [key, value] of map.entries()) {
    const keyText = showValue(key, budget);
    if (keyText instanceof CelError) return keyText;
    const valueText = showValue(value, budget);
    if (valueText instanceof CelError) return valueText;
    budget.walk(keyText.length + valueText.length);
    entries.push({ key: keyText, value: valueText });
  }
  entries.sort((a, b) => compareText(a.key, b.key));
  return `{${entries.map(({ key, value }) => `${key}: ${value}`).join(", ")}}`;
}

function showList(list: Value, budget: Budget): string | CelError {
  if (list === null || !isList(list)) return cannot("s", list);
  const parts: string[] = [];
  for (const part of list) {
    const text = showValue(part, budget);
    if (text instanceof CelError) return text;
    budget.walk(text.length);
    parts.push(text);
  }
  return `[${parts.join(", ")}]`;
}

function formatDecimal(value: Value): string | CelError {
  if (typeof value === "bigint") return String(value);
  if (value instanceof Uint) return String(value.value);
  if (typeof value === "number" && !Number.isFinite(value)) return doubleText(value);
  return cannot("d", value);
}

function formatReal(
  clause: string,
  value: Value,
  format: (real: number) => string,
): string | CelError {
  const real = value instanceof Uint ? Number(value.value) : value;
  if (typeof real === "bigint") return format(Number(real));
  if (typeof real !== "number") return cannot(clause, value);
  return Number.isFinite(real) ? format(real) : doubleText(real);
}

function formatRadix(clause: string, value: Value, radix: number): string | CelError {
  if (typeof value === "bigint") return value.toString(radix);
  return value instanceof Uint ? value.value.toString(radix) : cannot(clause, value);
}

function formatHexadecimal(clause: string, value: Value, budget: Budget): string | CelError {
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  if (!(bytes instanceof Uint8Array)) return formatRadix(clause, value, 16);
  budget.walk(bytes.length * 2);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
