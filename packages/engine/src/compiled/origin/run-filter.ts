import { eachRun } from "./word.ts";

/** Bits for each run, so that a run that is in no text is rarely taken for one. */
const bitsPerRun = 16;
const bitsMin = 1_024;

/**
 * Tells most texts that share no run of words with any text it has read, at a fraction of the
 * cost of looking: it may say yes for nothing, and never no for something.
 */
export class RunFilter {
  readonly #length: number;
  readonly #texts: string[] = [];
  #bits = new Uint32Array(bitsMin / 32);
  #runs = 0;

  /** @param length words of a run */
  constructor(length: number) {
    this.#length = length;
  }

  add(text: string): void {
    this.#texts.push(text);
    this.#mark(text);
    if (this.#runs * bitsPerRun <= this.#bits.length * 32) return;
    this.#bits = new Uint32Array(2 ** Math.ceil(Math.log2(this.#runs * bitsPerRun)) / 16);
    this.#runs = 0;
    for (const each of this.#texts) this.#mark(each);
  }

  /** Whether a text may share a run with one of those read. */
  mayShare(text: string): boolean {
    let may = false;
    eachRun(text, this.#length, (run) => {
      const at = run & (this.#bits.length * 32 - 1);
      may ||= ((this.#bits[at >>> 5] ?? 0) & (1 << (at & 31))) !== 0;
    });
    return may;
  }

  #mark(text: string): void {
    const bits = this.#bits;
    const mask = bits.length * 32 - 1;
    eachRun(text, this.#length, (run) => {
      const at = run & mask;
      bits[at >>> 5] = (bits[at >>> 5] ?? 0) | (1 << (at & 31));
      this.#runs += 1;
    });
  }
}
