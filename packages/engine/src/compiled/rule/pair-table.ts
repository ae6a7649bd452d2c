const slotsPerPair = 6;

/**
 * Lists of rules under pairs of numbers, each pair with six slots; written once, then sealed into
 * flat arrays and only read. Open addressing over one array of keys.
 */
export class PairTable {
  #targets: Int32Array;
  #principals: Int32Array;
  /** the pair's number, 0 for a free place */
  #pairs: Int32Array;
  #pairCount = 0;
  /** while writing: the pair and slot, and the rule, of each entry */
  #lists: Int32Array;
  #entries: Int32Array;
  #size = 0;
  /** once sealed: where the entries of each pair begin, and the slot of each entry */
  #starts = new Int32Array(0);
  #slots = new Uint8Array(0);

  constructor(expected: number) {
    const capacity = powerAbove(Math.max(16, expected));
    this.#targets = new Int32Array(capacity);
    this.#principals = new Int32Array(capacity);
    this.#pairs = new Int32Array(capacity);
    this.#lists = new Int32Array(Math.max(16, expected));
    this.#entries = new Int32Array(Math.max(16, expected));
  }

  add(target: number, principal: number, slot: number, rule: number): void {
    if (this.#size === this.#lists.length) {
      this.#lists = doubled(this.#lists);
      this.#entries = doubled(this.#entries);
    }
    this.#lists[this.#size] = this.#takePair(target, principal) * slotsPerPair + slot;
    this.#entries[this.#size] = rule;
    this.#size += 1;
  }

  /** Orders the entries list by list, rules of a list in the order they were added. */
  seal(): void {
    const starts = new Int32Array((this.#pairCount + 1) * slotsPerPair + 1);
    for (let index = 0; index < this.#size; index += 1) {
      const list = this.#lists[index] ?? 0;
      starts[list + 1] = (starts[list + 1] ?? 0) + 1;
    }
    for (let list = 1; list < starts.length; list += 1) {
      starts[list] = (starts[list] ?? 0) + (starts[list - 1] ?? 0);
    }
    const ends = starts.slice();
    const ordered = new Int32Array(this.#size);
    this.#slots = new Uint8Array(this.#size);
    for (let index = 0; index < this.#size; index += 1) {
      const list = this.#lists[index] ?? 0;
      const place = ends[list] ?? 0;
      ordered[place] = this.#entries[index] ?? 0;
      this.#slots[place] = list % slotsPerPair;
      ends[list] = place + 1;
    }
    this.#entries = ordered;
    // Most lists of a pair are empty: where they begin is found among its few entries.
    this.#starts = new Int32Array(this.#pairCount + 2);
    for (let pair = 0; pair < this.#starts.length; pair += 1) {
      this.#starts[pair] = starts[pair * slotsPerPair] ?? this.#size;
    }
    this.#lists = new Int32Array(0);
  }

  /** Where a list begins in the entries; it ends where that of the next slot begins, up to six. */
  startOf(pair: number, slot: number): number {
    let from = this.#starts[pair] ?? 0;
    let to = this.#starts[pair + 1] ?? 0;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.#slots[middle] ?? 0) < slot) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  /** The rule at a place of the entries. */
  entryAt(place: number): number {
    return this.#entries[place] ?? 0;
  }

  /** The number of a pair, 0 when nothing stands under it. */
  find(target: number, principal: number): number {
    const mask = this.#pairs.length - 1;
    let place = hashOf(target, principal) & mask;
    for (;;) {
      const pair = this.#pairs[place] ?? 0;
      if (pair === 0) return 0;
      if (this.#targets[place] === target && this.#principals[place] === principal) return pair;
      place = (place + 1) & mask;
    }
  }

  #takePair(target: number, principal: number): number {
    const found = this.find(target, principal);
    if (found !== 0) return found;
    if ((this.#pairCount + 1) * 2 > this.#pairs.length) this.#grow();
    this.#pairCount += 1;
    this.#place(target, principal, this.#pairCount);
    return this.#pairCount;
  }

  #place(target: number, principal: number, pair: number): void {
    const mask = this.#pairs.length - 1;
    let place = hashOf(target, principal) & mask;
    while (this.#pairs[place] !== 0) place = (place + 1) & mask;
    this.#targets[place] = target;
    this.#principals[place] = principal;
    this.#pairs[place] = pair;
  }

  #grow(): void {
    const [targets, principals, pairs] = [this.#targets, this.#principals, this.#pairs];
    this.#targets = new Int32Array(targets.length * 2);
    this.#principals = new Int32Array(targets.length * 2);
    this.#pairs = new Int32Array(targets.length * 2);
    for (let place = 0; place < pairs.length; place += 1) {
      const pair = pairs[place] ?? 0;
      if (pair !== 0) this.#place(targets[place] ?? 0, principals[place] ?? 0, pair);
    }
  }
}

function hashOf(target: number, principal: number): number {
  const mixed = Math.imul(target, 0x9e3779b1) ^ Math.imul(principal, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}

function powerAbove(count: number): number {
  let power = 16;
  while (power < count) power *= 2;
  return power;
}

function doubled(from: Int32Array): Int32Array {
  const to = new Int32Array(from.length * 2);
  to.set(from);
  return to;
}
