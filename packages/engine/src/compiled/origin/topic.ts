import { originLimits, stopWords } from "../../document/origin-vocabulary.ts";
import { hasLetter } from "./word.ts";

const { topicUnitsMin } = originLimits;

/** Whether a word can say what a text is about. */
export function canBeTopic(word: string): boolean {
  return word.length >= topicUnitsMin && hasLetter(word) && !stopWords.has(word);
}

/** A word without a plural `s`. */
export function singular(word: string): string {
  return word.length > topicUnitsMin && word.endsWith("s") ? word.slice(0, -1) : word;
}

/** Words that can say what a text is about, each once, by what they are in the singular. */
export function topicsIn(words: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const topics = new Map<string, string[]>();
  for (const word of words) {
    if (!canBeTopic(word)) continue;
    const known = topics.get(singular(word));
    if (known === undefined) topics.set(singular(word), [word]);
    else if (!known.includes(word)) known.push(word);
  }
  return topics;
}
