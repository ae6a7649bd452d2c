import { modelReadings } from "../../document/model-reading.ts";
import { originLimits, originSpace, stopWords } from "../../document/origin-vocabulary.ts";
import { actsOf, asks, isActWord, namesAct } from "./act.ts";
import type { Act } from "./act.ts";
import type { Tool } from "../../document/kinds.ts";
import type { KnownLeaf, Leaf } from "./leaf.ts";
import type { Memory } from "./memory.ts";
import { isText, promptsOf, standsIn } from "./sighting.ts";
import { trimmed, wordsOf } from "./token.ts";

/** Whether a result asks for a call, how much of it one sentence holds, and on what topic. */
export interface Requested {
  readonly mood: "none" | "statement" | "request";
  readonly literals: number;
  readonly onTopic: boolean;
}

/** What results since the latest prompt say of this call, sentence by sentence. */
export function requestedBy(
  leaves: readonly Leaf[],
  tool: Tool | undefined,
  memory: Memory,
): Requested {
  const acts = actsOf(tool);
  const known = leaves.filter((leaf) => leaf.known);
  const sentences = resultTexts(memory)
    .flatMap((text) => sentencesOf(text))
    .map((text) => ({ text, words: wordsOf(text), literals: literalsIn(text, known) }))
    .filter(({ words, literals }) => literals > 0 && namesAct(words, acts));
  if (sentences.length === 0) return { mood: "none", literals: 0, onTopic: false };
  const asking = sentences.filter(({ words }) => asks(words, acts));
  const reported = asking.length > 0 ? asking : sentences;
  const ignored = new Set(known.flatMap(({ forms }) => forms.flatMap((form) => wordsOf(form))));
  const topics = new Set(
    promptsOf(memory).flatMap(({ text }) => topicWords(wordsOf(text), acts, ignored)),
  );
  return {
    mood: asking.length > 0 ? "request" : "statement",
    literals: sentences.reduce((most, { literals }) => Math.max(most, literals), 0),
    onTopic: reported.some(({ words }) =>
      topicWords(words, acts, ignored).some((word) => topics.has(word)),
    ),
  };
}

/** Whether a prompt of this session names an act of the tool. */
export function promptNamesAct(tool: Tool | undefined, memory: Memory): boolean {
  const acts = actsOf(tool);
  return promptsOf(memory).some(({ text }) => namesAct(wordsOf(text), acts));
}

/** Texts of results, not observed ones, that came after the latest prompt, with how else they read. */
function resultTexts(memory: Memory): readonly string[] {
  const latest = promptsOf(memory).at(-1)?.sequence ?? Number.POSITIVE_INFINITY;
  return memory
    .entries()
    .filter((entry) => entry.resulted && isText(entry) && entry.sequence > latest)
    .flatMap(({ text }) => [text].concat(modelReadings(text)));
}

/** Cut at line breaks, and after what ends a sentence when white space or the end follows. */
function sentencesOf(text: string): readonly string[] {
  const sentences: string[] = [];
  let sentence = "";
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charAt(at);
    const next = text.charAt(at + 1);
    sentence += unit;
    const ends = ".!?;".includes(unit) && (next === "" || originSpace.includes(next));
    if (!ends && unit !== "\n" && unit !== "\r") continue;
    sentences.push(trimmed(sentence));
    sentence = "";
  }
  return [...sentences, trimmed(sentence)];
}

function literalsIn(text: string, leaves: readonly KnownLeaf[]): number {
  return leaves.filter((leaf) => standsIn(text, leaf)).length;
}

/** Words that say what a text is about; a plural `s` is taken off. */
function topicWords(
  words: readonly string[],
  acts: readonly Act[],
  ignored: ReadonlySet<string>,
): readonly string[] {
  const { topicUnitsMin } = originLimits;
  return words
    .filter((word) => word.length >= topicUnitsMin && !stopWords.has(word) && !ignored.has(word))
    .filter((word) => !isActWord(word, acts) && /[A-Za-z\u0080-\uffff]/.test(word))
    .map((word) => (word.length > topicUnitsMin && word.endsWith("s") ? word.slice(0, -1) : word));
}
