import { frameHeadBytes, frameType, readFrame, wrapBatch } from "./frame.ts";
import { formatLimits, recordFrameLengthMax } from "./limits.ts";
import { hasLostBytes, sectorBytes } from "./lost-bytes.ts";
import type { GroupFailure } from "./lost-bytes.ts";

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

/** More zeros in a row than any frame head holds (at most 16, in a payload frame). */
const zeroRunMax = 32;
const zeros: Buffer = Buffer.alloc(64 * 1024);

/**
 * Offset just past the last non-zero byte at or after `from`; `from` itself when there is none. What
 * lies from `zerosFrom` on is known to be zeros, and not looked at.
 */
export function endOfContent(bytes: Buffer, from: number, zerosFrom = bytes.length): number {
  let end = Math.max(from, zerosFrom);
  while (end > from) {
    const start = Math.max(from, end - zeros.length);
    if (!bytes.subarray(start, end).equals(zeros.subarray(0, end - start))) break;
    end = start;
  }
  while (end > from && bytes[end - 1] === 0) end -= 1;
  return end;
}

/**
 * Tells a torn write from damage behind the last commit of a record segment. Zeros are known as for
 * `endOfContent`.
 */
export function judgeTail(bytes: Buffer, failure: GroupFailure, zerosFrom?: number): TailVerdict {
  const { group, frame } = failure;
  const until = endOfContent(bytes, group, zerosFrom);
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
  if (!hasLostBytes(bytes, failure, until)) {
    return damaged(frame, "frame fails its checksum though no byte of it was lost in a crash");
  }
  const stray = strayByte(bytes, group, until);
  if (stray !== undefined) return damaged(stray, "non-zero byte in the prepared tail");
  return { state: "torn", until, why: `unfinished group of ${until - group} bytes` };
}

/** Tells leftovers of one unfinished group from damage behind the last payload in use; as above. */
export function judgePayloadTail(
  bytes: Buffer,
  from: number,
  zerosFrom?: number,
): TailVerdict | undefined {
  const until = endOfContent(bytes, from, zerosFrom);
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
