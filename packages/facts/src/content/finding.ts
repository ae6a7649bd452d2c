import type { TextReading } from "./text-reading.ts";

/** Something that was found, in units of the text as detectors read it. */
export interface Finding {
  readonly type: string;
  readonly start: number;
  /** the unit after the last */
  readonly end: number;
}

/** What a detector looks at. */
export interface Scanned extends TextReading {
  /** the name of the member that the text is the value of, in small letters; empty without one */
  readonly name: string;
}

/** The words that stand right before and after a stretch, in small letters, the member's name first. */
export function surroundings(scanned: Scanned, start: number, end: number): string {
  const before = scanned.lower.slice(Math.max(0, start - 40), start);
  return `${scanned.name} ${before} ${scanned.lower.slice(end, end + 24)}`;
}

/** Whether there is a digit or letter of ASCII at a place. */
export function isWordUnit(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return (unit >= 48 && unit <= 57) || isLetterUnit(unit);
}

/**
 * Whether what begins at a place is a part of a longer word. The letter of an escaped line break, as
 * JSON within a text has it, is no letter of a word.
 */
export function isWithinWord(text: string, at: number): boolean {
  if (!isWordUnit(text, at - 1)) return false;
  return text.charCodeAt(at - 2) !== 0x5c || !/[bfnrt]/u.test(text.charAt(at - 1));
}

/** Whether a UTF-16 unit is a letter of ASCII. */
export function isLetterUnit(unit: number): boolean {
  return (unit >= 65 && unit <= 90) || (unit >= 97 && unit <= 122);
}

/** Shannon's entropy of the characters of a text, in bits for each. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values())
    bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
