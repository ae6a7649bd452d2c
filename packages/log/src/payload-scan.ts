import { encodeFrame, frameHeadBytes, frameType, readFrame, wrapBatch } from "./frame.ts";
import { decodePayloadHeader, encodeHeader } from "./header.ts";
import type { PayloadHeader } from "./header.ts";
import { payloadFrameLengthMax } from "./limits.ts";

/**
 * A payload frame: type `P`, or `E` once it is erased; its content is the record's index (u64,
 * big-endian) and then the payload, zeros when erased. Erasing keeps the length, so every other
 * payload stays where it is.
 */
export interface PayloadFrame {
  readonly kind: "payload";
  readonly index: number;
  readonly erased: boolean;
  /** as stored: the group's number modulo 2^32 */
  readonly batch: number;
  /** of the first byte of the payload */
  readonly content: number;
  readonly end: number;
}

/** What there is at an offset of a payload file. */
export type PayloadFrameReading =
  | PayloadFrame
  | { readonly kind: "zero" }
  | { readonly kind: "unreadable"; readonly claimedEnd: number; readonly why: string };

const indexBytes = 8;

/** The frame of the payload of record `index`. */
export function encodePayload(batch: number, index: number, payload: Uint8Array): Buffer {
  return encodeFrame(frameType.payload, batch, encodeIndex(index), payload);
}

/** Reads the payload frame at `at`; whatever the bytes are, it answers and never throws. */
export function readPayloadFrame(bytes: Buffer, at: number): PayloadFrameReading {
  const frame = readFrame(bytes, at, payloadFrameLengthMax);
  if (!frame.ok) {
    if (frame.why === "zero") return { kind: "zero" };
    const why = "frame fails its checksum or has no possible length";
    return { kind: "unreadable", claimedEnd: frame.claimedEnd, why };
  }
  const content = frame.content + indexBytes;
  const erased = frame.type === frameType.erased;
  const unreadable = (why: string): PayloadFrameReading => ({
    kind: "unreadable",
    claimedEnd: frame.end,
    why,
  });
  if ((!erased && frame.type !== frameType.payload) || content > frame.end) {
    return unreadable("not a payload frame");
  }
  const index = Number(bytes.readBigUInt64BE(frame.content));
  if (!Number.isSafeInteger(index)) return unreadable("record index is out of range");
  if (erased && bytes.subarray(content, frame.end).some((byte) => byte !== 0)) {
    return unreadable("erased payload is not all zeros");
  }
  return { kind: "payload", index, erased, batch: frame.batch, content, end: frame.end };
}

/** What the header of a payload file must agree with; its `batch` is that of its first frame. */
export type PayloadFileContext = Pick<PayloadHeader, "origin" | "log" | "first">;

/**
 * Checks the header of a payload file given as all its bytes.
 *
 * @returns where the first payload frame begins, or what is wrong
 */
export function readPayloadOpening(
  bytes: Buffer,
  context: PayloadFileContext,
): { readonly ok: true; readonly at: number } | { readonly ok: false; readonly why: string } {
  const frame = readFrame(bytes, 0, payloadFrameLengthMax);
  if (!frame.ok) return { ok: false, why: "header is not readable" };
  const next = readPayloadFrame(bytes, frame.end);
  const why = checkPayloadHeader(bytes.subarray(0, frame.end), context, {
    size: bytes.length,
    batch: next.kind === "payload" ? next.batch : undefined,
  });
  return why === undefined ? { ok: true, at: frame.end } : { ok: false, why };
}

/**
 * What is wrong with the first frame of a payload file of `size` bytes, whose first payload is of the
 * group `batch`, as stored; undefined when nothing is.
 */
export function checkPayloadHeader(
  stored: Buffer,
  { origin, log, first }: PayloadFileContext,
  { size, batch }: { readonly size: number; readonly batch: number | undefined },
): string | undefined {
  const header = decodePayloadHeader(stored.subarray(frameHeadBytes + 1));
  if (stored[frameHeadBytes] !== frameType.header || header === undefined) {
    return "first frame is not a payload file's header";
  }
  if (header.bytes !== size) return `file has ${size} bytes, its header says ${header.bytes}`;
  if (!encodeHeader({ ...header, origin, log, first }).equals(stored)) {
    return "header disagrees with the log";
  }
  if (batch === undefined || batch === wrapBatch(header.batch)) return undefined;
  return `header is of group ${header.batch}, its payload of ${batch}`;
}

/**
 * True when the bytes at `at`, which cannot be read, could be the beginning of a payload frame of
 * group `batch` (or `later`) that a crash left: each byte of its head is right or missing.
 */
export function couldBegin(bytes: Buffer, at: number, batch: number, later: boolean): boolean {
  if (at + frameHeadBytes >= bytes.length) return true;
  if (bytes.readUInt32BE(at) > payloadFrameLengthMax) return false;
  const right = Buffer.alloc(4);
  right.writeUInt32BE(wrapBatch(batch));
  const stored = bytes.subarray(at + 8, at + 12);
  if (!later && stored.some((byte, place) => byte !== 0 && byte !== right[place])) return false;
  const type = at === 0 ? frameType.header : frameType.payload;
  const found = bytes[at + frameHeadBytes];
  return found === 0 || found === type;
}

function encodeIndex(index: number): Buffer {
  const bytes = Buffer.alloc(indexBytes);
  bytes.writeBigUInt64BE(BigInt(index));
  return bytes;
}
