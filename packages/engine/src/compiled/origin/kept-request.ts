import { modelReadings } from "../../document/model-reading.ts";
import { originLimits, stopWords } from "../../document/origin-vocabulary.ts";
import { ActWords } from "./act-word.ts";
import { leafOf } from "./leaf.ts";
import type { LeafKey } from "./leaf.ts";
import type { OriginEntry } from "./origin-entry.ts";
import type { OriginMemory } from "./origin-memory.ts";
import { SaidText, fitsSentence, stance } from "./request-sentence.ts";
import type { Sentence } from "./request-sentence.ts";
import { foldCase, hasLetter, holdsWord, wordsOf } from "./word.ts";

/** Whether results ask for an action, and how. */
export interface Requested {
  readonly mood: "none" | "statement" | "request";
  /** the most of the action's literals in one sentence */
  readonly literals: number;
  /** whether such a sentence shares a topic with a prompt */
  readonly onTopic: boolean;
}

const unasked: Requested = { mood: "none", literals: 0, onTopic: false };
const { topicUnitsMin } = originLimits;

/** Places of literals that are kept at most, and units of the sentences that they are in. */
const placesMax = 16_384;
const unitsMax = 1_048_576;

/**
 * What results ask for: kept of the memory that was asked about last, while nothing joins it, as the rules of a
 * tool ask for mostly the same literals several times over in one decision.
 */
export class KeptRequests {
  #memory: OriginMemory | undefined;
  #entries = -1;
  #prompts = -1;
  #acts = new ActWords([]);
  /** what results said since the latest prompt */
  #texts: readonly SaidText[] = [];
  /** sentences by the leaf that stands in them */
  readonly #found = new Map<LeafKey, readonly Sentence[]>();
  /** topics of the prompts without a final `s`, and the words that they stand for */
  #topics: ReadonlyMap<string, readonly string[]> | undefined;
  #places = 0;
  #units = 0;
  #literals = 0;
  #questions = 0;

  /** What results since the latest prompt say of an action with these acts and arguments. */
  of(memory: OriginMemory, acts: ActWords, keys: readonly LeafKey[]): Requested {
    this.#turnTo(memory, acts);
    const sentences = this.#sentencesOn(keys);
    const requested = sentences.length === 0 ? unasked : this.#requested(sentences, keys);
    if (this.#places > placesMax || this.#units > unitsMax) this.#forget();
    return requested;
  }

  #turnTo(memory: OriginMemory, acts: ActWords): void {
    const { entries, prompts } = memory;
    const same = memory === this.#memory && acts === this.#acts;
    if (same && entries.length === this.#entries && prompts.length === this.#prompts) return;
    this.#forget();
    this.#memory = memory;
    this.#entries = entries.length;
    this.#prompts = prompts.length;
    this.#acts = acts;
    const since = prompts.at(-1)?.entry.sequence ?? Number.POSITIVE_INFINITY;
    const texts: SaidText[] = [];
    for (let place = entries.length - 1; place >= 0; place -= 1) {
      const entry = entries[place];
      if (entry === undefined || entry.sequence <= since) break;
      if (!entry.fromResult || !entry.isText) continue;
      texts.push(new SaidText(entry.text, acts));
      for (const text of readingsOf(entry)) texts.push(new SaidText(text, acts));
    }
    this.#texts = texts;
  }

  #forget(): void {
    this.#memory = undefined;
    this.#texts = [];
    this.#found.clear();
    this.#topics = undefined;
    this.#places = 0;
    this.#units = 0;
  }

  /** Sentences that hold an act word and a literal of the action, with how many of these. */
  #sentencesOn(keys: readonly LeafKey[]): Sentence[] {
    this.#questions += 1;
    const found: Sentence[] = [];
    for (const key of keys) {
      for (const sentence of this.#sentencesWith(key)) {
        if (sentence.question !== this.#questions) {
          sentence.question = this.#questions;
          sentence.count = 0;
          if (sentence.stance !== stance.silent) found.push(sentence);
        }
        sentence.count += 1;
      }
    }
    return found;
  }

  #sentencesWith(key: LeafKey): readonly Sentence[] {
    const known = this.#found.get(key);
    if (known !== undefined) return known;
    const { forms, short } = leafOf(key);
    const found: Sentence[] = [];
    this.#literals += 1;
    const visit = (sentence: Sentence): void => {
      // Another form of the leaf may stand there too.
      if (sentence.literal === this.#literals) return;
      sentence.literal = this.#literals;
      found.push(sentence);
      this.#units += sentence.text.length;
    };
    for (const form of short ? [] : forms.filter(fitsSentence)) {
      for (const said of this.#texts) said.eachWith(form, visit);
    }
    this.#places += 1 + found.length;
    if (this.#places <= placesMax) this.#found.set(key, found);
    return found;
  }

  #requested(sentences: readonly Sentence[], keys: readonly LeafKey[]): Requested {
    const asking = sentences.filter((sentence) => sentence.stance === stance.asks);
    return {
      mood: asking.length > 0 ? "request" : "statement",
      literals: sentences.reduce((most, { count }) => Math.max(most, count), 0),
      onTopic: this.#onTopic(asking.length > 0 ? asking : sentences, new LiteralWords(keys)),
    };
  }

  /** Whether a sentence shares a topic with a prompt: a word that is no literal of the action. */
  #onTopic(sentences: readonly Sentence[], literals: LiteralWords): boolean {
    const topics = (this.#topics ??= this.#topicsOf(this.#memory?.prompts ?? []));
    if (topics.size === 0) return false;
    return sentences.some(({ words }) =>
      words.some((word) => {
        const prompted = word.length < topicUnitsMin ? undefined : topics.get(singular(word));
        if (prompted === undefined || !this.#isTopic(word) || literals.has(word)) return false;
        return prompted.some((each) => !literals.has(each));
      }),
    );
  }

  #topicsOf(prompts: OriginMemory["prompts"]): ReadonlyMap<string, readonly string[]> {
    const topics = new Map<string, string[]>();
    for (const { words } of prompts) {
      for (const word of words) {
        if (word.length < topicUnitsMin || !this.#isTopic(word)) continue;
        const known = topics.get(singular(word));
        if (known === undefined) topics.set(singular(word), [word]);
        else if (!known.includes(word)) known.push(word);
      }
    }
    return topics;
  }

  /** Whether a word that is long enough says what a text is about. */
  #isTopic(word: string): boolean {
    return hasLetter(word) && !stopWords.has(word) && !this.#acts.hold(word);
  }
}

/** How the text of an entry reads besides: looked for once, however often it is asked about. */
function readingsOf(entry: OriginEntry): readonly string[] {
  return (entry.readings ??= modelReadings(entry.text));
}

function singular(word: string): string {
  return word.length > topicUnitsMin && word.endsWith("s") ? word.slice(0, -1) : word;
}

/** Words that are looked for in the leaves one by one; when there are more, the leaves are cut into words. */
const soughtMax = 8;

/** The words of some leaves, in small letters. */
class LiteralWords {
  readonly #keys: readonly LeafKey[];
  #texts: readonly string[] | undefined;
  #words: ReadonlySet<string> | undefined;
  #sought = 0;

  constructor(keys: readonly LeafKey[]) {
    this.#keys = keys;
  }

  has(word: string): boolean {
    this.#texts ??= this.#keys.flatMap((key) => leafOf(key).forms.map(foldCase));
    this.#sought += 1;
    if (this.#sought <= soughtMax) return this.#texts.some((text) => holdsWord(text, word));
    this.#words ??= new Set(this.#texts.flatMap((text) => wordsOf(text)));
    return this.#words.has(word);
  }
}
