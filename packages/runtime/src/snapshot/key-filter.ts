/** Bits for each key, and how many of them it sets: about one answer in a hundred is a needless maybe. */
const bitsPerKey = 10;
const probes = 7;

/** Tells of most keys that they are not among those that were added (a Bloom filter). */
export class KeyFilter {
  readonly bytes: Buffer;

  /** Of bytes that another filter was. */
  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** An empty one with room for so many keys. */
  static for(count: number): KeyFilter {
    return new KeyFilter(Buffer.alloc(Math.max(8, Math.ceil((count * bitsPerKey) / 8))));
  }

  add(key: Buffer): void {
    const bits = this.bytes.length * 8;
    let at = key.readUInt32LE(0);
    const step = key.readUInt32LE(4);
    for (let probe = 0; probe < probes; probe += 1) {
      const bit = at % bits;
      this.bytes[bit >>> 3] = (this.bytes[bit >>> 3] ?? 0) | (1 << (bit & 7));
      at += step + probe;
    }
  }

  mayHold(key: Buffer): boolean {
    const bits = this.bytes.length * 8;
    let at = key.readUInt32LE(0);
    const step = key.readUInt32LE(4);
    for (let probe = 0; probe < probes; probe += 1) {
      const bit = at % bits;
      if (((this.bytes[bit >>> 3] ?? 0) & (1 << (bit & 7))) === 0) return false;
      at += step + probe;
    }
    return true;
  }
}
