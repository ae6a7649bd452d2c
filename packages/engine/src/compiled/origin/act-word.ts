import { doubledConsonants } from "../../document/origin-vocabulary.ts";
import { foldedWordsOf } from "./word.ts";

interface Act {
  /** in small letters, as a person wrote them */
  readonly words: readonly string[];
  readonly firstForms: ReadonlySet<string>;
}

/** The act words of a tool, with the forms that English gives their verbs. */
export class ActWords {
  readonly #acts: readonly Act[];
  /** every form of a first word, and every other word */
  readonly #parts: ReadonlySet<string>;

  constructor(acts: readonly string[]) {
    this.#acts = acts.flatMap((act) => {
      const words = foldedWordsOf(act);
      const [first] = words;
      return first === undefined ? [] : [{ words, firstForms: formsOf(first) }];
    });
    this.#parts = new Set(
      this.#acts.flatMap(({ words, firstForms }) => [...firstForms, ...words.slice(1)]),
    );
  }

  /** Whether words hold an act, its first word in any form. */
  areIn(words: readonly string[]): boolean {
    return words.some((word, at) =>
      this.#acts.some((act) => act.firstForms.has(word) && goesOn(act, words, at)),
    );
  }

  /** Whether an act, as it is written, stands at a place. */
  beginAt(words: readonly string[], at: number): boolean {
    return this.#acts.some((act) => act.words[0] === words[at] && goesOn(act, words, at));
  }

  /** Whether a word belongs to an act in any form. */
  hold(word: string): boolean {
    return this.#parts.has(word);
  }
}

/** Whether the words of an act after its first follow. */
function goesOn({ words: wanted }: Act, words: readonly string[], at: number): boolean {
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
