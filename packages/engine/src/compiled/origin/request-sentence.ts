import { leadWords, originSpace, requestPhrases } from "../../document/origin-vocabulary.ts";
import type { ActWords } from "./act-word.ts";
import { somePlace } from "./literal-search.ts";
import { trimSpace } from "./result-view.ts";
import { foldedWordsOf, stands } from "./word.ts";

/** What a sentence says of an action: nothing, what it is, or to do it. */
export const stance = { silent: 0, states: 1, asks: 2 } as const;

type Stance = (typeof stance)[keyof typeof stance];

/** A sentence of a result, with what was found of it. */
export class Sentence {
  readonly text: string;
  #words: readonly string[] | undefined;
  /** what it says, and of which acts */
  #stance: Stance = stance.silent;
  #acts: ActWords | undefined;
  /** the literal that was found in it last, by a number that no other has */
  literal = 0;
  /** the question in which literals were counted last, and how many */
  question = 0;
  count = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Its words in small letters. */
  get words(): readonly string[] {
    return (this.#words ??= foldedWordsOf(this.text));
  }

  stanceTo(acts: ActWords): Stance {
    if (acts === this.#acts) return this.#stance;
    this.#acts = acts;
    this.#stance = acts.mayBeIn(this.text) ? stanceOf(this.words, acts) : stance.silent;
    return this.#stance;
  }
}

/** Texts of results, each in lines of its own, whose sentences are cut where they are looked for. */
export class SaidText {
  readonly text: string;
  /** by where they start */
  readonly #sentences = new Map<number, Sentence>();

  constructor(texts: readonly string[]) {
    this.text = texts.join("\n");
  }

  /**
   * Calls `visit` for each sentence in which a literal stands, in time linear in the text. **Contract:** the literal
   * is one that a sentence can hold.
   */
  eachWith(literal: string, visit: (sentence: Sentence) => void): void {
    const { text } = this;
    let end = 0;
    somePlace(text, literal, (at) => {
      // What begins in a sentence that was looked at says nothing new.
      if (at < end) return false;
      const start = startOf(text, at, end);
      end = endOf(text, at);
      const sentence = this.#cut(start, end);
      if (stands(sentence.text, literal)) visit(sentence);
      return false;
    });
  }

  #cut(start: number, end: number): Sentence {
    let sentence = this.#sentences.get(start);
    if (sentence === undefined) {
      sentence = new Sentence(trimSpace(this.text.slice(start, end)));
      this.#sentences.set(start, sentence);
    }
    return sentence;
  }
}

/** What a unit does to a sentence: a line break ends it, a stop does before white space or the end. */
const breaks = 1;
const stops = 2;
const spaces = 4;
const signs = signTable();

function signTable(): Uint8Array {
  const table = new Uint8Array(0x80);
  for (const [units, sign] of [
    [originSpace, spaces],
    [".!?;", stops],
    ["\n\r", breaks],
  ] as const) {
    for (let at = 0; at < units.length; at += 1) {
      const unit = units.charCodeAt(at);
      table[unit] = (table[unit] ?? 0) | sign;
    }
  }
  return table;
}

/**
 * Whether a sentence ends with the unit at a place, which is part of it: a literal may end in it too. What ends
 * with its text need not be told.
 */
function endsAt(text: string, at: number): boolean {
  const sign = signs[text.charCodeAt(at)];
  // Most units are letters, which end nothing.
  if (sign === undefined || (sign & (breaks | stops)) === 0) return false;
  if ((sign & breaks) !== 0) return true;
  return ((signs[text.charCodeAt(at + 1)] ?? 0) & spaces) !== 0;
}

/** Where the sentence starts that a place is in; one does at `least`. */
function startOf(text: string, place: number, least: number): number {
  let start = place;
  while (start > least && !endsAt(text, start - 1)) start -= 1;
  return start;
}

/** Where the sentence ends that a place is in. */
function endOf(text: string, place: number): number {
  let at = place;
  while (at < text.length && !endsAt(text, at)) at += 1;
  return at + 1;
}

/** Whether a literal can stand in one sentence: whether none ends in it before it does. */
export function fitsSentence(literal: string): boolean {
  for (let at = 0; at + 1 < literal.length; at += 1) if (endsAt(literal, at)) return false;
  return true;
}

const leads: ReadonlySet<string> = new Set(leadWords);
const phrases = phrasesByFirst();

function phrasesByFirst(): ReadonlyMap<string, readonly (readonly string[])[]> {
  const found = new Map<string, (readonly string[])[]>();
  for (const phrase of requestPhrases) {
    const words = phrase.split(" ");
    const [first = ""] = words;
    found.set(first, [...(found.get(first) ?? []), words]);
  }
  return found;
}

function stanceOf(words: readonly string[], acts: ActWords): Stance {
  if (!acts.areIn(words)) return stance.silent;
  return asks(words, acts) ? stance.asks : stance.states;
}

/** Whether a sentence asks: by a phrase, or by beginning with an act. */
function asks(words: readonly string[], acts: ActWords): boolean {
  const begin = words.findIndex((word) => !leads.has(word));
  if (begin >= 0 && acts.beginAt(words, begin)) return true;
  return words.some((word, at) =>
    phrases.get(word)?.some((phrase) => phrase.every((each, index) => words[at + index] === each)),
  );
}
