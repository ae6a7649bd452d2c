import { digestOf } from "@holdfast/model";
import { originCharges, originLimits } from "../../document/origin-vocabulary.ts";
import type { Budget } from "../value/budget.ts";
import type { ActWords } from "./act-word.ts";
import type { Requested } from "./kept-request.ts";
import type { LabelList } from "./label-list.ts";
import { leafOf } from "./leaf.ts";
import type { LeafKey } from "./leaf.ts";
import type { OriginEntry } from "./origin-entry.ts";
import { OriginIndex } from "./origin-index.ts";
import type { FirstSight } from "./origin-index.ts";
import type { Prompt } from "./prompt.ts";
import { Touched } from "./touched.ts";
import type { VerdictStore, Verdicts } from "./verdict-store.ts";

/** A sight that stays as it is until so many entries or prompts are there; -1: for ever. */
interface KeptSight extends FirstSight {
  readonly atEntries: number;
  readonly atPrompts: number;
}

/** How far a memory is, besides its entries. */
export interface MemoryMarks {
  readonly full: boolean;
  /** digest over the first `digested` entries */
  readonly digest: string;
  readonly digested: number;
}

/** Lists of labels, and labels, that answers are kept for at most. */
const askedMax = 64;

/**
 * What one session root has seen, in order. Entries are only ever added, so that what an earlier
 * occurrence has settled stays settled, and is answered again by one look into a map.
 */
export class OriginMemory {
  readonly #index = new OriginIndex();
  readonly #store: VerdictStore;
  #units = 0;
  #full: boolean;
  /** by the list asked for: 0 no, 1 yes, else twice the number of entries plus the answer then */
  readonly #passing = new Map<LabelList, Verdicts<number>>();
  #labels: LabelList | undefined;
  #verdicts: Verdicts<number> = new Map();
  readonly #sights: Verdicts<KeptSight> = new Map();
  readonly #touched = new Map<string, Touched>();
  #digest = "";
  #digested = 0;

  /** One that is `full` from the beginning stays empty. */
  constructor(store: VerdictStore, full = false) {
    this.#store = store;
    this.#full = full;
  }

  get entries(): readonly OriginEntry[] {
    return this.#index.entries;
  }

  get prompts(): readonly Prompt[] {
    return this.#index.prompts;
  }

  /** Whether a prompt was reported; without one nothing may be asked. */
  get prompted(): boolean {
    return this.#index.prompts.length > 0;
  }

  /** UTF-16 units of all texts and names. */
  get units(): number {
    return this.#units;
  }

  /** What looking through it is charged by: units, and some for each entry. */
  get size(): number {
    return this.#units + originCharges.entryUnits * this.entries.length;
  }

  /** Whether something was too much; nothing is stored from then on. */
  get full(): boolean {
    return this.#full;
  }

  /** Whether an entry of so many units is stored; one that is not makes the memory full. */
  takes(units: number): boolean {
    const { entriesMax, unitsMax } = originLimits;
    if (this.entries.length >= entriesMax || this.#units + units > unitsMax) this.#full = true;
    return !this.#full;
  }

  /** **Contract:** the memory takes it. */
  add(entry: OriginEntry, units: number): void {
    this.#units += units;
    this.#index.add(entry);
  }

  /** Whether a leaf was first seen where these labels are, and nowhere untrusted before. */
  fromOnly(key: LeafKey, labels: LabelList): boolean {
    const verdicts = labels === this.#labels ? this.#verdicts : this.#verdictsFor(labels);
    const kept = verdicts.get(key);
    if (kept !== undefined && (kept < 2 || kept >>> 1 === this.entries.length)) {
      return (kept & 1) === 1;
    }
    const found = this.verdictOf(key, labels);
    this.#store.keep(verdicts, key, found);
    return (found & 1) === 1;
  }

  /**
   * What `fromOnly` answers, found anew: 0 no, 1 yes, and twice the number of entries more when a
   * later entry may change it.
   */
  verdictOf(key: LeafKey, labels: LabelList): number {
    const { passes, sequence } = this.#index.passing(leafOf(key), labels);
    const answer = passes ? 1 : 0;
    return this.#isOver(sequence) ? answer : this.entries.length * 2 + answer;
  }

  #verdictsFor(labels: LabelList): Verdicts<number> {
    let verdicts = this.#passing.get(labels);
    if (verdicts === undefined) {
      if (this.#passing.size >= askedMax) this.#passing.clear();
      verdicts = new Map();
      this.#passing.set(labels, verdicts);
    }
    this.#labels = labels;
    this.#verdicts = verdicts;
    return verdicts;
  }

  /** Where a leaf was first seen, and how good that is. */
  firstSight(key: LeafKey): FirstSight {
    const kept = this.#sights.get(key);
    const { length } = this.entries;
    if (kept !== undefined) {
      const same = kept.atEntries < 0 || kept.atEntries === length;
      if (same && (kept.atPrompts < 0 || kept.atPrompts === this.prompts.length)) return kept;
    }
    const sight = this.#index.firstSight(leafOf(key));
    const { tier, source, sequence } = sight;
    // A later prompt can name what holds the leaf; nothing else changes what is over.
    const nameable = tier === "named" || tier === "named_text" || tier === "text";
    const made: KeptSight = {
      tier,
      source,
      sequence,
      atEntries: this.#isOver(sequence) ? -1 : length,
      atPrompts: nameable ? this.prompts.length : -1,
    };
    this.#store.keep(this.#sights, key, made);
    return made;
  }

  /** What results since the latest prompt say of an action with these acts and leaves. */
  requestedBy(acts: ActWords, keys: readonly LeafKey[]): Requested {
    return this.#store.requests.of(this, acts, keys);
  }

  /** Whether no entry can join those of an occurrence any more. */
  #isOver(sequence: number): boolean {
    return sequence < (this.entries.at(-1)?.sequence ?? sequence);
  }

  /**
   * Whether one of some texts may come from entries with a label.
   * @throws LimitReached when that takes too many steps
   */
  touches(texts: readonly string[], label: string, budget: Budget): boolean {
    if (this.#full) return true;
    let touched = this.#touched.get(label);
    if (touched === undefined) {
      touched = new Touched(label, this.#store);
      if (this.#touched.size >= askedMax) this.#touched.clear();
      this.#touched.set(label, touched);
    }
    return touched.any(texts, this.entries, budget);
  }

  get marks(): MemoryMarks {
    return { full: this.#full, digest: this.#digest, digested: this.#digested };
  }

  /** Takes up how far it was. **Contract:** it holds the entries it held then. */
  resume({ full, digest, digested }: MemoryMarks): void {
    this.#full = full;
    this.#digest = digest;
    this.#digested = digested;
  }

  /** Names all that is stored: each entry is hashed with the digest of those before it. */
  digest(): string {
    const { entries } = this;
    for (; this.#digested < entries.length; this.#digested += 1) {
      const entry = entries[this.#digested];
      if (entry === undefined) break;
      const { sequence, kind, text, labels, source, names } = entry;
      this.#digest = digestOf([this.#digest, [sequence, kind, text, labels, source, names]]);
    }
    return this.#digest;
  }
}

/** UTF-16 units that an entry is counted with. */
export function unitsOf({ text, names }: OriginEntry): number {
  return names.reduce((units, name) => units + name.length, text.length);
}
