import { hostOfAny, hostsNamedIn } from "./host.ts";
import type { Leaf } from "./leaf.ts";
import type { OriginEntry } from "./origin-entry.ts";
import { topicsIn } from "./topic.ts";
import { foldedWordsOf, stands, wordsOf } from "./word.ts";

/** Units of a prompt that is cut into words before many names are looked for in it. */
const searchedMax = 4_096;

/** What a person typed; what it names is found when first asked for. */
export class Prompt {
  readonly entry: OriginEntry;
  /** its place among the entries of its memory */
  readonly place: number;
  #hosts: ReadonlySet<string> | undefined;
  #whole: ReadonlySet<string> | undefined;
  #words: readonly string[] | undefined;
  #topics: ReadonlyMap<string, readonly string[]> | undefined;

  constructor(entry: OriginEntry, place: number) {
    this.entry = entry;
    this.place = place;
  }

  /** Whether a leaf stands in it as a literal. */
  holds({ forms, short }: Leaf): boolean {
    return !short && forms.some((form) => stands(this.entry.text, form));
  }

  /** Whether a name stands in it as a literal, which is so only when all its words do. */
  names(name: string): boolean {
    const { text } = this.entry;
    if (text.length > searchedMax) {
      this.#whole ??= new Set(wordsOf(text));
      for (const word of wordsOf(name)) if (!this.#whole.has(word)) return false;
    }
    return stands(text, name);
  }

  /** Whether a leaf is a URL whose host it names. */
  namesHostOf({ key }: Leaf): boolean {
    const host = typeof key === "string" ? hostOfAny(key) : undefined;
    if (host === undefined) return false;
    this.#hosts ??= hostsNamedIn(this.entry.text);
    return this.#hosts.has(host);
  }

  /** Its words in small letters. */
  get words(): readonly string[] {
    return (this.#words ??= foldedWordsOf(this.entry.text));
  }

  /** What it is about, act words included. */
  get topics(): ReadonlyMap<string, readonly string[]> {
    return (this.#topics ??= topicsIn(this.words));
  }
}
