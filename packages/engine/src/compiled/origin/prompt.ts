import { hostOfAny, hostsNamedIn } from "./host.ts";
import type { Leaf } from "./leaf.ts";
import type { OriginEntry } from "./origin-entry.ts";
import { foldedWordsOf, stands, wordsOf } from "./word.ts";

/** What a person typed; what it names is found when first asked for. */
export class Prompt {
  readonly entry: OriginEntry;
  /** its place among the entries of its memory */
  readonly place: number;
  #hosts: ReadonlySet<string> | undefined;
  #whole: ReadonlySet<string> | undefined;
  #words: readonly string[] | undefined;

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
    this.#whole ??= new Set(wordsOf(this.entry.text));
    for (const word of wordsOf(name)) if (!this.#whole.has(word)) return false;
    return stands(this.entry.text, name);
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
}
