import { somePlace } from "./literal-search.ts";

/** Units after which another pile is begun, so that a text that is added moves few others. */
const pileUnits = 16_384;

interface Pile {
  text: string;
  /** texts that are still to be put under `text`, and how long it is with them */
  more: string[];
  length: number;
  /** where each text starts, and its place */
  readonly starts: number[];
  readonly places: number[];
}

/** Texts under one another, so that a literal is looked for in many of them at once. */
export class TextPile {
  #piles: Pile[] = [];

  /** **Contract:** places are in order. */
  add(text: string, place: number): void {
    let pile = this.#piles.at(-1);
    if (pile === undefined || pile.length > pileUnits) {
      pile = { text: "", more: [], length: 0, starts: [], places: [] };
      this.#piles.push(pile);
    }
    pile.starts.push(pile.length);
    pile.places.push(place);
    pile.more.push(text);
    pile.length += text.length + 1;
  }

  clear(): void {
    this.#piles = [];
  }

  /**
   * Calls `visit` with the place of each text in which a literal stands as `accepts` says, in order, until it
   * answers true. Takes time linear in all texts.
   */
  someWith(
    literal: string,
    accepts: (text: string, at: number, length: number) => boolean,
    visit: (place: number) => boolean,
  ): void {
    for (const pile of this.#piles) {
      const { starts, places, more } = pile;
      if (more.length > 0) {
        // A line break is part of no token.
        pile.text += `${more.join("\n")}\n`;
        pile.more = [];
      }
      const { text } = pile;
      let index = 0;
      let next = 0;
      const isDone = somePlace(text, literal, (at) => {
        if (at < next) return false;
        while ((starts[index + 1] ?? text.length) <= at) index += 1;
        const end = starts[index + 1] ?? text.length;
        if (at + literal.length >= end || !accepts(text, at, literal.length)) return false;
        next = end;
        return visit(places[index] ?? 0);
      });
      if (isDone) return;
    }
  }
}
