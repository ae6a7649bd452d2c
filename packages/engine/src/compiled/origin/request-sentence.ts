import {
  leadWords,
  originLimits,
  originSpace,
  requestPhrases,
  stopWords,
} from "../../document/origin-vocabulary.ts";
import type { ActWords } from "./act-word.ts";
import type { Leaf } from "./leaf.ts";
import { holds } from "./literal-search.ts";
import type { OriginMemory } from "./origin-memory.ts";
import { trimSpace } from "./result-view.ts";
import { foldedWordsOf, hasLetter, stands } from "./word.ts";

/** Whether results ask for an action, and how. */
export interface Requested {
  readonly mood: "none" | "statement" | "request";
  /** the most of the action's literals in one sentence */
  readonly literals: number;
  /** whether such a sentence shares a topic with a prompt */
  readonly onTopic: boolean;
}

interface Sentence {
  readonly words: readonly string[];
  readonly literals: number;
  readonly asks: boolean;
}

const unasked: Requested = { mood: "none", literals: 0, onTopic: false };
const phrases: readonly (readonly string[])[] = requestPhrases.map((phrase) => phrase.split(" "));
const leads: ReadonlySet<string> = new Set(leadWords);
const { topicUnitsMin } = originLimits;

/** What results since the latest prompt say of an action with these acts and arguments. */
export function requestedBy(
  memory: OriginMemory,
  acts: ActWords,
  leaves: readonly Leaf[],
): Requested {
  const sentences = sentencesOn(memory, acts, leaves);
  if (sentences.length === 0) return unasked;
  const asking = sentences.filter(({ asks }) => asks);
  const reported = asking.length > 0 ? asking : sentences;
  const literalWords = new Set(leaves.flatMap(({ forms }) => forms.flatMap(foldedWordsOf)));
  const topic = (words: readonly string[]): string[] => topicWords(words, acts, literalWords);
  const prompted = new Set(memory.prompts.flatMap(({ words }) => topic(words)));
  return {
    mood: asking.length > 0 ? "request" : "statement",
    literals: sentences.reduce((most, { literals }) => Math.max(most, literals), 0),
    onTopic: reported.some(({ words }) => topic(words).some((word) => prompted.has(word))),
  };
}

/** Sentences that hold an act word and a literal of the action. */
function sentencesOn(memory: OriginMemory, acts: ActWords, leaves: readonly Leaf[]): Sentence[] {
  const literals = leaves.filter(({ short }) => !short);
  const since = memory.prompts.at(-1)?.entry.sequence ?? Number.POSITIVE_INFINITY;
  const found: Sentence[] = [];
  for (let place = memory.entries.length - 1; place >= 0; place -= 1) {
    const entry = memory.entries[place];
    if (entry === undefined || entry.sequence <= since) break;
    if (!entry.fromResult || !entry.isText) continue;
    const { text } = entry;
    const held = literals.filter(({ forms }) => forms.some((form) => holds(text, form)));
    if (held.length === 0) continue;
    for (const sentence of sentencesOf(text)) {
      const count = held.filter(({ forms }) => forms.some((form) => stands(sentence, form))).length;
      if (count === 0) continue;
      const words = foldedWordsOf(sentence);
      if (acts.areIn(words)) found.push({ words, literals: count, asks: asks(words, acts) });
    }
  }
  return found;
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

/** The sentences of a text, each with the sign that ends it, as a literal may end in it too. */
function sentencesOf(text: string): string[] {
  const sentences: string[] = [];
  const { length } = text;
  let start = 0;
  for (let at = 0; at < length; at += 1) {
    const sign = signs[text.charCodeAt(at)];
    // Most units are letters, which end nothing.
    if (sign === undefined || (sign & (breaks | stops)) === 0) continue;
    if ((sign & breaks) === 0 && at + 1 < length) {
      const next = signs[text.charCodeAt(at + 1)];
      if (next === undefined || (next & spaces) === 0) continue;
    }
    sentences.push(trimSpace(text.slice(start, at + 1)));
    start = at + 1;
  }
  sentences.push(trimSpace(text.slice(start)));
  return sentences;
}

/** Whether a sentence asks: by a phrase, or by beginning with an act. */
function asks(words: readonly string[], acts: ActWords): boolean {
  const begin = words.findIndex((word) => !leads.has(word));
  if (begin >= 0 && acts.beginAt(words, begin)) return true;
  return phrases.some((phrase) =>
    words.some((_, at) => phrase.every((word, index) => words[at + index] === word)),
  );
}

/** The words that say what a text is about, without a final `s`. */
function topicWords(
  words: readonly string[],
  acts: ActWords,
  literalWords: ReadonlySet<string>,
): string[] {
  return words
    .filter((word) => word.length >= topicUnitsMin && hasLetter(word) && !stopWords.has(word))
    .filter((word) => !acts.hold(word) && !literalWords.has(word))
    .map((word) => (word.length > topicUnitsMin && word.endsWith("s") ? word.slice(0, -1) : word));
}
