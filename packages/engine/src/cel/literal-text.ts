import { isHidden } from "@holdfast/model";
import type { Constant } from "./syntax.ts";
import { keywords } from "./token.ts";

const shortEscapes: ReadonlyMap<string, string> = new Map([
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

/** A constant as CEL text that reads back as exactly it; a double is finite. */
export function constantText(constant: Constant): string {
  switch (constant.type) {
    case "null":
      return "null";
    case "bool":
      return String(constant.value);
    case "int":
      return constant.value.toString();
    case "uint":
      return `${constant.value}u`;
    case "double":
      return doubleText(constant.value);
    case "string":
      return stringText(constant.value);
    case "bytes":
      return bytesText(constant.value);
  }
}

/** A field after `.`: plain where the grammar allows it, otherwise in backticks. */
export function selectorText(field: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/u.test(field) && !keywords.has(field) ? field : `\`${field}\``;
}

function doubleText(value: number): string {
  if (Object.is(value, -0)) {
    return "-0.0";
  }
  const text = String(value);
  return /[.e]/u.test(text) ? text : `${text}.0`;
}

/**
 * Raw when that saves backslashes (regular expressions), in double quotes unless single ones
 * save escapes. Whatever a reader could not see (controls, formats, odd spaces) is escaped.
 */
function stringText(value: string): string {
  const quote = value.includes('"') && !value.includes("'") ? "'" : '"';
  if (value.includes("\\") && !value.includes(quote) && !isHidden(value)) {
    return `r${quote}${value}${quote}`;
  }
  let body = "";
  for (const character of value) {
    if (character === quote || character === "\\") {
      body += `\\${character}`;
    } else {
      body += isHidden(character) ? escapeHidden(character) : character;
    }
  }
  return `${quote}${body}${quote}`;
}

function escapeHidden(character: string): string {
  const short = shortEscapes.get(character);
  if (short !== undefined) {
    return short;
  }
  const digits = (character.codePointAt(0) ?? 0).toString(16);
  return digits.length > 4 ? `\\U${digits.padStart(8, "0")}` : `\\u${digits.padStart(4, "0")}`;
}

function bytesText(value: Uint8Array): string {
  let body = "";
  for (const octet of value) {
    const character = String.fromCharCode(octet);
    if (character === '"' || character === "\\") {
      body += `\\${character}`;
    } else if (octet >= 0x20 && octet < 0x7f) {
      body += character;
    } else {
      body += `\\x${octet.toString(16).padStart(2, "0")}`;
    }
  }
  return `b"${body}"`;
}
