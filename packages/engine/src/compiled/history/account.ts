import { nobody } from "./cabinet.ts";
import type { Owner } from "./cabinet.ts";
import type { Window } from "./window.ts";

/** Charges in order. */
export interface Charges {
  readonly atMs: readonly number[];
  readonly amounts: readonly number[];
  readonly actions: readonly (string | undefined)[];
  /** how many of them count */
  readonly size: number;
}

/** Charges kept before those that can never count again are dropped. */
const keptMin = 1_024;

/**
 * What a Meter was charged under one key, in order, with the sum of each bucket kept up. Sums
 * are added bucket by bucket, oldest first, and in order of charges within a bucket.
 */
export class Account {
  #atMs: number[] = [];
  #amounts: number[] = [];
  #actions: (string | undefined)[] = [];
  #window = "";
  /** buckets in order of time, with their sums and the latest instant charged in each */
  #buckets: number[] = [];
  #sums: number[] = [];
  #latest: number[] = [];
  /** what `current` found last: buckets from and to, their total, and the 64th of time it holds in */
  #from = -1;
  #to = -1;
  #total = 0;
  #tick = -1;
  readonly #owner: Owner;
  /** the cut since which it changed, and what it held then */
  #cut = 0;
  #atCut: Charges | undefined;

  /** `owner` is told of every change. */
  constructor(owner: Owner = nobody) {
    this.#owner = owner;
  }

  charge(window: Window, atMs: number, amount: number, action: string | undefined): void {
    this.#keepCut();
    this.#sumBy(window);
    if (this.#atMs.length >= keptMin && this.#atMs.length % keptMin === 0) this.#drop(window, atMs);
    this.#atMs.push(atMs);
    this.#amounts.push(amount);
    this.#actions.push(action);
    this.#add(window, atMs, amount);
    this.#owner.changed();
  }

  /** Replaces what an action was charged; `undefined` gives it back. */
  settle(action: string, amount: number | undefined): void {
    if (!this.#actions.includes(action)) return;
    this.#keepCut();
    const kept = this.#actions.map((each, index) => ({
      each,
      atMs: this.#atMs[index] ?? 0,
      amount: each === action ? amount : this.#amounts[index],
    }));
    const rest = kept.filter((charge) => charge.amount !== undefined);
    this.#atMs = rest.map(({ atMs }) => atMs);
    this.#amounts = rest.map((charge) => charge.amount ?? 0);
    this.#actions = rest.map(({ each }) => each);
    this.#window = "";
    this.#owner.changed();
  }

  /** What it held at the latest cut. */
  get chargesAtCut(): Charges {
    const changed = this.#cut === this.#owner.cuts.latest ? this.#atCut : undefined;
    return changed ?? this.#charges();
  }

  /** Takes up charges as they were kept, behind those it has. */
  resume({ atMs, amounts, actions, size }: Charges): void {
    for (let index = 0; index < size; index += 1) {
      this.#atMs.push(atMs[index] ?? 0);
      this.#amounts.push(amounts[index] ?? 0);
      this.#actions.push(actions[index]);
    }
    this.#window = "";
    this.#owner.changed();
  }

  #charges(): Charges {
    const size = this.#atMs.length;
    return { atMs: this.#atMs, amounts: this.#amounts, actions: this.#actions, size };
  }

  /** WHY no copy: a list only grows at its end, and what changes otherwise is another list. */
  #keepCut(): void {
    const { latest } = this.#owner.cuts;
    if (latest === this.#cut) return;
    this.#cut = latest;
    this.#atCut = this.#charges();
  }

  /** What is charged within the window that ends at `nowMs`. */
  current(window: Window, nowMs: number): number {
    this.#sumBy(window);
    if (window.slidingMs === undefined) return this.#ofPeriod(window, nowMs);
    // Which buckets count changes only where a bucket begins.
    const tick = Math.floor((nowMs * 64) / window.slidingMs);
    if (tick === this.#tick) return this.#total;
    this.#tick = tick;
    const buckets = this.#buckets;
    let to = buckets.length;
    while (to > 0 && !((buckets[to - 1] ?? 0) * window.slidingMs <= nowMs * 64)) to -= 1;
    // What counted last time is where what counts now mostly begins.
    let from = Math.min(Math.max(this.#from, 0), to);
    while (from > 0 && window.counts(buckets[from - 1] ?? 0, nowMs)) from -= 1;
    while (from < to && !window.counts(buckets[from] ?? 0, nowMs)) from += 1;
    if (from === this.#from && to === this.#to) return this.#total;
    let total = 0;
    for (let index = from; index < to; index += 1) total += this.#sums[index] ?? 0;
    this.#from = from;
    this.#to = to;
    this.#total = total;
    return total;
  }

  /** The first instant after `nowMs` from which `current` may say something else. */
  sameUntilMs(window: Window, nowMs: number): number {
    // Of a period, what is charged later does not count before its instant.
    const waits = window.slidingMs === undefined && this.#atMs.some((atMs) => atMs > nowMs);
    return waits ? nowMs + 1 : window.sameUntilMs(nowMs);
  }

  /** Milliseconds until `amount` fits under `max` if nothing else is charged. */
  retryAfterMs(window: Window, nowMs: number, amount: number, max: number): number {
    const end = window.endMs(nowMs);
    const moments = this.#atMs
      .map((atMs) => window.leavesAtMs(atMs, end))
      .filter((moment) => moment > nowMs)
      .toSorted((a, b) => a - b);
    const fits = moments.find((moment) => this.current(window, moment) + amount <= max);
    return (fits ?? end) - nowMs;
  }

  #ofPeriod(window: Window, nowMs: number): number {
    const period = window.bucketOf(nowMs);
    const index = this.#buckets.lastIndexOf(period);
    if (index < 0) return 0;
    if ((this.#latest[index] ?? 0) <= nowMs) return this.#sums[index] ?? 0;
    let total = 0;
    for (const [place, atMs] of this.#atMs.entries()) {
      if (atMs <= nowMs && window.bucketOf(atMs) === period) total += this.#amounts[place] ?? 0;
    }
    return total;
  }

  #sumBy(window: Window): void {
    if (this.#window === window.id) return;
    this.#window = window.id;
    this.#buckets = [];
    this.#sums = [];
    this.#latest = [];
    this.#from = -1;
    this.#to = -1;
    this.#tick = -1;
    for (const [index, atMs] of this.#atMs.entries()) {
      this.#add(window, atMs, this.#amounts[index] ?? 0);
    }
  }

  #add(window: Window, atMs: number, amount: number): void {
    const bucket = window.bucketOf(atMs);
    let index = this.#buckets.length;
    while (index > 0 && (this.#buckets[index - 1] ?? 0) >= bucket) index -= 1;
    if (this.#buckets[index] === bucket) {
      this.#sums[index] = (this.#sums[index] ?? 0) + amount;
      this.#latest[index] = Math.max(this.#latest[index] ?? 0, atMs);
    } else {
      this.#buckets.splice(index, 0, bucket);
      this.#sums.splice(index, 0, amount);
      this.#latest.splice(index, 0, atMs);
    }
    // `#from` stays as the place to begin looking.
    this.#to = -1;
    this.#tick = -1;
  }

  #drop(window: Window, nowMs: number): void {
    const oldest = nowMs - 2 * window.reachMs;
    const keep = this.#atMs.map((atMs) => atMs >= oldest);
    if (keep.every(Boolean)) return;
    this.#atMs = this.#atMs.filter((_, index) => keep[index]);
    this.#amounts = this.#amounts.filter((_, index) => keep[index]);
    this.#actions = this.#actions.filter((_, index) => keep[index]);
    this.#window = "";
    this.#sumBy(window);
  }
}
