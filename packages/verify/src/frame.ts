import { crc32 } from "node:zlib";

/** A frame whose checksum is right; `conformance/log/README.md`, section "Frames". */
export interface Frame {
  readonly start: number;
  readonly end: number;
  /** number of the group modulo 2^32 */
  readonly batch: number;
  readonly type: number;
  /** type byte and content: what an entry's leaf hash is taken of */
  readonly leaf: Buffer;
  readonly content: Buffer;
}

/** Type bytes of frames. */
export const frameTypes = {
  entry: 0x00,
  commit: 0x43,
  header: 0x48,
  payload: 0x50,
  erased: 0x45,
} as const;

/** The longest `length` that a frame in `seg/` has, and one in `payload/`. */
export const segmentLengthMax: number = 1 + 65_535;
export const payloadLengthMax: number = 1 + 8 + 32 * 1024 * 1024;

/** The frame at an offset; undefined when none can be read there. */
export function frameAt(bytes: Buffer, start: number, lengthMax: number): Frame | undefined {
  const body = start + 12;
  if (body > bytes.length) return undefined;
  const length = bytes.readUInt32BE(start);
  const end = body + length;
  if (length === 0 || length > lengthMax || end > bytes.length) return undefined;
  if (crc32(bytes.subarray(start + 8, end)) !== bytes.readUInt32BE(start + 4)) return undefined;
  return {
    start,
    end,
    batch: bytes.readUInt32BE(start + 8),
    type: bytes.readUInt8(body),
    leaf: bytes.subarray(body, end),
    content: bytes.subarray(body + 1, end),
  };
}

/** A group's number as its frames carry it. */
export function batchOf(group: number): number {
  return group % 2 ** 32;
}

/** Where the zeros begin that reach to the end of the file, not before `from`. */
export function contentEnd(bytes: Buffer, from: number): number {
  let end = bytes.length;
  const zeros = Buffer.alloc(4096);
  while (end - 4096 >= from && bytes.subarray(end - 4096, end).equals(zeros)) end -= 4096;
  while (end > from && bytes[end - 1] === 0) end -= 1;
  return end;
}
