/** A file to read from. */
export interface WindowSource {
  /** bytes of the whole file */
  readonly size: number;
  /** Fills `room` from `position` on; gives how many bytes, fewer only where the file ends. */
  read(position: number, room: Buffer): number | Promise<number>;
}

/** Bytes of a file that are in memory at a time: few enough to stay in a processor's cache. */
export const windowBytes: number = 2 * 1024 * 1024;

/** Memory for windows, one after the other. */
export class WindowRoom {
  readonly #bytesMax: number;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(bytesMax: number = windowBytes) {
    this.#bytesMax = bytesMax;
  }

  /** Enough for a file of this size, or for a part of it. What was there before is overwritten. */
  of(fileBytes: number): Buffer {
    const length = Math.min(fileBytes, this.#bytesMax);
    if (this.#bytes.length < length) this.#bytes = Buffer.allocUnsafe(length);
    return this.#bytes;
  }
}

/**
 * A file seen through a window that only moves forward: memory that is met for the first time costs
 * more than all hashing, so that one window serves all files.
 */
export class FileWindow {
  readonly #source: WindowSource;
  readonly #room: Buffer;
  readonly #seen: ((bytes: Buffer) => void) | undefined;
  /** where the window begins in the file */
  base = 0;
  /** what is in it */
  bytes: Buffer;
  /** how far it was looked at */
  at = 0;

  /** @param seen told of all bytes of the file, in order, once each as far as the window goes */
  constructor(source: WindowSource, room: Buffer, seen?: (bytes: Buffer) => void) {
    this.#source = source;
    this.#room = room;
    this.#seen = seen;
    this.bytes = room.subarray(0, 0);
  }

  /** Moves what is left to the front and fills up behind it; false when the file gives no more. */
  async slide(): Promise<boolean> {
    const kept = this.bytes.length - this.at;
    this.#room.copyWithin(0, this.at, this.bytes.length);
    this.base += this.at;
    this.at = 0;
    const read = await this.#source.read(this.base + kept, this.#room.subarray(kept));
    this.bytes = this.#room.subarray(0, kept + read);
    this.#seen?.(this.bytes.subarray(kept));
    return read > 0;
  }

  /** Whether nothing but zeros lies from `at` to the end of the file, and that is where it was. */
  async isZeroToEnd(): Promise<boolean> {
    do {
      if (!isZero(this.bytes.subarray(this.at))) return false;
      this.at = this.bytes.length;
    } while (await this.slide());
    return this.base + this.bytes.length === this.#source.size;
  }
}

const zeros: Buffer = Buffer.alloc(64 * 1024);

/** Whether all bytes are zeros. */
export function isZero(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += zeros.length) {
    const piece = bytes.subarray(at, at + zeros.length);
    if (!piece.equals(zeros.subarray(0, piece.length))) return false;
  }
  return true;
}
