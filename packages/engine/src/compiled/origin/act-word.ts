import { doubledConsonants } from "../../document/origin-vocabulary.ts";
import { eachRun, foldedWordsOf } from "./word.ts";

/** The words of an act in small letters, as a person wrote them. */
type Act = readonly string[];

/** The act words of a tool, with the forms that English gives their verbs. */
export class ActWords {
  /** by every form of their first words */
  readonly #byForm = new Map<string, Act[]>();
  /** by their first words as they are written */
  readonly #byFirst = new Map<string, Act[]>();
  /** every form of a first word, and every other word */
  readonly #parts: ReadonlySet<string>;
  /** numbers of all forms of first words */
  readonly #numbers = new Set<number>();

  constructor(acts: readonly string[]) {
    const parts = new Set<string>();
    for (const act of acts) {
      const words = foldedWordsOf(act);
      const [first] = words;
      if (first === undefined) continue;
      addUnder(this.#byFirst, first, words);
      for (const form of formsOf(first)) {
        addUnder(this.#byForm, form, words);
        eachRun(form, 1, (number) => this.#numbers.add(number));
        parts.add(form);
      }
      for (const word of words.slice(1)) parts.add(word);
    }
    this.#parts = parts;
  }

  /** Whether a text may hold an act, told without cutting it: never no where one is. */
  mayBeIn(text: string): boolean {
    let may = false;
    eachRun(text, 1, (number) => (may ||= this.#numbers.has(number)));
    return may;
  }

  /** Whether words hold an act, its first word in any form. */
  areIn(words: readonly string[]): boolean {
    return words.some((word, at) => this.#byForm.get(word)?.some((act) => goesOn(act, words, at)));
  }

  /** Whether an act, as it is written, stands at a place. */
  beginAt(words: readonly string[], at: number): boolean {
    return this.#byFirst.get(words[at] ?? "")?.some((act) => goesOn(act, words, at)) === true;
  }

  /** Whether a word belongs to an act in any form. */
  hold(word: string): boolean {
    return this.#parts.has(word);
  }
}

function addUnder(acts: Map<string, Act[]>, word: string, act: Act): void {
  const known = acts.get(word);
  if (known === undefined) acts.set(word, [act]);
  else known.push(act);
}

/** Whether the words of an act after its first follow. */
function goesOn(wanted: Act, words: readonly string[], at: number): boolean {
  for (let index = 1; index < wanted.length; index += 1) {
    if (words[at + index] !== wanted[index]) return false;
  }
  return true;
}

function formsOf(word: string): ReadonlySet<string> {
  const forms = new Set([word]);
  for (const ending of ["s", "es", "d", "ed", "ing"]) forms.add(`${word}${ending}`);
  const stem = word.slice(0, -1);
  const last = word.slice(-1);
  if (last === "e") forms.add(`${stem}ing`);
  if (last === "y") forms.add(`${stem}ies`).add(`${stem}ied`);
  if (doubledConsonants.includes(last)) forms.add(`${word}${last}ed`).add(`${word}${last}ing`);
  return forms;
}
