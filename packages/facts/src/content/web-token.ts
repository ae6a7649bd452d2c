import { parseJson } from "@holdfast/model";
import type { Finding, Scanned } from "./finding.ts";
import { isWithinWord } from "./finding.ts";

const run = /[0-9A-Za-z_-]*/y;
const rest =
  /\.[0-9A-Za-z_-]{2,8000}\.[0-9A-Za-z_-]{0,2000}(?:\.[0-9A-Za-z_-]{1,8000}\.[0-9A-Za-z_-]{1,2000})?/y;

/** Places of one run of characters where a header is looked for, and how long one can be. */
const triesMax = 4;
const headerMax = 4_096;

/** Tokens of RFC 7519, signed or encrypted: their header is read, and must name an algorithm. */
export function webTokensIn({ text }: Scanned): readonly Finding[] {
  const found: Finding[] = [];
  let at = text.indexOf("eyJ");
  while (at >= 0) {
    run.lastIndex = at;
    const end = at + (run.exec(text)?.[0].length ?? 0);
    const finding = text.charAt(end) === "." ? tokenIn(text, at, end) : undefined;
    if (finding !== undefined) found.push(finding);
    at = text.indexOf("eyJ", finding?.end ?? end);
  }
  return found;
}

/** A token whose header ends at `end`, where its first dot is. */
function tokenIn(text: string, from: number, end: number): Finding | undefined {
  let start = from;
  for (let tries = 0; tries < triesMax && start >= 0 && start < end; tries += 1) {
    const isWhole = !isWithinWord(text, start) && end - start <= headerMax;
    if (isWhole && isHeader(text.slice(start, end))) {
      rest.lastIndex = end;
      const read = rest.exec(text)?.[0];
      return read === undefined ? undefined : { type: "jwt", start, end: end + read.length };
    }
    start = text.indexOf("eyJ", start + 3);
  }
  return undefined;
}

function isHeader(part: string): boolean {
  const bytes = bytesOf64(part);
  // Most of what only begins like a header ends otherwise.
  if (bytes?.at(-1) !== 125) return false;
  try {
    const json = parseJson(String.fromCharCode(...bytes), { bytesMax: 4_096, depthMax: 4 });
    return typeof json === "object" && json !== null && "alg" in json;
  } catch {
    return false;
  }
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** What base 64 of either alphabet stands for; `undefined` for what is none. */
export function bytesOf64(text: string): readonly number[] | undefined {
  const bytes: number[] = [];
  let held = 0;
  let bits = 0;
  for (const character of text) {
    if (character === "=") break;
    const value = alphabet.indexOf(character === "-" ? "+" : character === "_" ? "/" : character);
    if (value < 0) return undefined;
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 0xff);
  }
  return bytes;
}
