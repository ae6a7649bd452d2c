import { SyntaxFault } from "./expression-error.ts";
import type { Range } from "./syntax.ts";

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ["\\", "\\"],
  ["?", "?"],
  ['"', '"'],
  ["'", "'"],
  ["`", "`"],
  ["a", "\u0007"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
]);

const hexEscapeDigits: ReadonlyMap<string, number> = new Map([
  ["x", 2],
  ["X", 2],
  ["u", 4],
  ["U", 8],
]);

/** One character or escape of a literal's body: its value, and where the next one begins. */
interface Unit {
  readonly value: number;
  readonly escaped: "octet" | "codepoint" | undefined;
  readonly next: number;
}

/** The body of a literal, between its quotes: `text` is the whole expression. */
export interface LiteralBody {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly raw: boolean;
}

/**
 * The value of a string literal: valid Unicode without lone surrogates.
 *
 * @throws SyntaxFault on an escape the language does not have (langdef.md, "String and Bytes
 * Values") or a code point that is not a Unicode scalar value
 */
export function stringValue(body: LiteralBody): string {
  let value = "";
  for (let at = body.start; at < body.end;) {
    const unit = readUnit(body, at);
    let { value: codePoint, next } = unit;
    if (isHighSurrogate(codePoint) && unit.escaped === "codepoint" && next < body.end) {
      const low = readUnit(body, next);
      if (isLowSurrogate(low.value) && low.escaped === "codepoint") {
        codePoint = 0x10000 + ((codePoint - 0xd800) << 10) + (low.value - 0xdc00);
        next = low.next;
      }
    }
    if (codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint <= 0xdfff)) {
      throw new SyntaxFault(
        "cel_escape",
        `\`${body.text.slice(at, unit.next)}\` is not a Unicode character; write a code point up to 10FFFF that is not a lone surrogate`,
        { start: at, end: unit.next },
      );
    }
    value += String.fromCodePoint(codePoint);
    at = next;
  }
  return value;
}

/**
 * The value of a bytes literal: UTF-8 of its characters, `\x` and octal escapes as octets.
 *
 * @throws SyntaxFault as {@link stringValue}, and on `\u` and `\U`, which bytes do not have
 */
export function bytesValue(body: LiteralBody): Uint8Array {
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (let at = body.start; at < body.end;) {
    const unit = readUnit(body, at);
    const range = { start: at, end: unit.next };
    if (unit.escaped === "codepoint") {
      throw new SyntaxFault(
        "cel_escape",
        `\`${body.text.slice(at, unit.next)}\` is not allowed in bytes; write the octets as \`\\xHH\``,
        range,
      );
    }
    if (unit.escaped === "octet") {
      bytes.push(unit.value);
    } else if (unit.value >= 0xd800 && unit.value <= 0xdfff) {
      throw new SyntaxFault("cel_escape", "a lone surrogate is not a Unicode character", range);
    } else {
      bytes.push(...encoder.encode(String.fromCodePoint(unit.value)));
    }
    at = unit.next;
  }
  return Uint8Array.from(bytes);
}

function readUnit(body: LiteralBody, at: number): Unit {
  const { text } = body;
  const codePoint = text.codePointAt(at) ?? 0;
  if (codePoint !== 0x5c || body.raw) {
    return { value: codePoint, escaped: undefined, next: at + (codePoint > 0xffff ? 2 : 1) };
  }
  const letter = text.charAt(at + 1);
  const simple = simpleEscapes.get(letter);
  if (simple !== undefined) {
    return { value: simple.charCodeAt(0), escaped: undefined, next: at + 2 };
  }
  const hexDigits = hexEscapeDigits.get(letter);
  if (hexDigits !== undefined) {
    const digits = text.slice(at + 2, Math.min(at + 2 + hexDigits, body.end));
    if (digits.length === hexDigits && /^[0-9a-fA-F]+$/u.test(digits)) {
      const escaped = hexDigits === 2 ? "octet" : "codepoint";
      return { value: Number.parseInt(digits, 16), escaped, next: at + 2 + hexDigits };
    }
    throw badEscape(`\`\\${letter}\` needs ${hexDigits} hexadecimal digits`, at, body.end);
  }
  const octal = text.slice(at + 1, Math.min(at + 4, body.end));
  if (/^[0-3][0-7][0-7]$/u.test(octal)) {
    return { value: Number.parseInt(octal, 8), escaped: "octet", next: at + 4 };
  }
  if (/^[0-9]/u.test(octal)) {
    throw badEscape("an octal escape has three digits from `\\000` to `\\377`", at, body.end);
  }
  throw badEscape(
    `unknown escape \`\\${letter}\`; write \`\\\\${letter}\` for a backslash, or use a raw string \`r"…"\``,
    at,
    body.end,
  );
}

function badEscape(message: string, at: number, end: number): SyntaxFault {
  const range: Range = { start: at, end: Math.min(at + 2, end) };
  return new SyntaxFault("cel_escape", message, range);
}

function isHighSurrogate(value: number): boolean {
  return value >= 0xd800 && value <= 0xdbff;
}

function isLowSurrogate(value: number): boolean {
  return value >= 0xdc00 && value <= 0xdfff;
}
