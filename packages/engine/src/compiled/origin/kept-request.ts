import { modelReadings } from "../../document/model-reading.ts";
import { ActWords } from "./act-word.ts";
import { leafOf } from "./leaf.ts";
import type { LeafKey } from "./leaf.ts";
import type { OriginEntry } from "./origin-entry.ts";
import type { OriginMemory } from "./origin-memory.ts";
import { SaidText, fitsSentence, stance } from "./request-sentence.ts";
import type { Sentence } from "./request-sentence.ts";
import { canBeTopic, singular } from "./topic.ts";
import { foldCase, holdsWord, wordsOf } from "./word.ts";

/** Whether results ask for an action, and how. */
export interface Requested {
  readonly mood: "none" | "statement" | "request";
  /** the most of the action's literals in one sentence */
  readonly literals: number;
  /** whether such a sentence shares a topic with a prompt */
  readonly onTopic: boolean;
}

const unasked: Requested = { mood: "none", literals: 0, onTopic: false };

/** Places of literals that are kept at most, and units of the sentences that they are in. */
const placesMax = 16_384;
const unitsMax = 1_048_576;

/**
 * What results ask for: kept of the memory that was asked about last, as the rules of a tool ask for mostly the
 * same literals several times over in one decision, and later decisions for some of them.
 */
export class KeptRequests {
  #memory: OriginMemory | undefined;
  #entries = 0;
  #prompts = 0;
  #acts = new ActWords([]);
  /** what results said since the latest prompt */
  #texts: SaidText[] = [];
  /** sentences by the leaf that stands in them */
  readonly #found = new Map<LeafKey, readonly Sentence[]>();
  #places = 0;
  #units = 0;
  #literals = 0;
  #questions = 0;

  /** What results since the latest prompt say of an action with these acts and arguments. */
  of(memory: OriginMemory, acts: ActWords, keys: readonly LeafKey[]): Requested {
    this.#turnTo(memory);
    this.#acts = acts;
    const sentences = this.#sentencesOn(keys);
    const requested = sentences.length === 0 ? unasked : this.#requested(sentences, keys);
    if (this.#places > placesMax || this.#units > unitsMax) this.#memory = undefined;
    return requested;
  }

  #turnTo(memory: OriginMemory): void {
    const { entries, prompts } = memory;
    if (memory !== this.#memory || prompts.length !== this.#prompts) {
      this.#memory = memory;
      this.#entries = 0;
      this.#prompts = prompts.length;
      this.#texts = [];
      this.#places = 0;
      this.#units = 0;
      this.#found.clear();
    }
    if (entries.length === this.#entries) return;
    const since = prompts.at(-1)?.entry.sequence ?? Number.POSITIVE_INFINITY;
    const texts: string[] = [];
    for (let place = entries.length - 1; place >= this.#entries; place -= 1) {
      const entry = entries[place];
      if (entry === undefined || entry.sequence <= since) break;
      if (entry.fromResult && entry.isText) texts.push(entry.text, ...readingsOf(entry));
    }
    this.#entries = entries.length;
    if (texts.length === 0) return;
    this.#texts.push(new SaidText(texts));
    this.#found.clear();
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
          if (sentence.stanceTo(this.#acts) !== stance.silent) found.push(sentence);
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
    const asking = sentences.filter((sentence) => sentence.stanceTo(this.#acts) === stance.asks);
    return {
      mood: asking.length > 0 ? "request" : "statement",
      literals: sentences.reduce((most, { count }) => Math.max(most, count), 0),
      onTopic: this.#onTopic(asking.length > 0 ? asking : sentences, new LiteralWords(keys)),
    };
  }

  /** Whether a sentence shares a topic with a prompt: a word that is no literal of the action. */
  #onTopic(sentences: readonly Sentence[], literals: LiteralWords): boolean {
    const prompts = this.#memory?.prompts ?? [];
    const isTopic = (word: string): boolean => !this.#acts.hold(word) && !literals.has(word);
    return sentences.some(({ words }) =>
      words.some(
        (word) =>
          prompts.some(({ topics }) => topics.get(singular(word))?.some(isTopic)) &&
          canBeTopic(word) &&
          isTopic(word),
      ),
    );
  }
}

/** How the text of an entry reads besides: looked for once, however often it is asked about. */
function readingsOf(entry: OriginEntry): readonly string[] {
  return (entry.readings ??= modelReadings(entry.text));
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
