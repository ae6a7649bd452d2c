import { formatLimits } from "../limits.ts";

/**
 * A bundle that grows: entries are copied as they come, so that what they came in need not be kept
 * for its sake. Each stands behind its length in two bytes, big-endian (C2SP tlog-tiles).
 */
export class BundleBuffer {
  #bytes: Buffer = Buffer.allocUnsafe(64 * 1024);
  #length = 0;

  /** The entry is the bytes from `from` on. */
  push(bytes: Uint8Array, from = 0): void {
    const length = bytes.length - from;
    if (length > formatLimits.recordBytes) throw new RangeError("entry is too long");
    const end = this.#length + 2 + length;
    if (end > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(end, 2 * this.#bytes.length));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    this.#bytes.writeUInt16BE(length, this.#length);
    this.#bytes.set(from === 0 ? bytes : bytes.subarray(from), this.#length + 2);
    this.#length = end;
  }

  /** A copy of what is in it. */
  copy(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length));
  }

  clear(): void {
    this.#length = 0;
  }
}
