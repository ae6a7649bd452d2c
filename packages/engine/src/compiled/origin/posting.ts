import type { OriginEntry } from "./origin-entry.ts";
import { wordsOf } from "./word.ts";

/**
 * Which texts hold a word, in order. A literal that stands in a text has its words as whole words
 * of that text, so one of them is enough to find it. Entries are read when first asked for.
 */
export class Postings {
  readonly #places = new Map<string, number[]>();
  readonly #texts: number[] = [];
  #read = 0;

  /** Places of all texts in which a literal could stand, in order, each once. */
  candidates(literal: string, entries: readonly OriginEntry[]): readonly number[] {
    this.#readUpTo(entries);
    let rarest: readonly number[] | undefined;
    for (const word of wordsOf(literal)) {
      const places = this.#places.get(word);
      if (places === undefined) return [];
      if (rarest === undefined || places.length < rarest.length) rarest = places;
    }
    return rarest ?? this.#texts;
  }

  #readUpTo(entries: readonly OriginEntry[]): void {
    for (let place = this.#read; place < entries.length; place += 1) {
      const entry = entries[place];
      if (entry === undefined || !entry.isText || entry.kind === "prompt") continue;
      this.#texts.push(place);
      for (const word of wordsOf(entry.text)) {
        const places = this.#places.get(word);
        if (places === undefined) this.#places.set(word, [place]);
        else if (places.at(-1) !== place) places.push(place);
      }
    }
    this.#read = entries.length;
  }
}
