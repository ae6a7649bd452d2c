import { fill } from "../step-files.ts";
import type { StepFile, StepFiles } from "../step-files.ts";
import { keyBytes, runEntry, runMagic } from "./run-layout.ts";
import { KeyFilter } from "./key-filter.ts";

/** Entries read at once at the end of a search. */
const blockEntries = 64;

/**
 * Values by key in a file that never changes. Only the filter is in memory, which answers most
 * questions about keys that are not there; others cost some reads of a few hundred bytes.
 */
export class KeyRun {
  readonly path: string;
  readonly count: number;
  readonly #file: StepFile;
  readonly #filter: KeyFilter;
  /** of the first entry */
  readonly #start: number;

  /** @throws Error when the file is not there or not a run */
  constructor(files: StepFiles, path: string) {
    this.path = path;
    this.#file = files.open(path, "read");
    try {
      const head = this.#read(0, runMagic.length + 8);
      if (head.toString("latin1", 0, runMagic.length) !== runMagic) throw new Error("not a run");
      this.count = head.readUInt32LE(runMagic.length);
      const filterBytes = head.readUInt32LE(runMagic.length + 4);
      this.#filter = new KeyFilter(this.#read(head.length, filterBytes));
      this.#start = head.length + filterBytes;
    } catch (error) {
      this.#file.close();
      throw error;
    }
  }

  find(key: Buffer): Buffer | undefined {
    if (!this.#filter.mayHold(key)) return undefined;
    let low = 0;
    let high = this.count;
    while (high - low > blockEntries) {
      const middle = (low + high) >>> 1;
      const found = this.#read(this.#start + middle * runEntry.bytes, keyBytes);
      if (key.compare(found) < 0) high = middle;
      else low = middle;
    }
    const block = this.#read(this.#start + low * runEntry.bytes, (high - low) * runEntry.bytes);
    for (let at = 0; at < block.length; at += runEntry.bytes) {
      if (key.compare(block, at, at + keyBytes) !== 0) continue;
      const { offset, length } = runEntry.read(block, at);
      return this.#read(offset, length);
    }
    return undefined;
  }

  close(): void {
    this.#file.close();
  }

  #read(position: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    if (fill(this.#file, position, bytes) < length) {
      throw new Error(`\`${this.path}\` ends too early`);
    }
    return bytes;
  }
}
