import { FileWindow, isZero, windowBytes } from "./file-window.ts";
import type { WindowSource } from "./file-window.ts";
import { frameHeadBytes, frameType, readFrame, u32At } from "./frame.ts";
import type { Frame } from "./frame.ts";
import { sha256Into } from "./hash.ts";
import { formatLimits } from "./limits.ts";
import { PackedBytes } from "./packed-bytes.ts";

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
  /** SHA-256 of each, 32 bytes after 32 bytes; zeros for one that is erased */
  readonly digests: Uint8Array;
  /** 1 for each that is erased, which is all zeros; else 0 */
  readonly erased: Uint8Array;
}

/** What stands before each payload: the frame's head, its type, the index of the record. */
export const payloadHeadBytes: number = frameHeadBytes + 1 + 8;

/**
 * Reads a payload file through a window: checks each frame's checksum, hashes each payload, and looks
 * for zeros behind. Whether they are the payloads of a log is for its records to say.
 *
 * @param room the window
 * @returns undefined where anything is wrong, or a frame is larger than the window or 2 MiB
 * @throws what `source.read` throws
 */
export async function readPayloadTable(
  source: WindowSource,
  room: Buffer = Buffer.allocUnsafe(windowBytes),
): Promise<PayloadTable | undefined> {
  // Of a pipe by the name of a file, which has no size, nothing can be read.
  if (source.size === 0 || source.size > formatLimits.fileBytes) return undefined;
  const window = new FileWindow(source, room);
  const opening = await frameBehind(window);
  if (opening === undefined) return undefined;
  const header = Uint8Array.from(window.bytes.subarray(opening.start, opening.end));
  window.at = opening.end;
  const [indexes, batches, lengths, erased]: [number[], number[], number[], number[]] = [
    [],
    [],
    [],
    [],
  ];
  const digests = new PackedBytes();
  for (;;) {
    const frame = frameAt(window) ?? (await frameBehind(window));
    if (frame === undefined) break;
    const { bytes } = window;
    const content = frame.start + payloadHeadBytes;
    if (content > frame.end) return undefined;
    const index = u32At(bytes, frame.content) * 2 ** 32 + u32At(bytes, content - 4);
    if (!Number.isSafeInteger(index)) return undefined;
    const payload = bytes.subarray(content, frame.end);
    const isErased = frame.type === frameType.erased;
    if (isErased ? !isZero(payload) : frame.type !== frameType.payload) return undefined;
    const at = digests.length;
    if (isErased) digests.grow(32).fill(0, at, at + 32);
    else sha256Into(payload, digests.grow(32), at);
    indexes.push(index);
    batches.push(frame.batch);
    lengths.push(payload.length);
    erased.push(isErased ? 1 : 0);
    window.at = frame.end;
  }
  if (!(await window.isZeroToEnd())) return undefined;
  return {
    size: source.size,
    header,
    indexes: Float64Array.from(indexes),
    batches: Uint32Array.from(batches),
    lengths: Uint32Array.from(lengths),
    digests: digests.copy(),
    erased: Uint8Array.from(erased),
  };
}

/** The frame that begins at `at`; undefined when the window holds none. */
function frameAt({ bytes, at }: FileWindow): Frame | undefined {
  const frame = readFrame(bytes, at, windowBytes);
  return frame.ok ? frame : undefined;
}

/** As `frameAt`, with more of the file where the frame may end there. */
async function frameBehind(window: FileWindow): Promise<Frame | undefined> {
  const frame = readFrame(window.bytes, window.at, windowBytes);
  if (frame.ok) return frame;
  if (frame.claimedEnd <= window.bytes.length || !(await window.slide())) return undefined;
  return frameAt(window);
}
