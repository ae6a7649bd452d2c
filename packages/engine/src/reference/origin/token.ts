import { lowerAscii } from "@holdfast/model";
import { connectors, originSpace } from "../../document/origin-vocabulary.ts";

/** Units from 0x80 up that are no part of a word, first and last of each range. */
const gaps: readonly (readonly [number, number])[] = [
  [0x80, 0xa9],
  [0xab, 0xb4],
  [0xb6, 0xb9],
  [0xbb, 0xbf],
  [0xd7, 0xd7],
  [0xf7, 0xf7],
  [0x2000, 0x206f],
  [0x2190, 0x2bff],
  [0x3000, 0x303f],
  [0xff00, 0xff0f],
  [0xff1a, 0xff20],
  [0xff3b, 0xff40],
  [0xff5b, 0xff65],
];

/** Whether a UTF-16 unit is part of a word; the empty text, which stands for none, is not. */
function isWordUnit(unit: string): boolean {
  if (unit === "") return false;
  const code = unit.charCodeAt(0);
  if (code < 0x80) return /[0-9A-Za-z_]/u.test(unit);
  return !gaps.some(([first, last]) => code >= first && code <= last);
}

/** The words of a text, folded, in order: runs of word units as long as they go. */
export function wordsOf(text: string): readonly string[] {
  const words: string[] = [];
  let word = "";
  for (let at = 0; at <= text.length; at += 1) {
    const unit = text.charAt(at);
    if (isWordUnit(unit)) {
      word += unit;
      continue;
    }
    if (word !== "") words.push(lowerAscii(word));
    word = "";
  }
  return words;
}

/**
 * Whether a literal stands in a text as itself and not as a part of something longer: at some
 * place where it occurs, neither side goes on with a word, nor with a connector and a word.
 */
export function stands(text: string, literal: string): boolean {
  for (let at = text.indexOf(literal); at !== -1; at = text.indexOf(literal, at + 1)) {
    const end = at + literal.length;
    const before = endsToken(text.charAt(at - 1), text.charAt(at - 2));
    if (before && endsToken(text.charAt(end), text.charAt(end + 1))) return true;
  }
  return false;
}

/** `next` is the unit beside a literal, `further` the one beyond it; empty where the text ends. */
function endsToken(next: string, further: string): boolean {
  if (isWordUnit(next)) return false;
  return next === "" || !connectors.includes(next) || !isWordUnit(further);
}

/** The text without white space at both ends. */
export function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && originSpace.includes(text.charAt(start))) start += 1;
  while (end > start && originSpace.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}
