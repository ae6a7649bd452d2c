const roomBytesMin = 16 * 1024;

/** Memory for the bytes of one batch after the other: copied, as what they are read into is used again. */
export class BatchRoom {
  #room: Buffer = Buffer.allocUnsafe(roomBytesMin);
  #used = 0;

  /** A copy that holds until `clear`. */
  keep(bytes: Uint8Array): Buffer {
    const end = this.#used + bytes.length;
    if (end > this.#room.length) {
      // What was given keeps the memory that it is in.
      this.#room = Buffer.allocUnsafe(Math.max(2 * this.#room.length, bytes.length));
      this.#used = 0;
      return this.keep(bytes);
    }
    this.#room.set(bytes, this.#used);
    const copy = this.#room.subarray(this.#used, end);
    this.#used = end;
    return copy;
  }

  /** Everything given may be written over from here on. */
  clear(): void {
    this.#used = 0;
  }
}
