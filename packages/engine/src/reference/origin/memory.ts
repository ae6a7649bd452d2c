import { digestOf } from "@holdfast/model";
import { originCharges, originLimits } from "../../document/origin-vocabulary.ts";

/** Something that entered a session, and what it is known by. */
export interface Entry {
  readonly sequence: number;
  /**
   * `prompt`: typed by the user. `text`: free text. `field`: one leaf of a structured result.
   * `sent`: one leaf of the arguments of an action that was granted.
   */
  readonly kind: "prompt" | "text" | "field" | "sent";
  readonly text: string;
  /** sorted, each once */
  readonly labels: readonly string[];
  readonly source: string;
  /** texts which, when the prompt holds one, make this a document the prompt names */
  readonly names: readonly string[];
  /** the text of a string; numbers are only ever equal as a whole */
  readonly textual: boolean;
  /** part of a result, not observed */
  readonly resulted: boolean;
}

/** What one session root has seen, oldest first. Once full it stays as it is. */
export class Memory {
  readonly #entries: Entry[] = [];
  #units = 0;
  #full: boolean;
  #digest = "";

  /** Nothing is ever stored in one that is `full` from the beginning. */
  constructor(full = false) {
    this.#full = full;
  }

  entries(): readonly Entry[] {
    return this.#entries;
  }

  /** UTF-16 units of texts and names */
  get units(): number {
    return this.#units;
  }

  /** What looking through it is charged by. */
  get size(): number {
    return this.#units + this.#entries.length * originCharges.entryUnits;
  }

  get full(): boolean {
    return this.#full;
  }

  /** Names the entries and their order; empty without any. */
  get digest(): string {
    return this.#digest;
  }

  /** Keeps an entry that fits. INVARIANT: what is kept is all that came before some moment. */
  store(entry: Entry): void {
    const { sequence, kind, text, labels, source, names } = entry;
    const units = names.reduce((sum, name) => sum + name.length, text.length);
    const { entriesMax, unitsMax } = originLimits;
    if (this.#entries.length >= entriesMax || this.#units + units > unitsMax) this.#full = true;
    if (this.#full) return;
    this.#entries.push(entry);
    this.#units += units;
    this.#digest = digestOf([this.#digest, [sequence, kind, text, labels, source, names]]);
  }
}

/** The memories of all session roots; tenants share none. */
export class Memories {
  /** by tenant and root; the one folded into last comes last */
  readonly #memories = new Map<string, Memory>();
  /** keys of those that made room; the one that did so last comes last */
  readonly #dropped = new Set<string>();

  /**
   * The memory of a session root; `undefined` when nothing was brought to it. One that was dropped
   * is empty and full: a session that begins anew would take later sightings for its first.
   */
  of(tenant: string, root: string): Memory | undefined {
    const key = JSON.stringify([tenant, root]);
    return this.#dropped.has(key) ? new Memory(true) : this.#memories.get(key);
  }

  /** Brings entries to the memory of a session root; those that were quiet longest make room. */
  bring(tenant: string, root: string, entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    const key = JSON.stringify([tenant, root]);
    if (this.#dropped.has(key)) return;
    const memory = this.#memories.get(key) ?? new Memory();
    this.#memories.delete(key);
    if (this.#memories.size >= originLimits.memoriesMax) this.#dropOldest();
    for (const entry of entries) {
      memory.store(entry);
      while (this.#units() + memory.units > originLimits.totalUnitsMax) this.#dropOldest();
    }
    this.#memories.set(key, memory);
  }

  /** Drops the memory of a session root of which something was erased, or that begins with it. */
  forget(tenant: string, root: string): void {
    const key = JSON.stringify([tenant, root]);
    if (this.#dropped.has(key)) return;
    const isNew = !this.#memories.delete(key);
    // As one that begins to be kept it makes others give way first.
    if (isNew && this.#memories.size >= originLimits.memoriesMax) this.#dropOldest();
    this.#note(key);
  }

  #units(): number {
    return [...this.#memories.values()].reduce((sum, { units }) => sum + units, 0);
  }

  #dropOldest(): void {
    const [oldest] = this.#memories.keys();
    if (oldest === undefined) return;
    this.#memories.delete(oldest);
    this.#note(oldest);
  }

  #note(dropped: string): void {
    this.#dropped.add(dropped);
    const [earliest] = this.#dropped;
    const tooMany = this.#dropped.size > originLimits.droppedMax;
    if (earliest !== undefined && tooMany) this.#dropped.delete(earliest);
  }
}
