import { isComposed } from "./composition.ts";

/**
 * Controls but tab, CR and LF; lone surrogates; noncharacters of the first plane; and what nobody sees
 * (Default_Ignorable_Code_Point of Unicode 16, and annotation marks): bidi controls, zero-width
 * characters, fillers, tags, variation selectors. Written out, so that a newer version of the language
 * changes no decision. First and last of each run.
 */
const unseen: readonly (readonly [number, number])[] = [
  [0x00, 0x08],
  [0x0b, 0x0c],
  [0x0e, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x034f, 0x034f],
  [0x061c, 0x061c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xd800, 0xdfff],
  [0xfdd0, 0xfdef],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
  [0xfffe, 0xffff],
  [0x1bca0, 0x1bca3],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff],
];

/**
 * Whether a text is just what a reader sees of it: in Normalization Form C, with no control but tab, CR
 * and LF, and no character that is not shown. A variation selector that chooses between text and
 * picture may follow what it is about.
 */
export function isPlainText(text: string): boolean {
  let isAfterShown = false;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    const isSelector = point === 0xfe0e || point === 0xfe0f;
    if (isSelector ? !isAfterShown : isUnseen(point)) return false;
    isAfterShown = !isSelector;
  }
  return isComposed(text);
}

function isUnseen(point: number): boolean {
  if (point >= 0x20 && point < 0x7f) return false;
  // The last two of every plane are no characters.
  if (point % 0x1_00_00 >= 0xfffe) return true;
  return unseen.some(([first, last]) => first <= point && point <= last);
}
