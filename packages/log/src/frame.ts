import { crc32 } from "node:zlib";

/**
 * One frame on disk, all numbers big-endian as in tlog-tiles:
 *
 *     u32 length | u32 crc32 | u32 batch | u8 type | content
 *
 * `length` counts from the type byte to the end of the content and is never 0, so four zero bytes
 * where a frame should begin are the prepared tail. The CRC-32 (that of zlib) covers batch, type
 * and content. `batch` is the number of the group modulo 2^32. In an entry the type byte is the
 * RFC 6962 leaf prefix, so the leaf hash is SHA-256 of the stored bytes from byte 12 on.
 */
export const frameHeadBytes = 12;

/**
 * The type bytes. Only `entry` is ever hashed into the tree; no other type is 0x00 (a leaf) or
 * 0x01 (an inner node), so no bookkeeping frame can be mistaken for a part of it.
 */
export const frameType = {
  entry: 0x00,
  commit: 0x43,
  header: 0x48,
  payload: 0x50,
  erased: 0x45,
} as const;

/** A readable frame, as offsets into the bytes it was read from. */
export interface Frame {
  readonly ok: true;
  readonly type: number;
  readonly batch: number;
  /** of the first byte of the frame */
  readonly start: number;
  /** of the first byte after the type byte */
  readonly content: number;
  readonly end: number;
}

/** Why no frame can be read at an offset. `claimedEnd` is where it would end by its own length. */
export interface Unreadable {
  readonly ok: false;
  readonly why: "zero" | "length" | "overrun" | "crc";
  readonly claimedEnd: number;
}

/** One frame. `content` is given in pieces so that no caller has to join them first. */
export function encodeFrame(
  type: number,
  batch: number,
  ...content: readonly Uint8Array[]
): Buffer {
  let length = 1;
  for (const piece of content) length += piece.length;
  const bytes = Buffer.allocUnsafe(frameHeadBytes + length);
  bytes.writeUInt32BE(length, 0);
  bytes.writeUInt32BE(wrapBatch(batch), 8);
  bytes[frameHeadBytes] = type;
  let at = frameHeadBytes + 1;
  for (const piece of content) {
    bytes.set(piece, at);
    at += piece.length;
  }
  bytes.writeUInt32BE(crc32(bytes.subarray(8)), 4);
  return bytes;
}

/** The number of four bytes at `at`. The platform's own reader checks its arguments, which costs more than reading. */
export function u32At(bytes: Uint8Array, at: number): number {
  const low = ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
  return (bytes[at] ?? 0) * 2 ** 24 + low;
}

/** Reads the frame at `offset`; whatever the bytes are, it answers and never throws. */
export function readFrame(bytes: Buffer, offset: number, lengthMax: number): Frame | Unreadable {
  const head = offset + frameHeadBytes;
  if (head > bytes.length) {
    const why = isZero(bytes, offset, bytes.length) ? "zero" : "overrun";
    return { ok: false, why, claimedEnd: head };
  }
  const length = u32At(bytes, offset);
  const end = head + length;
  if (length === 0) return { ok: false, why: "zero", claimedEnd: head };
  if (length > lengthMax) return { ok: false, why: "length", claimedEnd: end };
  if (end > bytes.length) return { ok: false, why: "overrun", claimedEnd: end };
  if (crc32(bytes.subarray(offset + 8, end)) !== u32At(bytes, offset + 4)) {
    return { ok: false, why: "crc", claimedEnd: end };
  }
  const batch = u32At(bytes, offset + 8);
  return { ok: true, type: bytes[head] ?? 0, batch, start: offset, content: head + 1, end };
}

/** A batch number as a frame stores it. */
export function wrapBatch(batch: number): number {
  return batch % 2 ** 32;
}

function isZero(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (bytes[at] !== 0) return false;
  return true;
}
