import { entropyOf, isLetterUnit } from "./finding.ts";
import type { Finding, Scanned } from "./finding.ts";
import { bytesOf64 } from "./web-token.ts";

const runs = /(?<![0-9A-Za-z_+/-])[0-9A-Za-z_+/-]{32,}={0,2}/g;

/** Longer runs are files, pictures and signatures rather than what opens something. */
const unitsMax = 128;

/**
 * Tokens that nothing names: long runs of capitals, small letters and digits at random. No UUIDs and
 * hashes (they lack capitals), no names, paths, links, public keys, and nothing in blocks of base 64.
 */
export function looseTokensIn({ text }: Scanned): readonly Finding[] {
  const found: Finding[] = [];
  runs.lastIndex = 0;
  for (let hit = runs.exec(text); hit !== null; hit = runs.exec(text)) {
    const end = hit.index + hit[0].length;
    // The letter of an escaped line break is none of it.
    const isEscape = /^\\[bfnrt]/u.test(text.slice(Math.max(0, hit.index - 1), hit.index + 1));
    const start = isEscape ? hit.index + 1 : hit.index;
    const run = text.slice(start, end);
    if (run.length > unitsMax || !isRandom(run) || isWords(run) || isKnownOther(text, start, end))
      continue;
    found.push({ type: "high_entropy", start, end });
  }
  return found;
}

/** What stands before digests, files in base 64, and identifiers that are public. */
const before =
  /(?:sha(?:1|224|256|384|512)[-:=]|md5[-:=]|h1:|base64,|integrity[=:]\S*|0x|[#@.]|ssh-\w+ |ecdsa-\S+ )$/;

/** How what is public or cannot be a key begins: what has a checksum was looked at with it. */
const known = /^(?:AAAA|sha(?:1|224|256|384|512)-|md5-|pk_(?:live|test)_|gh[opusr]_|npm_)/;

function isKnownOther(text: string, start: number, end: number): boolean {
  const left = text.slice(Math.max(0, start - 24), start);
  if (before.test(left) || known.test(text.slice(start, start + 16))) return true;
  // Within a link, what is secret is named, and was found by its name.
  const word = text.slice(Math.max(0, start - 256), start);
  const blank = word.search(/\s\S*$/u);
  if (word.slice(blank + 1).includes("://")) return true;
  const isLineStart =
    start === 0 || /[\n\r]/u.test(left.trimStart() === "" ? "\n" : left.slice(-1));
  const isLineEnd = end === text.length || /^\r?\n/u.test(text.slice(end, end + 2));
  const isLong = end - start === 64 || end - start === 76;
  return isLong && isLineStart && isLineEnd && !(start === 0 && end === text.length);
}

/** Whether it is base 64 of a plain text: one with spaces, or without digits. */
function isWords(run: string): boolean {
  const bytes = bytesOf64(run);
  if (bytes === undefined || !bytes.every((byte) => byte >= 0x20 && byte < 0x7f)) return false;
  return bytes.includes(0x20) || !bytes.some((byte) => byte >= 48 && byte <= 57);
}

/** Letters of both cases and digits, mixed as chance mixes them and no writer does. */
function isRandom(run: string): boolean {
  if (!/[a-z]/u.test(run) || !/[A-Z]/u.test(run)) return false;
  if ((run.match(/[0-9]/gu)?.length ?? 0) < 2) return false;
  let changes = 0;
  let pairs = 0;
  for (let at = 1; at < run.length; at += 1) {
    const [one, other] = [kindOf(run.charCodeAt(at - 1)), kindOf(run.charCodeAt(at))];
    if (one === 3 || other === 3) continue;
    pairs += 1;
    if (one !== other) changes += 1;
  }
  return changes / Math.max(pairs, 24) >= 0.38 && entropyOf(run) >= 4;
}

/** 0 for capitals, 1 for small letters, 2 for digits, 3 for the rest. */
function kindOf(unit: number): number {
  if (isLetterUnit(unit)) return unit < 97 ? 0 : 1;
  return unit >= 48 && unit <= 57 ? 2 : 3;
}
