import type { OriginEntry } from "./origin-entry.ts";
import { TextPile } from "./text-pile.ts";
import { isToken, stands, wordsOf } from "./word.ts";

/** Questions about texts that were not read yet, after which they are read. */
const askedMax = 128;

/**
 * Which texts hold a word, in order. A literal that stands in a text has its words as whole words
 * of that text, so one of them is enough to find it. Reading texts costs as much as a hundred
 * searches in them, so they are read when so many have been asked for.
 */
export class Postings {
  readonly #places = new Map<string, number[]>();
  /** places of all texts, of as many entries as are known */
  readonly #texts: number[] = [];
  #known = 0;
  /** how many of the texts were read */
  #read = 0;
  #asked = 0;
  /** the texts that were not */
  readonly #unread = new TextPile();

  /**
   * Calls `visit` with the places of the texts in which a literal stands, in order, until it answers true: first of
   * those that were read, then of the others.
   */
  someWith(
    literal: string,
    entries: readonly OriginEntry[],
    visit: (place: number) => boolean,
  ): void {
    for (; this.#known < entries.length; this.#known += 1) {
      const entry = entries[this.#known];
      if (entry?.isText !== true || entry.kind === "prompt") continue;
      this.#texts.push(this.#known);
      this.#unread.add(entry.text, this.#known);
    }
    if (this.#read < this.#texts.length) {
      this.#asked += 1;
      if (this.#asked > askedMax) this.#readAll(entries);
    }
    for (const place of this.#posted(literal)) {
      if (stands(entries[place]?.text ?? "", literal) && visit(place)) return;
    }
    this.#unread.someWith(literal, isToken, visit);
  }

  /** Of the texts that were read those that hold the rarest word of a literal. */
  #posted(literal: string): readonly number[] {
    if (this.#read === 0) return [];
    let rarest: readonly number[] | undefined;
    for (const word of wordsOf(literal)) {
      const places = this.#places.get(word);
      if (places === undefined) return [];
      if (rarest === undefined || places.length < rarest.length) rarest = places;
    }
    return rarest ?? this.#texts.slice(0, this.#read);
  }

  #readAll(entries: readonly OriginEntry[]): void {
    for (; this.#read < this.#texts.length; this.#read += 1) {
      const place = this.#texts[this.#read] ?? 0;
      for (const word of wordsOf(entries[place]?.text ?? "")) {
        const places = this.#places.get(word);
        if (places === undefined) this.#places.set(word, [place]);
        else if (places.at(-1) !== place) places.push(place);
      }
    }
    this.#unread.clear();
    this.#asked = 0;
  }
}
