import { foldText, lowerAscii, upperAscii } from "@holdfast/model";

/**
 * A text as detectors read it: characters that nobody sees and controls left out, and whatever only
 * looks otherwise (full width, mathematical letters, digits of other scripts, dashes, spaces) as
 * the character of ASCII that it stands for.
 */
export interface TextReading {
  readonly text: string;
  /** the same in small letters of ASCII and without accents, unit for unit */
  readonly lower: string;
  /** UTF-16 unit of the given text where a unit of this one begins, and the one after its end */
  startOf(unit: number): number;
  endOf(unit: number): number;
}

interface CharacterReading {
  readonly text: string;
  readonly lower: string;
}

/** What characters were read as before; one for all texts of a fact. */
export type CharacterReadings = Map<number, CharacterReading>;

const plain = /^[\t\n\r -~]*$/;

/** Reads a text as {@link TextReading} says. */
export function readText(given: string, readings: CharacterReadings): TextReading {
  if (plain.test(given)) {
    const lower = lowerAscii(given);
    return { text: given, lower, startOf: (unit) => unit, endOf: (unit) => unit + 1 };
  }
  const parts: string[] = [];
  const lowerParts: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  for (let at = 0; at < given.length;) {
    const point = given.codePointAt(at) ?? 0;
    const next = at + (point > 0xffff ? 2 : 1);
    const { text, lower } = readingOf(point, readings);
    parts.push(text);
    lowerParts.push(lower);
    for (let unit = 0; unit < text.length; unit += 1) {
      starts.push(at);
      ends.push(next);
    }
    at = next;
  }
  return {
    text: parts.join(""),
    lower: lowerParts.join(""),
    startOf: (unit) => starts[unit] ?? given.length,
    endOf: (unit) => ends[unit] ?? given.length,
  };
}

function readingOf(point: number, readings: CharacterReadings): CharacterReading {
  let read = readings.get(point);
  if (read === undefined) {
    const text = newReadingOf(point);
    read = { text, lower: text.length === 1 ? baseOf(text) : lowerAscii(text) };
    readings.set(point, read);
  }
  return read;
}

/** The letter of ASCII below an accent; any other character itself, in small letters where it is ASCII. */
function baseOf(text: string): string {
  if (text < "\x7f") return lowerAscii(text);
  if (text > "\u1fff") return text;
  const folded = foldText(text);
  return /^[a-z][\u0300-\u036f]+$/u.test(folded) ? folded.charAt(0) : text;
}

function newReadingOf(point: number): string {
  const own = String.fromCodePoint(point);
  if (point < 0x80) {
    const isKept = (point >= 0x20 && point < 0x7f) || point === 9 || point === 10 || point === 13;
    return isKept ? own : "";
  }
  // Ideographs, syllables and kana stand for nothing but themselves.
  if ((point >= 0x4e00 && point <= 0x9fff) || (point >= 0xac00 && point <= 0xd7a3)) return own;
  if (dashes.has(point)) return "-";
  if (point === 0x1680 || point === 0x2028 || point === 0x2029 || point === 0x85) return " ";
  const digit = digitOf(point);
  if (digit !== undefined) return digit;
  const folded = foldText(own);
  if (folded === "") return "";
  if (!/^[ -~]+$/u.test(folded)) return own;
  return isCapital(point) ? upperAscii(folded) : folded;
}

const dashes: ReadonlySet<number> = new Set([
  0x58a, 0x5be, 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2043, 0x2212, 0x2e3a, 0x30a0,
  0xfe31, 0xfe58, 0xfe63, 0xff0d,
]);

/** The zero of each script that has decimal digits (Unicode 16.0.0, `Nd`), but those that fold. */
const zeros: readonly number[] = [
  0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50,
  0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0,
  0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0x104a0, 0x10d30, 0x10d40,
  0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x116d0, 0x116da,
  0x11730, 0x118e0, 0x11950, 0x11bf0, 0x11c50, 0x11d50, 0x11da0, 0x11f50, 0x16130, 0x16a60, 0x16ac0,
  0x16b50, 0x16d70, 0x1ccf0, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e5f1, 0x1e950,
];

function digitOf(point: number): string | undefined {
  const zero = zeros.findLast((each) => each <= point);
  return zero !== undefined && point < zero + 10 ? String(point - zero) : undefined;
}

/** Capitals among the characters that fold to letters of ASCII: full width, circled, mathematical. */
function isCapital(point: number): boolean {
  if (point >= 0xff21 && point <= 0xff3a) return true;
  if (point >= 0x24b6 && point <= 0x24cf) return true;
  if (point >= 0x1f110 && point <= 0x1f189) return true;
  if (point >= 0x1d400 && point <= 0x1d6a3) return (point - 0x1d400) % 52 < 26;
  return point >= 0x2100 && point <= 0x2133 && point !== 0x210a && point !== 0x2113;
}
