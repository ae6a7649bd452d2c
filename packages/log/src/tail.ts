import { HoldfastError } from "@holdfast/model";
import { encodeCommit } from "./commit.ts";
import { LogDamagedError } from "./damage.ts";
import { systemCode } from "./files.ts";
import type { LogFile, LogFiles } from "./files.ts";
import { isZero } from "./file-window.ts";
import { frameType, readFrame } from "./frame.ts";
import { decodeSegmentHeader, encodeHeader, frontierHex } from "./header.ts";
import { recordSeries, seriesPath } from "./layout.ts";
import { formatLimits, recordFrameLengthMax } from "./limits.ts";
import { nodeFiles } from "./node-files.ts";
import { readGroup } from "./segment-scan.ts";
import type { GroupReading, LogState, ScannedGroup } from "./segment-scan.ts";
import { readSparse } from "./sparse-read.ts";
import { listSeries, surveyLog } from "./survey.ts";
import { endOfContent, judgeTail } from "./torn-write.ts";
import { Frontier, headOf } from "./tree.ts";

/** Where a follower of a log stands: behind a whole group. Plain data, to be kept beside what was made of it. */
export interface TailPlace {
  /** digest of `log.json` */
  readonly log: string;
  /** first index of the segment */
  readonly segment: number;
  /** byte behind the last whole group; 0 before the segment's header */
  readonly offset: number;
  /** number of that group */
  readonly batch: number;
  /** number of records before the place */
  readonly size: number;
  /** of the tree over them, as a segment header writes it */
  readonly frontier: readonly string[];
}

/** @throws RangeError when the frontier of a place does not fit its size */
export function stateAt({
  batch,
  size,
  frontier,
}: Pick<TailPlace, "batch" | "size" | "frontier">): LogState {
  const hashes = frontier.map((hash) => Buffer.from(hash, "hex"));
  return { batch, frontier: new Frontier(size, hashes) };
}

/** A record with where its frame begins. Its bytes are the caller's to keep. */
export interface TailEntry {
  readonly index: number;
  /** first index of the segment, and the byte in it where the frame begins */
  readonly segment: number;
  readonly offset: number;
  /** canonical JSON */
  readonly body: Uint8Array;
}

export interface TailOptions {
  readonly files?: LogFiles;
  /** goes on behind this place */
  readonly place?: TailPlace;
  /** without a place: the first record wanted; 0 when absent, beyond the end for what is yet to come */
  readonly from?: number;
}

/** Sizes of the reads that look for the next whole group: most are small, none is larger than this. */
const windowBytesMax = formatLimits.groupBytes + formatLimits.headerBytes * 2;
const windowBytes = [256 * 1024, windowBytesMax];

/** Zeros as long as this are the prepared tail: a lost sector shows what follows it. */
const glanceBytes = 4096;

/**
 * Follows the records of a log group by group, whoever writes it, over the ends of segments. Each
 * group is checked as it is read: checksums, numbers, and the committed root over all before it,
 * so that a follower that goes on from a kept place notices when the log is not the same any more.
 */
export class LogTail {
  readonly #files: LogFiles;
  readonly #directory: string;
  readonly #origin: string;
  readonly #log: string;
  readonly #from: number;
  #segment: number;
  #offset: number;
  #state: LogState;
  #file: LogFile | undefined;
  /** what was read last and where it begins; entries of one window are given without reading again */
  #window: Window | undefined;

  private constructor(parts: {
    readonly files: LogFiles;
    readonly directory: string;
    readonly origin: string;
    readonly log: string;
    readonly from: number;
    readonly segment: number;
    readonly offset: number;
    readonly state: LogState;
  }) {
    this.#files = parts.files;
    this.#directory = parts.directory;
    this.#origin = parts.origin;
    this.#log = parts.log;
    this.#from = parts.from;
    this.#segment = parts.segment;
    this.#offset = parts.offset;
    this.#state = parts.state;
  }

  /**
   * Opens a log for following. Beginning in the middle believes the header of the segment it
   * begins in.
   *
   * @throws HoldfastError `log_missing`; `log_place` when the log is not the one of the place
   * @throws LogDamagedError (`log_damaged`) when the segment cannot be read
   */
  static async open(directory: string, options: TailOptions = {}): Promise<LogTail> {
    const { files = nodeFiles, place, from = 0 } = options;
    const { described, records } = await surveyLog(files, directory);
    const { digest: log } = described;
    const common = { files, directory, origin: described.description.origin, log };
    if (place === undefined) {
      const start = records.files.findLast(({ first }) => first <= from) ?? records.files[0];
      const segment = start?.first ?? 0;
      const state = await stateBefore(files, directory, segment);
      return new LogTail({ ...common, from, segment, offset: 0, state });
    }
    const { segment, offset } = place;
    const state = stateAt(place);
    const known = place.log === log && (await standsAt(files, directory, place, state));
    if (!known) throw new HoldfastError("log_place", "the log is not the one that was followed");
    return new LogTail({ ...common, from: place.size, segment, offset, state });
  }

  /** Where the next group begins. */
  get place(): TailPlace {
    const { batch, frontier } = this.#state;
    return {
      log: this.#log,
      segment: this.#segment,
      offset: this.#offset,
      batch,
      size: frontier.size,
      frontier: frontierHex(frontier),
    };
  }

  /** Number of records passed. */
  get size(): number {
    return this.#state.frontier.size;
  }

  /**
   * The records of the next whole group; undefined when there is none yet. What a writer is
   * about to write, and what a crash left unfinished, is not there.
   *
   * @throws LogDamagedError (`log_damaged`) where the log cannot be what was followed
   */
  async next(): Promise<readonly TailEntry[] | undefined> {
    for (;;) {
      const group = (await this.#group()) ?? (await this.#turnOver());
      if (group === undefined) return undefined;
      const entries = this.#entries(group);
      if (entries.length > 0) return entries;
    }
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  #entries({ group, bytes, base }: FoundGroup): TailEntry[] {
    const first = this.#state.frontier.size;
    const segment = this.#segment;
    this.#state = group.after;
    this.#offset = base + group.end;
    const entries: TailEntry[] = [];
    for (const [place, { start, content, end }] of group.entries.entries()) {
      const index = first + place;
      if (index < this.#from) continue;
      const body = new Uint8Array(bytes.subarray(content, end));
      entries.push({ index, segment, offset: base + start, body });
    }
    return entries;
  }

  /** The next whole group of the segment, from what was read already or from the file. */
  async #group(): Promise<FoundGroup | undefined> {
    const read = this.#window;
    if (read !== undefined) {
      const found = this.#groupIn(read);
      if (found !== undefined) return found;
      this.#window = undefined;
    }
    this.#file ??= await openThere(this.#files, this.#path());
    if (this.#file === undefined) return undefined;
    if (isZero(await this.#file.read(this.#offset, glanceBytes))) return undefined;
    for (const length of windowBytes) {
      const window = { bytes: await this.#file.read(this.#offset, length), base: this.#offset };
      const found = this.#groupIn(window);
      if (found !== undefined) {
        this.#window = window;
        return found;
      }
    }
    return this.#unfinished();
  }

  /**
   * Tells a group that is being written, or that a crash left, from one that was changed. One read is not
   * of one moment: what the first one saw is complete in the second, unless it is being written just then.
   *
   * @returns the group, when it was finished meanwhile; undefined when it may still be
   */
  async #unfinished(): Promise<FoundGroup | undefined> {
    const from = this.#offset;
    const read = () => readSparse(this.#files, this.#path(), { from, to: from + windowBytesMax });
    const [first, again] = [await read(), await read()];
    if (first === undefined || again === undefined) return undefined;
    const seen = endOfContent(first.bytes, from, first.zerosFrom);
    const { bytes, zerosFrom } = again;
    bytes.fill(0, seen, Math.max(seen, zerosFrom));
    const window = { bytes, base: 0 };
    const found = this.#groupIn(window);
    if (found !== undefined) return found;
    const reading = this.#readIn(window);
    const isStill = first.bytes.subarray(from, seen).equals(bytes.subarray(from, seen));
    if (reading.kind !== "unreadable" || !isStill) return undefined;
    const failure = { ...reading, group: from, batch: this.#state.batch + 1 };
    const verdict = judgeTail(bytes, failure, Math.min(seen, zerosFrom));
    if (verdict.state === "torn") return undefined;
    const isTail = reading.frame === from && isZero(bytes.subarray(from, from + 4));
    throw this.#damaged(isTail ? "log_zero_tail" : "log_frame", verdict.at, verdict.why);
  }

  #groupIn({ bytes, base }: Window): FoundGroup | undefined {
    const reading = this.#readIn({ bytes, base });
    if (reading.kind === "group") return { group: reading.group, bytes, base };
    if (reading.kind !== "wrong") return undefined;
    throw this.#damaged(reading.code, base + reading.at, reading.why);
  }

  #readIn({ bytes, base }: Window): GroupReading {
    const start = this.#offset - base;
    if (start >= bytes.length) return { kind: "tail" };
    let at = start;
    if (this.#offset === 0) {
      const frame = readFrame(bytes, 0, recordFrameLengthMax);
      if (!frame.ok) return { kind: "unreadable", frame: 0, claimedEnd: frame.claimedEnd };
      if (frame.type !== frameType.header || !this.#isOurs(bytes.subarray(0, frame.end))) {
        throw this.#damaged("log_header", 0, "header disagrees with the log before it");
      }
      at = frame.end;
    }
    return readGroup(bytes, at, this.#state, start);
  }

  #isOurs(stored: Buffer): boolean {
    const frame = readFrame(stored, 0, recordFrameLengthMax);
    const header = frame.ok
      ? decodeSegmentHeader(stored.subarray(frame.content, frame.end))
      : undefined;
    if (header === undefined) return false;
    const { batch, frontier } = this.#state;
    const right = encodeHeader({
      ...header,
      origin: this.#origin,
      log: this.#log,
      first: frontier.size,
      batch: batch + 1,
      frontier: frontierHex(frontier),
    });
    return right.equals(stored);
  }

  /** Goes on to the next segment when there is one, after all that the one before still got. */
  async #turnOver(): Promise<FoundGroup | undefined> {
    const { files } = await listSeries(this.#files, this.#directory, recordSeries);
    const next = files.find(({ first }) => first > this.#segment);
    if (next === undefined) return undefined;
    const last = await this.#group();
    if (last !== undefined) return last;
    if (next.first !== this.#state.frontier.size) {
      const why = `the next segment begins with record ${next.first}`;
      throw this.#damaged("log_missing_segment", this.#offset, why);
    }
    await this.close();
    this.#segment = next.first;
    this.#offset = 0;
    return this.#group();
  }

  #path(): string {
    return `${this.#directory}/${seriesPath(recordSeries, this.#segment)}`;
  }

  #damaged(code: LogDamagedError["damage"]["code"], offset: number, message: string) {
    const file = seriesPath(recordSeries, this.#segment);
    return new LogDamagedError({
      code,
      file,
      offset,
      fromIndex: this.#state.frontier.size,
      message,
    });
  }
}

/** A part of a segment, and where it begins. */
interface Window {
  readonly bytes: Buffer;
  readonly base: number;
}

interface FoundGroup extends Window {
  readonly group: ScannedGroup;
}

/** What the header of a segment says of the log before it. */
async function stateBefore(files: LogFiles, directory: string, segment: number): Promise<LogState> {
  if (segment === 0) return { batch: 0, frontier: new Frontier() };
  const path = seriesPath(recordSeries, segment);
  const file = await openThere(files, `${directory}/${path}`);
  try {
    const bytes = (await file?.read(0, formatLimits.headerBytes * 2)) ?? Buffer.alloc(0);
    const frame = readFrame(bytes, 0, recordFrameLengthMax);
    const header = frame.ok
      ? decodeSegmentHeader(bytes.subarray(frame.content, frame.end))
      : undefined;
    if (header?.first === segment) {
      return stateAt({ batch: header.batch - 1, size: segment, frontier: header.frontier });
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  } finally {
    await file?.close();
  }
  throw new LogDamagedError({
    code: "log_header",
    file: path,
    offset: 0,
    message: "header is not readable",
  });
}

/** Whether the group before the place is there and commits to the very history that is kept with it. */
async function standsAt(
  files: LogFiles,
  directory: string,
  { segment, offset, batch }: TailPlace,
  { frontier }: LogState,
): Promise<boolean> {
  if (offset === 0) return frontier.size === segment;
  const commit = encodeCommit(batch, headOf(frontier));
  const file = await openThere(files, `${directory}/${seriesPath(recordSeries, segment)}`);
  if (file === undefined || offset < commit.length) return false;
  try {
    return commit.equals(await file.read(offset - commit.length, commit.length));
  } finally {
    await file.close();
  }
}

async function openThere(files: LogFiles, path: string): Promise<LogFile | undefined> {
  try {
    return await files.open(path, "read");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
