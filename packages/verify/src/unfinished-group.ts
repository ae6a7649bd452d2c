import { batchOf, contentEnd, frameAt, frameTypes, segmentLengthMax } from "./frame.ts";

/** A disk stores a sector's bytes in order, so of an unfinished write it holds a beginning. */
const sectorBytes = 512;
const groupBytesMax = 4 * 1024 * 1024;
const groupPayloadBytesMax = 36 * 1024 * 1024;
/** A payload frame's head holds at most 16 zeros in a row; more are where a sector was lost. */
const zeroRunMax = 32;

/** Bytes behind the last whole group, by where they begin. */
export interface Remains {
  readonly bytes: Buffer;
  /** just past the last whole group */
  readonly from: number;
  /** where the first frame that cannot be read begins */
  readonly failed: number;
  /** number of the group that was left unfinished */
  readonly group: number;
}

/**
 * Why the bytes behind the last commit of a segment cannot be what a crash left of one group;
 * undefined when they can. Section "What a crash may leave". Coarser than what an opener asks
 * before it cuts anything off: whoever reads a log for evidence is told in both cases.
 */
export function crashDenial({ bytes, from, failed, group }: Remains): string | undefined {
  const end = contentEnd(bytes, from);
  if (end - from > groupBytesMax) return "more bytes than one group can have";
  const claimed = failed + 12 + bytes.readUInt32BE(Math.min(failed, bytes.length - 12));
  if (claimed > bytes.length || claimed - failed - 12 > segmentLengthMax) {
    return "longer than any frame here can be";
  }
  for (let at = from; at + 12 < end; at += 1) {
    const frame = frameAt(bytes, at, segmentLengthMax);
    if (frame !== undefined && isKnown(frame.type) && isLater(frame.batch, group)) {
      return `a later group follows at byte ${at}`;
    }
  }
  const stray = strayByte(bytes, from, end);
  if (stray !== undefined) return `byte ${stray} lies behind zeros of its own sector`;
  // Behind a commit of the same group nothing is missing, whatever a changed length claims.
  const to = endsInCommit(bytes, from, end, group) ? end : Math.max(claimed, end);
  const lost = lostSector(bytes, failed, to);
  return lost ? undefined : "fails its checksum, and no byte of it was lost in a crash";
}

/** The same for payloads behind the last one that a record names. */
export function payloadCrashDenial(bytes: Buffer, from: number): string | undefined {
  const end = contentEnd(bytes, from);
  if (end - from > groupPayloadBytesMax) return "more bytes than one group can have";
  const stray = strayByte(bytes, from, end);
  return stray === undefined ? undefined : `byte ${stray} lies behind zeros of its own sector`;
}

function isKnown(type: number): boolean {
  return type === frameTypes.entry || type === frameTypes.commit || type === frameTypes.header;
}

/** Numbers go round at 2^32; no more than so many groups fit behind one that failed. */
function isLater(batch: number, group: number): boolean {
  const ahead = batchOf(batch + 2 ** 32 - batchOf(group));
  return ahead > 0 && ahead <= 2 ** 15;
}

function endsInCommit(bytes: Buffer, from: number, end: number, group: number): boolean {
  for (let at = Math.max(from, end - sectorBytes); at + 12 < end; at += 1) {
    const frame = frameAt(bytes, at, segmentLengthMax);
    if (frame?.end !== end || frame.type !== frameTypes.commit) continue;
    if (frame.batch === batchOf(group)) return true;
  }
  return false;
}

function strayByte(bytes: Buffer, from: number, end: number): number | undefined {
  let zeros = 0;
  for (let at = from; at < end; at += 1) {
    if (at % sectorBytes === 0) zeros = 0;
    if (bytes[at] === 0) zeros += 1;
    else if (zeros > zeroRunMax) return at;
    else zeros = 0;
  }
  return undefined;
}

/** Whether some sector that the frame lies in, or what was written behind it, ends in zeros. */
function lostSector(bytes: Buffer, from: number, to: number): boolean {
  for (let start = from - (from % sectorBytes); start < to; start += sectorBytes) {
    const last = Math.min(start + sectorBytes, to, bytes.length) - 1;
    if (last > from && bytes[last] === 0) return true;
  }
  return false;
}
