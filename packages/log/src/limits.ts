import { recordBytesMax } from "@holdfast/model/record-limit";
import { frameHeadBytes } from "./frame.ts";

/** Limits of the format: a reader may rely on them for ever. Sizes in bytes. */
export const formatLimits = {
  /** body of a record (C2SP tlog-tiles keeps entry lengths in two bytes) */
  recordBytes: recordBytesMax,
  /** one payload */
  payloadBytes: 32 * 1024 * 1024,
  /** all frames of one group in a record segment, its commit and a segment header included */
  groupBytes: 4 * 1024 * 1024,
  /** all frames of one group in a payload file: one payload, or many small ones */
  groupPayloadBytes: 36 * 1024 * 1024,
  /** content of a header frame */
  headerBytes: 16 * 1024,
  /** UTF-16 units of the origin */
  originUnits: 256,
  /** every file of either series is a whole number of these */
  blockBytes: 4096,
  /** one file of either series */
  fileBytes: 1024 * 1024 * 1024,
} as const;

/** Largest `length` field in a record segment, and in a payload file (8 bytes name the record). */
export const recordFrameLengthMax: number = 1 + formatLimits.recordBytes;
export const payloadFrameLengthMax: number = 1 + 8 + formatLimits.payloadBytes;

/** Limits of this writer; another may choose differently within those of the format. */
export const writerLimits = {
  groupRecords: 1024,
  groupBytes: 1024 * 1024,
  segmentBytes: 64 * 1024 * 1024,
  firstSegmentBytes: 1024 * 1024,
  pendingRecords: 65_536,
  pendingBytes: 256 * 1024 * 1024,
} as const;

/** Room an entry with a body of this many bytes takes. */
export function entryFrameBytes(bodyBytes: number): number {
  return frameHeadBytes + 1 + bodyBytes;
}
