import { originLimits } from "../../document/origin-vocabulary.ts";
import type { OriginEntry } from "./origin-entry.ts";
import { RunFilter } from "./run-filter.ts";
import type { VerdictStore, Verdicts } from "./verdict-store.ts";
import { foldedWordsOf } from "./word.ts";

const runLength = originLimits.sharedWordsMin;
const long = originLimits.literalUnitsMin;
/** kept for a text that touches; any other number counts the entries it was held against */
const touching = -1;

interface Asked {
  readonly text: string;
  /** how many entries it was held against before */
  readonly from: number;
}

/** Entries of one label, and which texts touch them. Each text meets each entry once. */
export class Touched {
  readonly #label: string;
  readonly #store: VerdictStore;
  readonly #verdicts: Verdicts<number> = new Map();
  /** places of entries with the label, of as many entries as were read */
  readonly #places: number[] = [];
  readonly #runs = new RunFilter(runLength);
  #read = 0;

  constructor(label: string, store: VerdictStore) {
    this.#label = label;
    this.#store = store;
  }

  any(texts: readonly string[], entries: readonly OriginEntry[]): boolean {
    const asked: Asked[] = [];
    for (const text of texts) {
      const kept = this.#verdicts.get(text) ?? 0;
      if (kept === touching) return true;
      if (kept < entries.length) asked.push({ text, from: kept });
    }
    if (asked.length === 0) return false;
    this.#readUpTo(entries);
    const toucher = this.#toucher(asked, entries);
    if (toucher !== undefined) {
      this.#store.keep(this.#verdicts, toucher, touching);
      return true;
    }
    for (const { text } of asked) this.#store.keep(this.#verdicts, text, entries.length);
    return false;
  }

  #readUpTo(entries: readonly OriginEntry[]): void {
    for (; this.#read < entries.length; this.#read += 1) {
      const entry = entries[this.#read];
      // What the agent sent has no labels, so nothing touches it.
      if (entry?.labels.includes(this.#label) === true) {
        this.#places.push(this.#read);
        this.#runs.add(entry.text);
      }
    }
  }

  /** A text that touches an entry it was not yet held against. */
  #toucher(asked: readonly Asked[], entries: readonly OriginEntry[]): string | undefined {
    const runs = new Map<string, string>();
    for (const { text } of asked) {
      if (this.#runs.mayShare(text)) for (const run of runsOf(text)) runs.set(run, text);
    }
    const first = Math.min(...asked.map(({ from }) => from));
    for (const place of this.#places) {
      const entry = entries[place];
      if (entry === undefined || place < first) continue;
      const found = asked.find(({ text, from }) => place >= from && sharesText(text, entry.text));
      if (found !== undefined) return found.text;
      if (runs.size === 0) continue;
      for (const run of runsOf(entry.text)) {
        const text = runs.get(run);
        if (text !== undefined) return text;
      }
    }
    return undefined;
  }
}

function sharesText(text: string, other: string): boolean {
  if (text.length >= long && other.includes(text)) return true;
  return other.length >= long && text.includes(other);
}

/** Every run of consecutive words that is long enough to be no accident. */
function runsOf(text: string): string[] {
  const words = foldedWordsOf(text);
  const runs: string[] = [];
  for (let at = 0; at + runLength <= words.length; at += 1) {
    runs.push(words.slice(at, at + runLength).join(" "));
  }
  return runs;
}
