import { listsMax } from "./label-list.ts";
import type { LabelList } from "./label-list.ts";
import type { LeafKey } from "./leaf.ts";
import type { OriginShelf } from "./origin-shelf.ts";

/** Leaves and answers kept at most; one more and all are forgotten. */
const keptMax = 65_536;
/** Leaves longer than this are not kept. */
const unitsMax = 256;
const slotsLeast = 1_024;

/** What is not kept. */
const unkeptVerdict = -1;

/**
 * Answers of one engine about one state, by memory, leaf and list of labels, in one flat table of numbers: what sessions were
 * told of the same leaf lies together, and its text is there once.
 */
export class FlatVerdicts {
  readonly #leaves = new Map<LeafKey, number>();
  /** in turns a key, 0 for a free slot, and the answer under it */
  #slots = new Float64Array(slotsLeast * 2);
  #mask = slotsLeast - 1;
  #count = 0;
  #reuses = 0;

  /** `fromOnly` of the memory of a number: 0 no, 1 yes, 2 when nothing may be asked of it. */
  fromOnly(origins: OriginShelf, number: number, key: LeafKey, labels: LabelList): number {
    if (number < 0 || !origins.isPrompted(number)) return 2;
    // What was answered of who had a number before is no answer of who has it now.
    if (this.#reuses !== origins.reuses) this.clear();
    this.#reuses = origins.reuses;
    const known = this.#find(number, key, labels.number);
    if (known === 0 || known === 1) return known;
    const memory = origins.promptedAt(number);
    if (memory === undefined) return 2;
    // Such an answer holds as long as there are as many entries.
    if (known > 1 && known >>> 1 === memory.entries.length) return known & 1;
    const found = memory.verdictOf(key, labels);
    this.#keep(number, key, labels.number, found);
    return found & 1;
  }

  /** The answer kept, or `unkeptVerdict`; `memory` and `list` are numbers. */
  #find(memory: number, key: LeafKey, list: number): number {
    const leaf = this.#leaves.get(key);
    if (leaf === undefined) return unkeptVerdict;
    const wanted = keyOf(memory, leaf, list);
    let at = hashOf(memory, leaf, list) & this.#mask;
    for (;;) {
      const found = this.#slots[at * 2] ?? 0;
      if (found === wanted) return this.#slots[at * 2 + 1] ?? unkeptVerdict;
      if (found === 0) return unkeptVerdict;
      at = (at + 1) & this.#mask;
    }
  }

  #keep(memory: number, key: LeafKey, list: number, verdict: number): void {
    if (list < 0 || (typeof key === "string" && key.length > unitsMax)) return;
    if (this.#leaves.size >= keptMax || this.#count >= keptMax) this.clear();
    let leaf = this.#leaves.get(key);
    if (leaf === undefined) {
      leaf = this.#leaves.size;
      this.#leaves.set(key, leaf);
    }
    if ((this.#count + 1) * 2 > this.#mask + 1) this.#grow();
    const wanted = keyOf(memory, leaf, list);
    const at = this.#freeAt(wanted, hashOf(memory, leaf, list));
    if (this.#slots[at * 2] === 0) this.#count += 1;
    this.#slots[at * 2] = wanted;
    this.#slots[at * 2 + 1] = verdict;
  }

  clear(): void {
    this.#leaves.clear();
    this.#slots = new Float64Array(slotsLeast * 2);
    this.#mask = slotsLeast - 1;
    this.#count = 0;
  }

  /** Where a key is, or the free slot it belongs to. */
  #freeAt(wanted: number, hash: number): number {
    let at = hash & this.#mask;
    while (this.#slots[at * 2] !== wanted && this.#slots[at * 2] !== 0) at = (at + 1) & this.#mask;
    return at;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Float64Array(before.length * 2);
    this.#mask = before.length - 1;
    for (let at = 0; at < before.length; at += 2) {
      const key = before[at] ?? 0;
      if (key === 0) continue;
      const to = this.#freeAt(key, hashOfKey(key));
      this.#slots[to * 2] = key;
      this.#slots[to * 2 + 1] = before[at + 1] ?? unkeptVerdict;
    }
  }
}

/** One number for the three, at least 1. */
function keyOf(memory: number, leaf: number, list: number): number {
  return (memory * keptMax + leaf) * listsMax + list + 1;
}

function hashOf(memory: number, leaf: number, list: number): number {
  const mixed = Math.imul(memory, 0x9e3779b1) ^ Math.imul(leaf * listsMax + list, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}

function hashOfKey(key: number): number {
  const list = (key - 1) % listsMax;
  const rest = Math.floor((key - 1) / listsMax);
  return hashOf(Math.floor(rest / keptMax), rest % keptMax, list);
}
