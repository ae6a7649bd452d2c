/** Numbers of an entry: a principal, 0 where none is, an action plan, and a place in the code. */
const entryLength = 4;
const entriesLeast = 256;
/** Entries at most; one more and all are forgotten. */
const entriesMax = 1_048_576;

/**
 * Where the code of the rules is that name a principal and cover an action, for all action plans
 * in one flat array: a decision reads one line of it, and nothing that is one plan's.
 */
export class BoundPlaces {
  #numbers = new Int32Array(entriesLeast * 2 * entryLength);
  #mask = entriesLeast * 2 - 1;
  #size = 0;

  /** The place kept, -1 when nobody has asked yet. Principals have numbers from 1 on. */
  find(plan: number, principal: number): number {
    const numbers = this.#numbers;
    let entry = hashOf(plan, principal) & this.#mask;
    for (;;) {
      const at = entry * entryLength;
      const found = numbers[at] ?? 0;
      if (found === 0) return -1;
      if (found === principal && numbers[at + 1] === plan) return numbers[at + 2] ?? -1;
      entry = (entry + 1) & this.#mask;
    }
  }

  /** Keeps a place that was not kept. */
  keep(plan: number, principal: number, place: number): void {
    if (this.#size >= entriesMax) this.clear();
    if ((this.#size + 1) * 2 > this.#mask + 1) this.#grow();
    this.#size += 1;
    this.#write(plan, principal, place);
  }

  clear(): void {
    this.#numbers.fill(0);
    this.#size = 0;
  }

  #write(plan: number, principal: number, place: number): void {
    let entry = hashOf(plan, principal) & this.#mask;
    while (this.#numbers[entry * entryLength] !== 0) entry = (entry + 1) & this.#mask;
    const at = entry * entryLength;
    this.#numbers[at] = principal;
    this.#numbers[at + 1] = plan;
    this.#numbers[at + 2] = place;
  }

  #grow(): void {
    const old = this.#numbers;
    this.#numbers = new Int32Array(old.length * 2);
    this.#mask = this.#mask * 2 + 1;
    for (let at = 0; at < old.length; at += entryLength) {
      const principal = old[at] ?? 0;
      if (principal !== 0) this.#write(old[at + 1] ?? 0, principal, old[at + 2] ?? 0);
    }
  }
}

function hashOf(plan: number, principal: number): number {
  const mixed = Math.imul(plan, 0x9e3779b1) ^ Math.imul(principal, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
