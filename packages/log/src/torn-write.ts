import { frameHeadBytes, frameType, readFrame, wrapBatch } from "./frame.ts";
import { formatLimits, recordFrameLengthMax } from "./limits.ts";

/**
 * What a crash can leave behind the last commit, as opposed to damage.
 *
 * A group is one write over zeros, and the next one begins only when it is durable. So after a
 * crash at most one group is incomplete, nothing of a later group exists, and each 512-byte sector
 * holds a beginning of what was written to it and zeros from there on. Content is text without
 * zero bytes, so lost bytes show. Anything else behind the last commit was not left by a crash.
 */
export type TailVerdict =
  | { readonly state: "torn"; readonly until: number; readonly why: string }
  | { readonly state: "damaged"; readonly at: number; readonly why: string };

const sectorBytes = 512;
/** More zeros in a row than any frame head holds (at most 16, in a payload frame). */
const zeroRunMax = 32;
const zeros: Buffer = Buffer.alloc(64 * 1024);

/** Offset just past the last non-zero byte at or after `from`; `from` itself when there is none. */
export function endOfContent(bytes: Buffer, from: number): number {
  let end = bytes.length;
  while (end > from) {
    const start = Math.max(from, end - zeros.length);
    if (!bytes.subarray(start, end).equals(zeros.subarray(0, end - start))) break;
    end = start;
  }
  while (end > from && bytes[end - 1] === 0) end -= 1;
  return end;
}

/** Where reading a group of a record segment failed. */
export interface GroupFailure {
  /** where the group begins: just past the last commit */
  readonly group: number;
  /** where the unreadable frame begins, and where it would end by its own length */
  readonly frame: number;
  readonly claimedEnd: number;
  /** the number the group has */
  readonly batch: number;
}

/** Tells a torn write from damage behind the last commit of a record segment. */
export function judgeTail(bytes: Buffer, failure: GroupFailure): TailVerdict {
  const { group, frame } = failure;
  const until = endOfContent(bytes, group);
  const later = findLaterFrame(bytes, failure, until);
  if (later !== undefined) {
    return damaged(frame, `not readable, but a later group follows at byte ${later}`);
  }
  if (until - group > formatLimits.groupBytes) {
    return damaged(frame, `not readable, and bytes follow up to ${until}, more than one group`);
  }
  if (failure.claimedEnd > bytes.length || failure.claimedEnd - frame > recordFrameLengthMax + 12) {
    return damaged(frame, "frame is longer than any frame here can be");
  }
  if (!lostBytes(bytes, failure, until)) {
    return damaged(frame, "frame fails its checksum though no byte of it was lost in a crash");
  }
  const stray = strayByte(bytes, group, until);
  if (stray !== undefined) return damaged(stray, "non-zero byte in the prepared tail");
  return { state: "torn", until, why: `unfinished group of ${until - group} bytes` };
}

/** Tells leftovers of one unfinished group from damage behind the last payload in use. */
export function judgePayloadTail(bytes: Buffer, from: number): TailVerdict | undefined {
  const until = endOfContent(bytes, from);
  if (until === from) return undefined;
  if (until - from > formatLimits.groupPayloadBytes) {
    return damaged(from, `bytes up to ${until} belong to no record`);
  }
  const stray = strayByte(bytes, from, until);
  if (stray !== undefined) return damaged(stray, "non-zero byte in the prepared tail");
  return { state: "torn", until, why: `payloads of an unfinished group, ${until - from} bytes` };
}

function damaged(at: number, why: string): TailVerdict {
  return { state: "damaged", at, why };
}

/** First valid frame whose batch comes after that of the failed group, within reach of it. */
function findLaterFrame(bytes: Buffer, failure: GroupFailure, until: number): number | undefined {
  const last = Math.min(until, failure.group + 2 * formatLimits.groupBytes) - frameHeadBytes;
  for (let at = failure.group; at < last; at += 1) {
    const length = bytes.readUInt32BE(at);
    if (length < 2 || length > recordFrameLengthMax || !isKnownType(bytes[at + 12])) continue;
    // Serial-number arithmetic: batches wrap at 2^32, and no more than 2^15 groups fit in reach.
    const ahead = wrapBatch(bytes.readUInt32BE(at + 8) + 2 ** 32 - wrapBatch(failure.batch));
    if (ahead === 0 || ahead > 2 ** 15) continue;
    if (readFrame(bytes, at, recordFrameLengthMax).ok) return at;
  }
  return undefined;
}

function isKnownType(type: number | undefined): boolean {
  return type === frameType.entry || type === frameType.commit || type === frameType.header;
}

/** True when the unreadable frame misses bytes that its writer wrote. */
function lostBytes(bytes: Buffer, failure: GroupFailure, until: number): boolean {
  const { frame, claimedEnd } = failure;
  if (claimedEnd > until) return !endsInCommit(bytes, failure, until);
  const content = frame + frameHeadBytes + 1;
  if (bytes.readUInt32BE(frame) === 0) {
    // The low byte of the length is lost, so all behind it in its sector must be lost too.
    const low = frame + 3;
    const sectorEnd = (Math.floor(low / sectorBytes) + 1) * sectorBytes;
    return low % sectorBytes === 0 || endOfContent(bytes.subarray(0, sectorEnd), low) === low;
  }
  if (content < claimedEnd && bytes.subarray(content, claimedEnd).includes(0)) return true;
  // The head may have lost its part of a sector: then the byte before the boundary is zero.
  const boundary = Math.ceil((frame + 1) / sectorBytes) * sectorBytes;
  return boundary <= content && bytes[boundary - 1] === 0;
}

/** True when the bytes behind the last commit end in a readable commit of the same group. */
function endsInCommit(bytes: Buffer, failure: GroupFailure, until: number): boolean {
  for (let at = Math.max(failure.group, until - 512); at < until - frameHeadBytes; at += 1) {
    const frame = readFrame(bytes, at, recordFrameLengthMax);
    if (!frame.ok || frame.end !== until || frame.type !== frameType.commit) continue;
    if (frame.batch !== wrapBatch(failure.batch)) continue;
    return strictlyFull(bytes, failure.frame + frameHeadBytes + 1, at);
  }
  return false;
}

/** True when no long run of zeros lies between the two offsets. */
function strictlyFull(bytes: Buffer, from: number, to: number): boolean {
  return !bytes.subarray(from, Math.max(from, to)).includes(zeros.subarray(0, zeroRunMax));
}

/** First byte that no torn write explains: content in a sector after its zeros have begun. */
function strayByte(bytes: Buffer, from: number, until: number): number | undefined {
  let run = 0;
  for (let at = from; at < until; at += 1) {
    if (at % sectorBytes === 0) run = 0;
    if (bytes[at] === 0) run += 1;
    else if (run > zeroRunMax) return at;
    else run = 0;
  }
  return undefined;
}
