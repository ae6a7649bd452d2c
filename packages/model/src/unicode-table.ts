/** Characters, each with those that stand for it. */
export type CharacterTable = ReadonlyMap<number, readonly number[]>;

/** Some characters in a row, or every second of them, and what the first stands for. */
export interface TableEntry {
  readonly from: number;
  readonly length: number;
  readonly step: number;
  readonly to: readonly number[];
}

/** The runs of a table as `npm run fold` writes it. */
export function entriesOf(table: string): readonly TableEntry[] {
  let from = 0;
  return table
    .trim()
    .split(/[ \n]/)
    .flatMap((entry) => {
      const [left = "", right = ""] = entry.split("=");
      const [distance = "", length = "1"] = left.split(/[+/]/);
      from += Number.parseInt(distance, 36);
      const first = from;
      // Characters in a row that each stand for something else are written one after the other.
      return right.split("|").map((to, at) => ({
        from: first + at,
        length: Number.parseInt(length, 36),
        step: left.includes("/") ? 2 : 1,
        to: to === "" ? [] : to.split(".").map((part) => Number.parseInt(part, 36)),
      }));
    });
}

/** A table as `npm run fold` writes it, character by character. */
export function readTable(table: string): CharacterTable {
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

/** A constant that is made when it is first asked for: few programs need one, and reading takes milliseconds. */
export function atFirstUse<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
