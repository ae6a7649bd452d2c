import { nobody } from "./cabinet.ts";
import type { Owner } from "./cabinet.ts";

/** When an Event occurred under one key, in order of the log; 16 bytes each. */
export class Occurrences {
  #atMs = new Float64Array(4);
  #sequences = new Float64Array(4);
  #size = 0;
  #inOrder = true;
  #latestSequence = Number.NEGATIVE_INFINITY;
  /** the first and the latest instant, kept here since most questions are answered by them */
  #earliestMs = Number.POSITIVE_INFINITY;
  #latestMs = Number.NEGATIVE_INFINITY;
  readonly #owner: Owner;
  /** the cut since which it changed, and how many there were then */
  #cut = 0;
  #sizeAtCut = 0;

  /** `owner` is told of every change. */
  constructor(owner: Owner = nobody) {
    this.#owner = owner;
  }

  get size(): number {
    return this.#size;
  }

  /** The highest sequence number, `-Infinity` when nothing occurred. */
  get latestSequence(): number {
    return this.#latestSequence;
  }

  add(atMs: number, sequence: number): void {
    const { latest } = this.#owner.cuts;
    if (latest !== this.#cut) {
      this.#cut = latest;
      this.#sizeAtCut = this.#size;
    }
    if (this.#size === this.#atMs.length) {
      this.#atMs = grown(this.#atMs);
      this.#sequences = grown(this.#sequences);
    }
    if (this.#size > 0 && atMs < (this.#atMs[this.#size - 1] ?? 0)) this.#inOrder = false;
    this.#atMs[this.#size] = atMs;
    this.#sequences[this.#size] = sequence;
    this.#size += 1;
    if (atMs < this.#earliestMs) this.#earliestMs = atMs;
    if (atMs > this.#latestMs) this.#latestMs = atMs;
    this.#latestSequence = Math.max(this.#latestSequence, sequence);
    this.#owner.changed();
  }

  /** How many occurred in (now - length, now]; `lengthMs` is the length rounded up to ms. */
  countWithin(nowMs: number, lengthMs: number): number {
    const afterMs = nowMs - lengthMs;
    if (this.#latestMs <= afterMs || this.#earliestMs > nowMs) return 0;
    if (this.#earliestMs > afterMs && this.#latestMs <= nowMs) return this.#size;
    if (this.#inOrder) return this.#upTo(nowMs) - this.#upTo(Math.min(nowMs, nowMs - lengthMs));
    let count = 0;
    for (let index = 0; index < this.#size; index += 1) {
      const atMs = this.#atMs[index] ?? 0;
      if (atMs > nowMs - lengthMs && atMs <= nowMs) count += 1;
    }
    return count;
  }

  /** The first instant after `nowMs` from which `countWithin` may say something else. */
  sameUntilMs(nowMs: number, lengthMs: number): number {
    const never = Number.POSITIVE_INFINITY;
    if (this.#inOrder) {
      const oldest = this.#upTo(nowMs - lengthMs);
      const next = this.#upTo(nowMs);
      const leavesMs = oldest < this.#size ? (this.#atMs[oldest] ?? 0) + lengthMs : never;
      return Math.min(leavesMs, next < this.#size ? (this.#atMs[next] ?? 0) : never);
    }
    let untilMs = never;
    for (let index = 0; index < this.#size; index += 1) {
      const atMs = this.#atMs[index] ?? 0;
      const changesMs = atMs > nowMs ? atMs : atMs + lengthMs;
      if (changesMs > nowMs && changesMs < untilMs) untilMs = changesMs;
    }
    return untilMs;
  }

  /** `[sequence, atMs]` of each, in order. */
  list(): [number, number][] {
    return Array.from({ length: this.#size }, (_, index) => [
      this.#sequences[index] ?? 0,
      this.#atMs[index] ?? 0,
    ]);
  }

  /** How many there were at the latest cut; as they are only ever added, these are the first ones. */
  get sizeAtCut(): number {
    return this.#cut === this.#owner.cuts.latest ? this.#sizeAtCut : this.#size;
  }

  /** Instants, then sequence numbers, of those from `from` up to and without `to`. */
  numbers(from: number, to: number): Float64Array<ArrayBuffer> {
    const numbers = new Float64Array(2 * (to - from));
    numbers.set(this.#atMs.subarray(from, to));
    numbers.set(this.#sequences.subarray(from, to), to - from);
    return numbers;
  }

  /** How many occurred at or before `atMs`. **Contract:** they are in order of time. */
  #upTo(atMs: number): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#atMs[middle] ?? 0) <= atMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function grown(from: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const to = new Float64Array(from.length * 2);
  to.set(from);
  return to;
}
