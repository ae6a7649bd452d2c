import { crc32 } from "node:zlib";
import { frameHeadBytes, frameType, readFrame, wrapBatch } from "./frame.ts";
import { recordFrameLengthMax } from "./limits.ts";

/** A disk stores a sector's bytes in order, so of an unfinished write it holds a beginning. */
export const sectorBytes = 512;

/** Where reading a group of a record segment failed. */
export interface GroupFailure {
  /** where the group begins: just past the last commit */
  readonly group: number;
  /** where the unreadable frame begins, and where it would end by its own length */
  readonly frame: number;
  readonly claimedEnd: number;
  /** the number the group has */
  readonly batch: number;
  /** the only commit frame that could stand there; absent where none could */
  readonly commit?: Buffer;
}

/** Head and type: what is not text. */
const textOffset = frameHeadBytes + 1;

/**
 * True when a crash can explain why the frame cannot be read: bytes of it are missing, and each
 * missing byte is zero like all behind it in its sector. What a commit frame must hold is known,
 * and text holds no zero byte, so there every missing byte shows. Of a head that a sector's end
 * cuts, the missing bytes are tried. A frame that misses nothing was changed after it was written.
 *
 * A byte that turned to zero where only zeros follow it in its sector cannot be told from a crash.
 *
 * @param until end of all content in the file
 */
export function hasLostBytes(bytes: Buffer, failure: GroupFailure, until: number): boolean {
  const { frame, claimedEnd, commit } = failure;
  if (commit !== undefined && until <= frame + commit.length) {
    if (isTornCopy(bytes, frame, commit)) return true;
  }
  const type = bytes[frame + frameHeadBytes];
  const isHeader = frame === 0 && type === frameType.header;
  // A commit was compared above.
  if (type !== frameType.entry && !isHeader) return false;
  if (!isHeadPossible(bytes, failure)) return false;
  const text = frame + textOffset;
  const boundary = sectorEnd(frame);
  const lostFrom = startOfZeros(bytes, frame, boundary);
  const lost = { from: lostFrom, to: boundary };
  if (boundary > text && lostFrom <= text) return true;
  // A head that a sector's end cuts lies in two, and the second may have missed it all.
  if (boundary < text && startOfZeros(bytes, boundary, sectorEnd(boundary)) <= text) return true;
  if (boundary <= text && isLengthInDoubt(bytes, frame, lost)) {
    if (isWholeBut(bytes, failure, lost, true)) return true;
    return !endsInCommit(bytes, failure, until) || hasLostSectorEnd(bytes, boundary, until);
  }
  if (bytes.readUInt32BE(frame) === 0) return false;
  if (claimedEnd > until && endsInCommit(bytes, failure, until)) return false;
  const missing = missingText(bytes, text, claimedEnd);
  if (missing !== "nothing") return missing === "lost";
  return boundary <= text && lostFrom < boundary && isWholeBut(bytes, failure, lost, false);
}

/**
 * True when what a crash left of the frame's head is a part of some head of this group. A byte with
 * another than zero behind it in its sector was written, so it has to be right.
 */
function isHeadPossible(bytes: Buffer, { frame, batch }: GroupFailure): boolean {
  const number = Buffer.alloc(4);
  number.writeUInt32BE(wrapBatch(batch));
  const length: number[] = [];
  for (let at = frame; at < frame + textOffset && at < bytes.length; at += 1) {
    if (startOfZeros(bytes, at, sectorEnd(at)) === at) continue;
    const offset = at - frame;
    const byte = bytes[at] ?? 0;
    if (offset < 4) length[offset] = byte;
    else if (offset >= 8 && offset < 12 && byte !== number[offset - 8]) return false;
  }
  const [first = 0, second = 0, third, last] = length;
  // Of 2 to 65,536 bytes: what is lost of it may have been anything.
  if (first > 0 || second > 1 || (second === 1 && (third ?? 0) + (last ?? 0) > 0)) return false;
  return second === 1 || third !== 0 || last === undefined || last > 1;
}

function sectorEnd(at: number): number {
  return (Math.floor(at / sectorBytes) + 1) * sectorBytes;
}

/** Where the zeros begin that reach up to `end`; `end` when there are none. */
function startOfZeros(bytes: Buffer, from: number, end: number): number {
  let at = end;
  while (at > from && bytes[at - 1] === 0) at -= 1;
  return at;
}

/** True when the bytes are `whole` but for what some sectors lost at their ends. */
function isTornCopy(bytes: Buffer, start: number, whole: Buffer): boolean {
  for (let at = start; at < start + whole.length; at = sectorEnd(at)) {
    const end = sectorEnd(at);
    const kept = startOfZeros(bytes, at, end);
    const expected = whole.subarray(at - start, Math.min(end - start, whole.length));
    const found = bytes.subarray(at, Math.min(kept, at + expected.length));
    if (!found.equals(expected.subarray(0, found.length))) return false;
  }
  return true;
}

/**
 * True when a crash may have taken sectors of text that was written at this place of a file, or
 * their ends, and none of its bytes is missing otherwise.
 */
export function hasLostSectors(text: Buffer, place: number): boolean {
  let lost = false;
  for (let at = text.indexOf(0); at >= 0;) {
    const end = Math.min(sectorEnd(place + at) - place, text.length);
    if (startOfZeros(text, at, end) > at) return false;
    lost = true;
    at = text.indexOf(0, end);
  }
  return lost;
}

/** What text misses: a zero byte is a lost one when its sector ends in zeros from there on. */
function missingText(bytes: Buffer, from: number, to: number): "nothing" | "lost" | "changed" {
  let lost = false;
  for (let at = bytes.indexOf(0, from); at >= 0 && at < to;) {
    const end = sectorEnd(at);
    if (startOfZeros(bytes, at, end) > at) return "changed";
    lost = true;
    at = bytes.indexOf(0, end);
  }
  return lost ? "lost" : "nothing";
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** True when zeros at a sector's end may stand for a part of the frame's length. */
function isLengthInDoubt(bytes: Buffer, frame: number, lost: Span): boolean {
  // The first byte is always zero; the second only with the longest frame is not.
  if (lost.to === frame + 1) return false;
  if (lost.to === frame + 2) return bytes.readUInt16BE(frame + 2) === 0;
  return lost.from < Math.min(frame + 4, lost.to);
}

/** True when the frame is whole once the right bytes stand for the lost ones of its head. */
function isWholeBut(bytes: Buffer, failure: GroupFailure, lost: Span, anyLength: boolean): boolean {
  const { frame, batch } = failure;
  const isLost = (offset: number): boolean =>
    frame + offset >= lost.from && frame + offset < lost.to;
  const known = Buffer.from(bytes.subarray(frame, frame + textOffset));
  const right = Buffer.alloc(4);
  right.writeUInt32BE(wrapBatch(batch));
  for (let at = 0; at < 4; at += 1) if (isLost(8 + at)) known[8 + at] = right[at] ?? 0;
  const head = Buffer.alloc(8);
  const fits = (length: number, crc: number): boolean => {
    head.writeUInt32BE(length, 0);
    head.writeUInt32BE(crc, 4);
    return head.every((byte, at) => isLost(at) || byte === known[at]);
  };
  const text = frame + textOffset;
  let crc = crc32(known.subarray(8));
  if (!anyLength) {
    const length = known.readUInt32BE(0);
    return fits(length, crc32(bytes.subarray(text, text + length - 1), crc));
  }
  const most = Math.min(recordFrameLengthMax, bytes.length - text + 1);
  for (let length = 2; length <= most; length += 1) {
    const at = text + length - 2;
    crc = crc32(bytes.subarray(at, at + 1), crc);
    if (fits(length, crc)) return true;
  }
  return false;
}

/** True when the bytes behind the last commit end in a readable commit of the same group. */
function endsInCommit(bytes: Buffer, failure: GroupFailure, until: number): boolean {
  for (let at = Math.max(failure.group, until - 512); at < until - frameHeadBytes; at += 1) {
    const frame = readFrame(bytes, at, recordFrameLengthMax);
    if (!frame.ok || frame.end !== until || frame.type !== frameType.commit) continue;
    if (frame.batch === wrapBatch(failure.batch)) return true;
  }
  return false;
}

/** True when a sector that ends between the two offsets ends in a zero. */
function hasLostSectorEnd(bytes: Buffer, from: number, until: number): boolean {
  for (let end = sectorEnd(from); end <= until; end += sectorBytes) {
    if (bytes[end - 1] === 0) return true;
  }
  return false;
}
