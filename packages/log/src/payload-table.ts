import { frameHeadBytes, frameType, readFrame } from "./frame.ts";
import type { Frame } from "./frame.ts";
import { digestName } from "./hash.ts";

/*
 * Imports nothing but frames and hashes: the thread that runs it is there the sooner.
 */

/**
 * What a payload file holds that is in order to its last byte: a header frame, payload frames, and
 * zeros. One row for each payload, in the order of the file. Can be posted from one thread to another.
 */
export interface PayloadTable {
  /** bytes of the whole file */
  readonly size: number;
  /** the first frame, of which nothing but its checksum was looked at */
  readonly header: Uint8Array;
  /** records that the payloads belong to */
  readonly indexes: Float64Array;
  /** numbers of their groups modulo 2^32 */
  readonly batches: Uint32Array;
  /** lengths of the payloads in bytes */
  readonly lengths: Uint32Array;
  /** `sha256:` and hex of each; empty for one that is erased, which is all zeros */
  readonly digests: readonly string[];
}

/** A file to read from, at once. */
export interface TableSource {
  /** bytes of the whole file */
  readonly size: number;
  /** Fills `room` from `position` on; returns how many bytes, fewer only where the file ends. */
  read(position: number, room: Buffer): number;
}

/** What stands before each payload: the frame's head, its type, the index of the record. */
export const payloadHeadBytes: number = frameHeadBytes + 1 + 8;

const windowBytes = 2 * 1024 * 1024;
const zeros: Buffer = Buffer.alloc(64 * 1024);

/**
 * Reads a payload file through a window: checks each frame's checksum, hashes each payload, and looks
 * for zeros behind. Whether they are the payloads of a log is for its records to say.
 *
 * @returns undefined where anything is wrong, or a frame is larger than 2 MiB
 * @throws what `source.read` throws
 */
export function readPayloadTable(source: TableSource): PayloadTable | undefined {
  const window = new TableWindow(source);
  const opening = window.frame();
  if (opening === undefined) return undefined;
  const header = Uint8Array.from(window.bytes.subarray(opening.start, opening.end));
  window.at = opening.end;
  const [indexes, batches, lengths]: [number[], number[], number[]] = [[], [], []];
  const digests: string[] = [];
  for (let frame = window.frame(); frame !== undefined; frame = window.frame()) {
    const { bytes } = window;
    const content = frame.start + payloadHeadBytes;
    if (content > frame.end) return undefined;
    const index = bytes.readUInt32BE(frame.content) * 2 ** 32 + bytes.readUInt32BE(content - 4);
    if (!Number.isSafeInteger(index)) return undefined;
    const payload = bytes.subarray(content, frame.end);
    if (frame.type === frameType.payload) digests.push(digestName(payload));
    else if (frame.type === frameType.erased && isZero(payload)) digests.push("");
    else return undefined;
    indexes.push(index);
    batches.push(frame.batch);
    lengths.push(payload.length);
    window.at = frame.end;
  }
  if (!window.isZeroToEnd()) return undefined;
  return {
    size: source.size,
    header,
    indexes: Float64Array.from(indexes),
    batches: Uint32Array.from(batches),
    lengths: Uint32Array.from(lengths),
    digests,
  };
}

class TableWindow {
  readonly #source: TableSource;
  readonly #room = Buffer.allocUnsafe(windowBytes);
  /** where the window begins in the file */
  #base = 0;
  bytes: Buffer = this.#room.subarray(0, 0);
  /** how far the window was looked at */
  at = 0;

  constructor(source: TableSource) {
    this.#source = source;
  }

  /** The frame that begins at `at`; undefined when none does, or none that fits the window. */
  frame(): Frame | undefined {
    const frame = readFrame(this.bytes, this.at, windowBytes);
    if (frame.ok) return frame;
    if (frame.claimedEnd <= this.bytes.length || !this.#slide()) return undefined;
    const again = readFrame(this.bytes, this.at, windowBytes);
    return again.ok ? again : undefined;
  }

  /** Whether nothing but zeros lies from `at` to the end of the file, and that is where it was. */
  isZeroToEnd(): boolean {
    do {
      if (!isZero(this.bytes.subarray(this.at))) return false;
      this.at = this.bytes.length;
    } while (this.#slide());
    return this.#base + this.bytes.length === this.#source.size;
  }

  /** Moves what is left to the front and fills up behind it; false when the file gives no more. */
  #slide(): boolean {
    const kept = this.bytes.length - this.at;
    this.#room.copyWithin(0, this.at, this.bytes.length);
    this.#base += this.at;
    this.at = 0;
    const read = this.#source.read(this.#base + kept, this.#room.subarray(kept));
    this.bytes = this.#room.subarray(0, kept + read);
    return read > 0;
  }
}

function isZero(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += zeros.length) {
    const piece = bytes.subarray(at, at + zeros.length);
    if (!piece.equals(zeros.subarray(0, piece.length))) return false;
  }
  return true;
}
