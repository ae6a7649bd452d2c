import { originLimits } from "../../document/origin-vocabulary.ts";
import type { OriginEntry } from "./origin-entry.ts";
import { OriginMemory, unitsOf } from "./origin-memory.ts";
import { VerdictStore } from "./verdict-store.ts";

interface Kept {
  readonly tenant: string;
  readonly root: string;
  memory: OriginMemory;
}

/** What every session root has seen, tenants apart. */
export class OriginShelf {
  readonly #memories = new Map<string, Map<string, Kept>>();
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
  /** the tenant asked about last, and its memories */
  #last = "";
  #ofLast: Map<string, Kept> | undefined;

  /**
   * The memory of a session root; `undefined` when nothing was brought to it. What was dropped is
   * an empty memory that is full.
   */
  memoryOf(tenant: string, root: string): OriginMemory | undefined {
    if (this.#ofLast === undefined || tenant !== this.#last) {
      this.#ofLast = this.#memories.get(tenant);
      this.#last = tenant;
    }
    return this.#ofLast?.get(root)?.memory;
  }

  /** Stores entries as far as they fit. Memories that were quiet longest are dropped for them. */
  add(tenant: string, root: string, entries: readonly OriginEntry[]): void {
    if (entries.length === 0) return;
    const kept = this.#memories.get(tenant)?.get(root) ?? this.#begin(tenant, root);
    if (kept.memory === this.#remains) return;
    this.#order.delete(kept);
    this.#order.add(kept);
    for (const entry of entries) {
      const units = unitsOf(entry);
      if (!kept.memory.takes(units)) return;
      while (this.#units + units > originLimits.totalUnitsMax && this.#dropQuietest());
      kept.memory.add(entry, units);
      this.#units += units;
    }
  }

  #begin(tenant: string, root: string): Kept {
    while (this.#order.size >= originLimits.memoriesMax && this.#dropQuietest());
    const kept = { tenant, root, memory: new OriginMemory(this.#store) };
    let ofTenant = this.#memories.get(tenant);
    if (ofTenant === undefined) {
      ofTenant = new Map();
      this.#memories.set(tenant, ofTenant);
    }
    ofTenant.set(root, kept);
    this.#order.add(kept);
    return kept;
  }

  /**
   * Drops the memory that was folded into longest ago; whether there was one. What is being
   * folded into is last in order, and no memory alone is more than all may be together.
   */
  #dropQuietest(): boolean {
    for (const kept of this.#order) {
      this.#order.delete(kept);
      this.#units -= kept.memory.units;
      kept.memory = this.#remains;
      this.#dropped.add(kept);
      if (this.#dropped.size > originLimits.droppedMax) this.#forgetEarliest();
      return true;
    }
    return false;
  }

  #forgetEarliest(): void {
    for (const kept of this.#dropped) {
      const { tenant, root } = kept;
      this.#dropped.delete(kept);
      const ofTenant = this.#memories.get(tenant);
      ofTenant?.delete(root);
      if (ofTenant?.size === 0) this.#memories.delete(tenant);
      this.#ofLast = undefined;
      return;
    }
  }
}
