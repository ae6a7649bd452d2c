import { frameHeadBytes, frameType } from "./frame.ts";
import { decodeSegmentHeader } from "./header.ts";
import { compareHeader } from "./segment-scan.ts";
import type { SegmentContext } from "./segment-scan.ts";

/** True when a header frame is, to the last byte, the one of a file of `size` bytes in this place of a log. */
export function isHeaderAt(stored: Buffer, size: number, context: SegmentContext): boolean {
  const { state, previous } = context;
  if (state === undefined || stored[frameHeadBytes] !== frameType.header) return false;
  const header = decodeSegmentHeader(stored.subarray(frameHeadBytes + 1));
  if (header?.bytes !== size || header.first !== context.first) return false;
  return compareHeader(stored, header, { ...context, state, previous }) === undefined;
}
