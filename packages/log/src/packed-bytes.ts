/** Hashes of 32 bytes one after the other, in memory that grows: an object for each would cost more. */
export class PackedBytes {
  #room: Buffer = Buffer.allocUnsafeSlow(1024);
  #length = 0;

  /** Bytes in use. */
  get length(): number {
    return this.#length;
  }

  /** Makes room for so many bytes more, and gives the memory that `length` is then the end of. */
  grow(bytes: number): Buffer {
    this.#length += bytes;
    if (this.#length > this.#room.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.#length, 2 * this.#room.length));
      this.#room.copy(larger);
      this.#room = larger;
    }
    return this.#room;
  }

  /** From byte `from` on, until more is added. */
  from(from: number): Buffer {
    return this.#room.subarray(from, this.#length);
  }

  /** A copy in memory of its own, which can be handed to another thread. */
  copy(): Uint8Array {
    return Uint8Array.from(this.#room.subarray(0, this.#length));
  }
}
