import { formatLimits } from "../limits.ts";

/**
 * An entry bundle: each entry behind its length in two bytes, big-endian (C2SP tlog-tiles, "Log
 * entries"). Records are never longer than that can say.
 */
export function encodeBundle(entries: readonly Uint8Array[]): Buffer {
  const pieces: Uint8Array[] = [];
  for (const entry of entries) {
    if (entry.length > formatLimits.recordBytes) throw new RangeError("entry is too long");
    pieces.push(Buffer.of(Math.floor(entry.length / 256), entry.length % 256), entry);
  }
  return Buffer.concat(pieces);
}

/** The entries of a bundle; undefined when the bytes do not end with the last one. */
export function decodeBundle(bytes: Buffer): readonly Buffer[] | undefined {
  const entries: Buffer[] = [];
  let at = 0;
  while (at + 2 <= bytes.length) {
    const end = at + 2 + bytes.readUInt16BE(at);
    if (end > bytes.length) return undefined;
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return at === bytes.length ? entries : undefined;
}
