import type { Tool } from "../../document/kinds.ts";
import { doubledConsonants, leadWords, requestPhrases } from "../../document/origin-vocabulary.ts";
import { wordsOf } from "./token.ts";

/** What a person calls a tool's act: one or more words, folded. */
export type Act = readonly string[];

/** The acts of a Tool document; none for a tool that nobody described. */
export function actsOf(tool: Tool | undefined): readonly Act[] {
  return (tool?.acts ?? []).map((act) => wordsOf(act)).filter((words) => words.length > 0);
}

/** Whether the words name one of the acts, its first word in any form. */
export function namesAct(words: readonly string[], acts: readonly Act[]): boolean {
  return acts.some(([first, ...rest]) =>
    words.some(
      (word, at) => isForm(word, first) && rest.every((each, k) => words[at + 1 + k] === each),
    ),
  );
}

/** Whether a word belongs to naming one of the acts, so that it says nothing of a topic. */
export function isActWord(word: string, acts: readonly Act[]): boolean {
  return acts.some(([first, ...rest]) => isForm(word, first) || rest.includes(word));
}

/** Whether a sentence asks: by a phrase of asking, or by beginning with the act itself. */
export function asks(words: readonly string[], acts: readonly Act[]): boolean {
  const phrased = requestPhrases.some((phrase) => {
    const wanted = phrase.split(" ");
    return words.some((_, at) => wanted.every((each, k) => words[at + k] === each));
  });
  if (phrased) return true;
  const start = words.findIndex((word) => !leadWords.includes(word));
  return start >= 0 && acts.some((act) => act.every((each, k) => words[start + k] === each));
}

/** The word itself, or with an ending of English verbs and nouns. */
function isForm(word: string, base: string | undefined): boolean {
  return base !== undefined && formsOf(base).includes(word);
}

function formsOf(base: string): readonly string[] {
  const forms = ["", "s", "es", "d", "ed", "ing"].map((ending) => base + ending);
  const last = base.slice(-1);
  if (last === "e") forms.push(`${base.slice(0, -1)}ing`);
  if (doubledConsonants.includes(last)) forms.push(`${base}${last}ed`, `${base}${last}ing`);
  if (last === "y") forms.push(`${base.slice(0, -1)}ies`, `${base.slice(0, -1)}ied`);
  return forms;
}
