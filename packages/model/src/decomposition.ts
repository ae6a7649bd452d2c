import { combiningClasses, decompositions } from "./fold-data.ts";
import { atFirstUse, entriesOf, readTable } from "./unicode-table.ts";

/** Canonical decompositions but those of Hangul syllables. */
export const decompositionTable = atFirstUse(() => readTable(decompositions));

const classTable = atFirstUse(
  () =>
    new Map(
      entriesOf(combiningClasses).flatMap(({ from, length, to }) =>
        Array.from({ length }, (_, at) => [from + at, to[0] ?? 0] as const),
      ),
    ),
);

/** The canonical combining class of a character; 0 for what begins anew. */
export function combiningClassOf(point: number | undefined): number {
  return classTable().get(point ?? 0) ?? 0;
}

/** The characters of a text. */
export function pointsOf(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0);
}

/**
 * Full canonical decomposition, with combining characters in their canonical order (Unicode Standard
 * Annex 15), of the one version of Unicode that this package carries.
 */
export function decompose(points: readonly number[]): number[] {
  const table = decompositionTable();
  const parts = points.flatMap((point) => table.get(point) ?? hangulParts(point));
  let start = 0;
  while (start < parts.length) {
    let end = start + 1;
    if (combiningClassOf(parts[start]) !== 0) {
      while (end < parts.length && combiningClassOf(parts[end]) !== 0) end += 1;
      const marks = parts
        .slice(start, end)
        .sort((a, b) => combiningClassOf(a) - combiningClassOf(b));
      parts.splice(start, marks.length, ...marks);
    }
    start = end;
  }
  return parts;
}

const syllableBase = 0xac00;
const syllables = 11_172;
const [leadBase, leads, vowelBase, vowels, tailBase, tails] = [0x1100, 19, 0x1161, 21, 0x11a7, 28];

/** The letters of a Hangul syllable (Unicode Standard, section 3.12); any other character itself. */
function hangulParts(point: number): readonly number[] {
  const index = point - syllableBase;
  if (index < 0 || index >= syllables) return [point];
  const tail = index % tails;
  const parts = [
    leadBase + Math.floor(index / (vowels * tails)),
    vowelBase + Math.floor((index % (vowels * tails)) / tails),
  ];
  return tail === 0 ? parts : [...parts, tailBase + tail];
}

/** The Hangul syllable that two characters make (Unicode Standard, section 3.12), if any. */
export function hangulOf(first: number, second: number): number | undefined {
  const [lead, vowel] = [first - leadBase, second - vowelBase];
  if (lead >= 0 && lead < leads && vowel >= 0 && vowel < vowels) {
    return syllableBase + (lead * vowels + vowel) * tails;
  }
  const [index, tail] = [first - syllableBase, second - tailBase];
  const isOpen = index >= 0 && index < syllables && index % tails === 0;
  return isOpen && tail > 0 && tail < tails ? first + tail : undefined;
}
