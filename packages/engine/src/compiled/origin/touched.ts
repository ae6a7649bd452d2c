import { originCharges, originLimits } from "../../document/origin-vocabulary.ts";
import type { Budget } from "../value/budget.ts";
import { HeadIndex } from "./head-index.ts";
import type { Standing } from "./head-index.ts";
import { holds } from "./literal-search.ts";
import type { OriginEntry } from "./origin-entry.ts";
import { RunFilter } from "./run-filter.ts";
import type { VerdictStore, Verdicts } from "./verdict-store.ts";
import { foldedWordsOf } from "./word.ts";

const { searchedPerStep } = originCharges;
const runLength = originLimits.sharedWordsMin;
const long = originLimits.literalUnitsMin;
/** kept for a text that touches; any other number counts the entries it was held against */
const touching = -1;

interface Asked {
  readonly text: string;
  /** how many entries it was held against before */
  readonly from: number;
  /** which entries may stand in it, of a long text */
  readonly standing: Standing | undefined;
}

/** Entries of one label, and which texts touch them. Each text meets each entry once. */
export class Touched {
  readonly #label: string;
  readonly #store: VerdictStore;
  readonly #verdicts: Verdicts<number> = new Map();
  /** places of entries with the label, of as many entries as were read */
  readonly #places: number[] = [];
  readonly #runs = new RunFilter(runLength);
  readonly #heads = new HeadIndex();
  #read = 0;

  constructor(label: string, store: VerdictStore) {
    this.#label = label;
    this.#store = store;
  }

  /** @throws LimitReached when looking for entries in the texts takes too many steps */
  any(texts: readonly string[], entries: readonly OriginEntry[], budget: Budget): boolean {
    this.#readUpTo(entries);
    if (this.#places.length === 0) return false;
    const asked: Asked[] = [];
    let found = false;
    for (const text of texts) {
      // INVARIANT: all long texts are charged for, whatever is known of the others.
      const standing = this.#standingIn(text, budget);
      const kept = standing === undefined ? (this.#verdicts.get(text) ?? 0) : 0;
      if (kept === touching) found = true;
      else if (kept < entries.length) asked.push({ text, from: kept, standing });
    }
    if (found || asked.length === 0) return found;
    const toucher = this.#toucher(asked, entries);
    if (toucher !== undefined) {
      this.#store.keep(this.#verdicts, toucher, touching);
      return true;
    }
    for (const { text } of asked) this.#store.keep(this.#verdicts, text, entries.length);
    return false;
  }

  /** Of a text so long that looking for an entry in it is charged. */
  #standingIn(text: string, budget: Budget): Standing | undefined {
    const steps = Math.floor(text.length / searchedPerStep);
    if (steps === 0) return undefined;
    const standing = this.#heads.standingIn(text);
    budget.spend(standing.longer.length * steps);
    return standing;
  }

  #readUpTo(entries: readonly OriginEntry[]): void {
    for (; this.#read < entries.length; this.#read += 1) {
      const entry = entries[this.#read];
      // What the agent sent has no labels, so nothing touches it.
      if (entry?.labels.includes(this.#label) === true) {
        this.#places.push(this.#read);
        this.#runs.add(entry.text);
        if (entry.text.length >= long) this.#heads.add(entry.text, this.#read);
      }
    }
  }

  /** A text that touches an entry it was not yet held against. */
  #toucher(asked: readonly Asked[], entries: readonly OriginEntry[]): string | undefined {
    const runs = new Map<string, string>();
    for (const { text } of asked) {
      if (this.#runs.mayShare(text)) for (const run of runsOf(text)) runs.set(run, text);
    }
    const holder = asked.find(({ text, standing }) => holdsStanding(text, standing, entries));
    if (holder !== undefined) return holder.text;
    const first = Math.min(...asked.map(({ from }) => from));
    for (const place of this.#places) {
      const entry = entries[place];
      if (entry === undefined || place < first) continue;
      const found = asked.find((each) => place >= each.from && sharesText(each, entry.text));
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

/** Whether a long text holds an entry. */
function holdsStanding(
  text: string,
  standing: Standing | undefined,
  entries: readonly OriginEntry[],
): boolean {
  if (standing?.whole === true) return true;
  return standing?.longer.some((place) => holds(text, entries[place]?.text ?? text)) === true;
}

function sharesText({ text, standing }: Asked, other: string): boolean {
  if (text.length >= long && holds(other, text)) return true;
  return standing === undefined && other.length >= long && text.includes(other);
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
