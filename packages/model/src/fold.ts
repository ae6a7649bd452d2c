import { lowerAscii } from "./ascii.ts";
import { combiningClasses, decompositions, foldings } from "./fold-data.ts";

/**
 * A form that two texts share when they differ only in letter case, in how accents are written, in
 * width, style or characters that nobody sees: NFKC_Casefold of the Unicode Standard (section 3.13,
 * D147), in canonical decomposition, of the one version of Unicode that this package carries. For
 * comparing names that another program may take for the same; never shown, never stored.
 */
export function foldText(text: string): string {
  if (/^[\0-\x7f]*$/.test(text)) return lowerAscii(text);
  const known = tables();
  const points = decompose(pointsOf(text), known);
  const mapped = points.flatMap((point) => known.folding.get(point) ?? [point]);
  return decompose(mapped, known)
    .map((point) => String.fromCodePoint(point))
    .join("");
}

type Table = ReadonlyMap<number, readonly number[]>;

interface Tables {
  readonly folding: Table;
  readonly decomposition: Table;
  readonly combiningClass: ReadonlyMap<number, number>;
}

/** WHY not at once: few programs fold a text, and reading the tables takes some milliseconds. */
const tables = atFirstUse((): Tables => {
  const classes = entriesOf(combiningClasses).flatMap(({ from, length, to }) =>
    Array.from({ length }, (_, at) => [from + at, to[0] ?? 0] as const),
  );
  return {
    folding: readTable(foldings),
    decomposition: readTable(decompositions),
    combiningClass: new Map(classes),
  };
});

/** A constant that is made when it is first asked for. */
function atFirstUse<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function pointsOf(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0);
}

/** Full canonical decomposition, with combining characters in their canonical order. */
function decompose(points: readonly number[], { decomposition, combiningClass }: Tables): number[] {
  const classOf = (point: number | undefined): number => combiningClass.get(point ?? 0) ?? 0;
  const parts = points.flatMap((point) => decomposition.get(point) ?? hangulParts(point));
  let start = 0;
  while (start < parts.length) {
    let end = start + 1;
    if (classOf(parts[start]) !== 0) {
      while (end < parts.length && classOf(parts[end]) !== 0) end += 1;
      const marks = parts.slice(start, end).sort((a, b) => classOf(a) - classOf(b));
      parts.splice(start, marks.length, ...marks);
    }
    start = end;
  }
  return parts;
}

const syllableBase = 0xac00;
const syllables = 11_172;

/** The letters of a Hangul syllable (Unicode Standard, section 3.12); any other character itself. */
function hangulParts(point: number): readonly number[] {
  const index = point - syllableBase;
  if (index < 0 || index >= syllables) return [point];
  const tail = index % 28;
  const parts = [0x1100 + Math.floor(index / 588), 0x1161 + Math.floor((index % 588) / 28)];
  return tail === 0 ? parts : [...parts, 0x11a7 + tail];
}

interface TableEntry {
  readonly from: number;
  readonly length: number;
  readonly step: number;
  readonly to: readonly number[];
}

function entriesOf(table: string): readonly TableEntry[] {
  return table
    .trim()
    .split(/[ \n]/)
    .map((entry) => {
      const [left = "", right = ""] = entry.split("=");
      const [from = "", length = "1"] = left.split(/[+/]/);
      return {
        from: Number.parseInt(from, 36),
        length: Number.parseInt(length, 36),
        step: left.includes("/") ? 2 : 1,
        to: right === "" ? [] : right.split(".").map((part) => Number.parseInt(part, 36)),
      };
    });
}

function readTable(table: string): Table {
  const map = new Map<number, readonly number[]>();
  for (const { from, length, step, to } of entriesOf(table)) {
    const [first, ...more] = to;
    for (let at = 0; at < length; at += 1) {
      const distance = at * step;
      map.set(from + distance, first === undefined ? [] : [first + distance, ...more]);
    }
  }
  return map;
}
