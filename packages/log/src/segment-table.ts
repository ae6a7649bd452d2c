import { crc32 } from "node:zlib";
import { encodeCommit } from "./commit.ts";
import { FileWindow, windowBytes } from "./file-window.ts";
import type { WindowSource } from "./file-window.ts";
import { frameHeadBytes, frameType, readFrame, u32At, wrapBatch } from "./frame.ts";
import { RunningDigest, sha256Into } from "./hash.ts";
import { formatLimits, recordFrameLengthMax } from "./limits.ts";
import { PackedBytes } from "./packed-bytes.ts";
import { RecordRowsMaker } from "./record-rows.ts";
import type { RecordRows } from "./record-rows.ts";
import { Frontier, headOf, PackedLeaves } from "./tree.ts";

/*
 * Imports nothing but frames, hashes and the tree: the thread that runs it is there the sooner.
 */

/**
 * What a record segment holds that is in order to its last byte, if its header is: groups with the
 * roots they commit to, and zeros. Can be posted from one thread to another.
 */
export interface SegmentTable {
  /** bytes of the whole file */
  readonly size: number;
  /** the first frame, of which the checksum, the batch and the frontier were believed */
  readonly header: Uint8Array;
  /** how far it is filled */
  readonly end: number;
  /** of the whole file; absent when it was not asked for */
  readonly digest?: string;
  /** where each group ends in the file; the first begins at 0, each other one where the one before ends */
  readonly ends: Float64Array;
  /** records of the log after each group */
  readonly sizes: Float64Array;
  /** hashes of all records, 32 bytes after 32 bytes */
  readonly leaves: Uint8Array;
  /** groups after which the frontier is kept, the last one among them */
  readonly marks: Float64Array;
  /** hashes of those frontiers, one frontier after the other: their sizes say how many each has */
  readonly frontiers: Uint8Array;
  /** rows up to the end of each group */
  readonly rowEnds: Float64Array;
  readonly rows: RecordRows;
}

/** A frontier is kept where so many records have come since the last one that is. */
const markRecords = 64;

/**
 * Reads a segment through a window as `checkSegment` reads it whole, believing its header. Knows
 * only whole segments.
 *
 * @param how `digest`: of the whole file too; `room`: the window
 * @returns undefined where anything is unusual or wrong, or a group is larger than the window
 * @throws what `source.read` throws
 */
export async function readSegmentTable(
  source: WindowSource,
  how: { readonly digest: boolean; readonly room?: Buffer },
): Promise<SegmentTable | undefined> {
  // Of a pipe by the name of a file, which has no size, nothing can be read.
  if (source.size === 0 || source.size > formatLimits.fileBytes) return undefined;
  const { room = Buffer.allocUnsafe(windowBytes) } = how;
  const digest = how.digest ? new RunningDigest() : undefined;
  const window = new FileWindow(source, room, (bytes) => digest?.update(bytes));
  await window.slide();
  const opening = readFrame(window.bytes, 0, recordFrameLengthMax);
  if (!opening.ok || opening.type !== frameType.header) return undefined;
  const header = Uint8Array.from(window.bytes.subarray(0, opening.end));
  const claim = claimIn(window.bytes.subarray(opening.content, opening.end));
  if (claim === undefined) return undefined;
  const maker = new SegmentTableMaker(claim);
  window.at = opening.end;
  for (;;) {
    let end = endOfGroup(window.bytes, window.at);
    if (end === 0 && (await window.slide())) end = endOfGroup(window.bytes, window.at);
    if (end === 0) break;
    if (!maker.take(window.bytes, window.at, window.base)) return undefined;
    window.at = end;
  }
  const end = window.base + window.at;
  if (maker.isEmpty || !(await window.isZeroToEnd())) return undefined;
  const { size } = source;
  return { size, header, end, ...maker.table(), ...(digest && { digest: digest.name() }) };
}

/** What a header claims about the log before its segment. */
interface Claim {
  /** the group before its first one */
  readonly batch: number;
  readonly frontier: Frontier;
}

/** WHY no more is looked at: who uses the table writes the right header and compares the bytes. */
function claimIn(content: Buffer): Claim | undefined {
  try {
    const { batch, first, frontier } = JSON.parse(content.toString("utf8")) as {
      readonly batch: number;
      readonly first: number;
      readonly frontier: readonly string[];
    };
    if (!Number.isSafeInteger(batch) || !Number.isSafeInteger(first) || first < 0) return undefined;
    // Of what is no text, a buffer of any length would be made.
    if (!frontier.every((hash) => typeof hash === "string")) return undefined;
    const hashes = frontier.map((hash) => Buffer.from(hash, "hex"));
    return { batch: batch - 1, frontier: new Frontier(first, hashes) };
  } catch {
    return undefined;
  }
}

/** Where the group at `from` ends by the lengths of its frames alone; 0 when not in these bytes. */
export function endOfGroup(bytes: Buffer, from: number): number {
  for (let at = from; at + frameHeadBytes < bytes.length;) {
    const end = at + frameHeadBytes + u32At(bytes, at);
    if (end > bytes.length || end === at + frameHeadBytes) return 0;
    if (bytes[at + frameHeadBytes] === frameType.commit) return end;
    at = end;
  }
  return 0;
}

class SegmentTableMaker {
  readonly #frontier: Frontier;
  readonly #leaves = new PackedBytes();
  readonly #rows = new RecordRowsMaker();
  readonly #ends: number[] = [];
  readonly #sizes: number[] = [];
  readonly #rowEnds: number[] = [];
  readonly #marks: number[] = [];
  readonly #frontiers = new PackedBytes();
  readonly #batchBytes: Buffer = Buffer.alloc(4);
  #batch: number;
  #marked = 0;

  constructor({ batch, frontier }: Claim) {
    this.#batch = batch;
    this.#frontier = frontier;
    this.#marked = frontier.size;
  }

  get isEmpty(): boolean {
    return this.#ends.length === 0;
  }

  /**
   * Takes the group at `from`, which ends with a frame of type commit that the bytes hold.
   *
   * @param base where the bytes begin in the file
   * @returns false where it is no group that comes next; then nothing else may be asked
   */
  take(bytes: Buffer, from: number, base: number): boolean {
    const batch = this.#batch + 1;
    this.#batchBytes.writeUInt32BE(wrapBatch(batch));
    // The checksum begins with the batch, which is the same in all frames; what is behind is hashed too.
    const begun = crc32(this.#batchBytes);
    const first = this.#leaves.length;
    let index = this.#frontier.size;
    for (let at = from; ;) {
      const length = u32At(bytes, at);
      const end = at + frameHeadBytes + length;
      if (length > recordFrameLengthMax || u32At(bytes, at + 8) !== wrapBatch(batch)) return false;
      const leaf = bytes.subarray(at + frameHeadBytes, end);
      if (crc32(leaf, begun) !== u32At(bytes, at + 4)) return false;
      if (leaf[0] === frameType.commit)
        return this.#close(bytes.subarray(at, end), first, base + end);
      if (leaf[0] !== frameType.entry) return false;
      const to = this.#leaves.length;
      sha256Into(leaf, this.#leaves.grow(32), to);
      this.#rows.take(leaf, index, base + at);
      index += 1;
      at = end;
    }
  }

  table(): Omit<SegmentTable, "size" | "header" | "end" | "digest"> {
    if (this.#marks.at(-1) !== this.#ends.length - 1) this.#mark();
    return {
      ends: Float64Array.from(this.#ends),
      sizes: Float64Array.from(this.#sizes),
      leaves: this.#leaves.copy(),
      marks: Float64Array.from(this.#marks),
      frontiers: this.#frontiers.copy(),
      rowEnds: Float64Array.from(this.#rowEnds),
      rows: this.#rows.rows(),
    };
  }

  /** @param end where the commit ends in the file */
  #close(commit: Buffer, first: number, end: number): boolean {
    const leaves = this.#leaves.from(first);
    if (leaves.length === 0) return false;
    if (end - (this.#ends.at(-1) ?? 0) > formatLimits.groupBytes) return false;
    this.#batch += 1;
    this.#frontier.pushPacked(new PackedLeaves(leaves));
    if (!encodeCommit(this.#batch, headOf(this.#frontier)).equals(commit)) return false;
    this.#ends.push(end);
    this.#sizes.push(this.#frontier.size);
    this.#rowEnds.push(this.#rows.count);
    if (this.#frontier.size - this.#marked >= markRecords) this.#mark();
    return true;
  }

  /** Keeps the frontier after the last group. */
  #mark(): void {
    this.#marked = this.#frontier.size;
    this.#marks.push(this.#ends.length - 1);
    for (const hash of this.#frontier.hashes) {
      const at = this.#frontiers.length;
      this.#frontiers.grow(32).set(hash, at);
    }
  }
}
