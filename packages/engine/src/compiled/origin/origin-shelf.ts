import { originLimits } from "../../document/origin-vocabulary.ts";
import type { OriginEntry } from "./origin-entry.ts";
import { OriginMemory, unitsOf } from "./origin-memory.ts";
import { VerdictStore } from "./verdict-store.ts";

interface Kept {
  /** its own as long as it is kept */
  readonly number: number;
  readonly tenant: string;
  readonly root: string;
  memory: OriginMemory | AsleepMemory;
}

/** A memory that was written down, not read again before somebody asks for it. */
export interface AsleepMemory {
  readonly asleep: true;
  readonly units: number;
  readonly prompted: boolean;
  /** Fills an empty memory with what was written down. */
  wake(memory: OriginMemory): void;
}

/** What is kept of one session root at one moment. */
export interface ShelvedMemory {
  readonly tenant: string;
  readonly root: string;
  /** `undefined`: it was dropped */
  readonly memory: OriginMemory | AsleepMemory | undefined;
}

/** What every session root has seen, tenants apart. */
export class OriginShelf {
  readonly #numbers = new Map<string, Map<string, number>>();
  /** by number; those of `#free` belong to nobody */
  readonly #kept: Kept[] = [];
  readonly #free: number[] = [];
  /** by number, 1 for a memory with a prompt */
  #prompted = new Uint8Array(64);
  #reuses = 0;
  /** the one that was folded into longest ago first */
  readonly #order = new Set<Kept>();
  /**
   * Those whose memory was dropped, the earliest first. They stay, as a session that begins anew
   * would take later sightings for its first.
   */
  readonly #dropped = new Set<Kept>();
  readonly #store = new VerdictStore();
  /** what all of them remember: nothing, ever */
  readonly #remains = new OriginMemory(this.#store, true);
  #units = 0;
  /** the tenant asked about last, and the numbers of its memories */
  #last = "";
  #ofLast: Map<string, number> | undefined;

  /**
   * The memory of a session root; `undefined` when nothing was brought to it. What was dropped is
   * an empty memory that is full.
   */
  memoryOf(tenant: string, root: string): OriginMemory | undefined {
    return this.#awake(this.numberOf(tenant, root));
  }

  /** The number of a session root's memory, for `fromOnly`; -1 when nothing was brought to it. */
  numberOf(tenant: string, root: string): number {
    if (this.#ofLast === undefined || tenant !== this.#last) {
      this.#ofLast = this.#numbers.get(tenant);
      this.#last = tenant;
    }
    return this.#ofLast?.get(root) ?? -1;
  }

  /** The memory of a number when it may be asked: when it has a prompt. */
  promptedAt(number: number): OriginMemory | undefined {
    return this.isPrompted(number) ? this.#awake(number) : undefined;
  }

  #awake(number: number): OriginMemory | undefined {
    const kept = this.#kept[number];
    if (kept === undefined) return undefined;
    const { memory } = kept;
    if (memory instanceof OriginMemory) return memory;
    const woken = new OriginMemory(this.#store);
    memory.wake(woken);
    kept.memory = woken;
    return woken;
  }

  isPrompted(number: number): boolean {
    return this.#prompted[number] === 1;
  }

  /** How often a number was given to another memory than had it before. */
  get reuses(): number {
    return this.#reuses;
  }

  /** Stores entries as far as they fit. Memories that were quiet longest are dropped for them. */
  add(tenant: string, root: string, entries: readonly OriginEntry[]): void {
    if (entries.length === 0) return;
    const kept = this.#kept[this.numberOf(tenant, root)] ?? this.#begin(tenant, root);
    const memory = this.#awake(kept.number);
    if (memory === undefined || memory === this.#remains) return;
    this.#order.delete(kept);
    this.#order.add(kept);
    for (const entry of entries) {
      const units = unitsOf(entry);
      if (!memory.takes(units)) return;
      while (this.#units + units > originLimits.totalUnitsMax && this.#dropQuietest());
      memory.add(entry, units);
      if (memory.prompted) this.#prompted[kept.number] = 1;
      this.#units += units;
    }
  }

  /** Drops the memory of a session root, of which something was erased. */
  forget(tenant: string, root: string): void {
    const kept = this.#kept[this.numberOf(tenant, root)] ?? this.#begin(tenant, root);
    if (kept.memory !== this.#remains) this.#drop(kept);
  }

  /** All there is, in an order in which `resume` gives the same shelf back. */
  list(): ShelvedMemory[] {
    const shelved = (kept: Kept): ShelvedMemory => {
      const { tenant, root, memory } = kept;
      return { tenant, root, memory: memory === this.#remains ? undefined : memory };
    };
    return [...[...this.#dropped].map(shelved), ...[...this.#order].map(shelved)];
  }

  /** Takes up what another shelf listed. **Contract:** in its order, before anything is added. */
  resume({ tenant, root, memory }: ShelvedMemory): void {
    const kept = this.#begin(tenant, root);
    kept.memory = memory ?? this.#remains;
    if (memory === undefined) {
      this.#order.delete(kept);
      this.#dropped.add(kept);
      return;
    }
    this.#units += memory.units;
    if (memory.prompted) this.#prompted[kept.number] = 1;
  }

  #begin(tenant: string, root: string): Kept {
    while (this.#order.size >= originLimits.memoriesMax && this.#dropQuietest());
    const number = this.#nextNumber();
    const kept: Kept = { number, tenant, root, memory: new OriginMemory(this.#store) };
    let ofTenant = this.#numbers.get(tenant);
    if (ofTenant === undefined) {
      ofTenant = new Map();
      this.#numbers.set(tenant, ofTenant);
      this.#ofLast = undefined;
    }
    ofTenant.set(root, number);
    this.#kept[number] = kept;
    this.#order.add(kept);
    return kept;
  }

  #nextNumber(): number {
    const free = this.#free.pop();
    if (free !== undefined) this.#reuses += 1;
    const number = free ?? this.#kept.length;
    if (number >= this.#prompted.length) {
      const grown = new Uint8Array(number * 2);
      grown.set(this.#prompted);
      this.#prompted = grown;
    }
    return number;
  }

  /**
   * Drops the memory that was folded into longest ago; whether there was one. What is being
   * folded into is last in order, and no memory alone is more than all may be together.
   */
  #dropQuietest(): boolean {
    for (const kept of this.#order) {
      this.#drop(kept);
      return true;
    }
    return false;
  }

  #drop(kept: Kept): void {
    this.#order.delete(kept);
    this.#units -= kept.memory.units;
    kept.memory = this.#remains;
    this.#prompted[kept.number] = 0;
    this.#dropped.add(kept);
    if (this.#dropped.size > originLimits.droppedMax) this.#forgetEarliest();
  }

  #forgetEarliest(): void {
    for (const kept of this.#dropped) {
      const { tenant, root } = kept;
      this.#dropped.delete(kept);
      const ofTenant = this.#numbers.get(tenant);
      ofTenant?.delete(root);
      if (ofTenant?.size === 0) this.#numbers.delete(tenant);
      this.#free.push(kept.number);
      this.#ofLast = undefined;
      return;
    }
  }
}
