import { lowerAscii } from "@holdfast/model";
import { connectors } from "../../document/origin-vocabulary.ts";
import { somePlace } from "./literal-search.ts";

/** Ranges of units from 0x80 on that are in no word: signs, punctuation, arrows, box drawing. */
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

const inWord = 1;
const joins = 2;

/** What each UTF-16 unit is: part of a word, a connector, or neither. */
const kindOf: Uint8Array = kinds();

function kinds(): Uint8Array {
  const table = new Uint8Array(0x10000);
  table.fill(inWord, 0x80);
  for (const [first, last] of gaps) table.fill(0, first, last + 1);
  table.fill(inWord, 0x30, 0x3a);
  table.fill(inWord, 0x41, 0x5b);
  table.fill(inWord, 0x61, 0x7b);
  table[0x5f] = inWord;
  for (let at = 0; at < connectors.length; at += 1) table[connectors.charCodeAt(at)] = joins;
  return table;
}

/** Whether a literal stands in a text as a token of its own, at any of its occurrences. */
export function stands(text: string, literal: string): boolean {
  return literal !== "" && somePlace(text, literal, (at) => isToken(text, at, literal.length));
}

/** Whether the units at a place are a token of their own. */
export function isToken(text: string, at: number, length: number): boolean {
  return isFree(text, at - 1, -1) && isFree(text, at + length, 1);
}

/** Whether the token ends before the unit at `at`; `step` leads away from the token. */
function isFree(text: string, at: number, step: 1 | -1): boolean {
  if (at < 0 || at >= text.length) return true;
  const kind = kindOf[text.charCodeAt(at)];
  if (kind !== joins) return kind !== inWord;
  const beyond = at + step;
  if (beyond < 0 || beyond >= text.length) return true;
  return kindOf[text.charCodeAt(beyond)] !== inWord;
}

/** The maximal runs of word units, as written. */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  let start = -1;
  for (let at = 0; at < text.length; at += 1) {
    if (kindOf[text.charCodeAt(at)] === inWord) {
      if (start < 0) start = at;
    } else if (start >= 0) {
      words.push(text.slice(start, at));
      start = -1;
    }
  }
  if (start >= 0) words.push(text.slice(start));
  return words;
}

/** Calls `visit` with a number for every run of `length` words; equal runs have equal numbers. */
export function eachRun(text: string, length: number, visit: (run: number) => void): void {
  const latest = new Int32Array(length);
  let count = 0;
  let word = 0;
  let isInside = false;
  for (let at = 0; at <= text.length; at += 1) {
    const unit = at < text.length ? text.charCodeAt(at) : 0;
    if (kindOf[unit] === inWord) {
      const small = unit >= 0x41 && unit <= 0x5a ? unit + 0x20 : unit;
      word = Math.imul(word ^ small, 0x01000193) + 1;
      isInside = true;
    } else if (isInside) {
      latest[count % length] = word;
      count += 1;
      word = 0;
      isInside = false;
      if (count >= length) visit(joined(latest, count));
    }
  }
}

/** One number of the latest words, the oldest of them first. */
function joined(latest: Int32Array, count: number): number {
  let run = 0;
  for (let index = 0; index < latest.length; index += 1) {
    run = Math.imul(run ^ (latest[(count + index) % latest.length] ?? 0), 0x9e3779b1);
    run ^= run >>> 15;
  }
  return run >>> 0;
}

/** The words of a text in small letters, ASCII letters alone being made small. */
export function foldedWordsOf(text: string): string[] {
  return wordsOf(foldCase(text));
}

/** ASCII capitals as small letters; nothing else changes, nor does the length. */
export function foldCase(text: string): string {
  return lowerAscii(text);
}

/** Whether a word is one of the words of a text. */
export function holdsWord(text: string, word: string): boolean {
  return somePlace(text, word, (at) => {
    const end = at + word.length;
    if (at > 0 && kindOf[text.charCodeAt(at - 1)] === inWord) return false;
    return end >= text.length || kindOf[text.charCodeAt(end)] !== inWord;
  });
}

/** Whether a word holds a letter: an ASCII one, or any unit beyond ASCII. */
export function hasLetter(word: string): boolean {
  return /[A-Za-z\u0080-\uffff]/.test(word);
}
