import { openIfThere } from "./files.ts";
import type { LogFile, LogFiles } from "./files.ts";
import { frameHeadBytes, frameType, readFrame } from "./frame.ts";
import { RunningDigest } from "./hash.ts";
import { decodeSegmentHeader } from "./header.ts";
import type { SegmentHeader } from "./header.ts";
import { formatLimits, recordFrameLengthMax } from "./limits.ts";
import { checkGroup } from "./segment-check.ts";
import type { CheckedGroup } from "./segment-check.ts";
import { compareHeader, readGroup, stateOf } from "./segment-scan.ts";
import type { LogState, SegmentContext } from "./segment-scan.ts";
import type { SeriesFile } from "./survey.ts";
import { endOfContent } from "./torn-write.ts";

/** A segment in which nothing is wrong, unless its header is. */
export interface StreamedSegment {
  /** the header frame; nothing but its own word was asked for the state before the segment */
  readonly header: Buffer;
  readonly groups: readonly CheckedGroup[];
  readonly state: LogState;
  /** how far it is filled */
  readonly end: number;
  /** of the whole file */
  readonly digest: string;
}

/** Room for the groups this writer makes, small enough to stay in a processor's cache. */
const windowBytesMax = 2 * 1024 * 1024;

/** Memory for reading segments through, one after the other. */
export class SegmentWindow {
  readonly #bytesMax: number;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(bytesMax: number = windowBytesMax) {
    this.#bytesMax = bytesMax;
  }

  /** Enough for a file of this size, or for a part of it. What was there before is overwritten. */
  of(fileBytes: number): Buffer {
    const length = Math.min(fileBytes, this.#bytesMax);
    if (this.#bytes.length < length) this.#bytes = Buffer.allocUnsafe(length);
    return this.#bytes;
  }
}

/**
 * Checks a segment as `checkSegment` does, through a window: memory that is met for the first time
 * costs more than all hashing. Knows only whole segments: where anything is unusual or wrong, the
 * answer is undefined, and `checkSegment` has to say what.
 *
 * @param window a group that is larger is unusual
 * @throws what the file system answers
 */
export async function streamSegment(
  files: LogFiles,
  directory: string,
  file: SeriesFile,
  window: SegmentWindow,
): Promise<StreamedSegment | undefined> {
  const opened = await openIfThere(files, `${directory}/${file.path}`);
  try {
    if (opened === undefined) return undefined;
    const size = await opened.size();
    return await new SegmentStream(opened, file, window.of(size)).run(size);
  } finally {
    await opened?.close();
  }
}

/** True when a header frame is the one that a segment has in this place of a log. */
export function isHeaderAt(context: SegmentContext, stored: Buffer): boolean {
  const { state, previous } = context;
  const header = headerIn(stored);
  if (header === undefined || state === undefined) return false;
  return compareHeader(stored, header, { ...context, state, previous }) === undefined;
}

function headerIn(bytes: Buffer): SegmentHeader | undefined {
  const frame = readFrame(bytes, 0, recordFrameLengthMax);
  if (!frame.ok || frame.type !== frameType.header) return undefined;
  return decodeSegmentHeader(bytes.subarray(frame.content, frame.end));
}

class SegmentStream {
  readonly #file: LogFile;
  readonly #series: SeriesFile;
  readonly #window: Buffer;
  readonly #digest = new RunningDigest();
  /** where the window begins in the file */
  #base = 0;
  /** the bytes in the window */
  #bytes: Buffer = Buffer.alloc(0);

  constructor(file: LogFile, series: SeriesFile, window: Buffer) {
    this.#file = file;
    this.#series = series;
    this.#window = window;
  }

  /** @param size of the file, in bytes */
  async run(size: number): Promise<StreamedSegment | undefined> {
    await this.#fill(0);
    const opening = this.#opening(size);
    if (opening === undefined) return undefined;
    const { header } = opening;
    let { state } = opening;
    let at = header.length;
    const groups: CheckedGroup[] = [];
    for (;;) {
      if (!hasGroupAt(this.#bytes, at)) {
        // The first one begins with the header.
        if (groups.length === 0) return undefined;
        const filled = await this.#fill(at);
        at = 0;
        if (!filled || !hasGroupAt(this.#bytes, at)) break;
      }
      const reading = readGroup(this.#bytes, at, state, groups.length === 0 ? 0 : at);
      if (reading.kind !== "group") return undefined;
      groups.push(checkGroup(this.#series, this.#bytes, reading.group, this.#base));
      state = reading.group.after;
      at = reading.group.end;
    }
    const end = this.#base + at;
    if (!(await this.#isZeroFrom(at, size))) return undefined;
    return { header, groups, state, end, digest: this.#digest.name() };
  }

  /** The header frame, and the state that it claims. */
  #opening(size: number): { readonly header: Buffer; readonly state: LogState } | undefined {
    if (size === 0 || size % formatLimits.blockBytes !== 0) return undefined;
    const frame = readFrame(this.#bytes, 0, recordFrameLengthMax);
    if (!frame.ok) return undefined;
    const bytes = Buffer.from(this.#bytes.subarray(0, frame.end));
    const header = headerIn(bytes);
    const state = header === undefined ? undefined : stateOf(header);
    if (state === undefined || header?.bytes !== size) return undefined;
    return header.first === this.#series.first ? { header: bytes, state } : undefined;
  }

  /** Moves the bytes from `from` on to the front; false when the file gives none behind them. */
  async #fill(from: number): Promise<boolean> {
    const window = this.#window;
    const kept = this.#bytes.length - from;
    window.copyWithin(0, from, this.#bytes.length);
    this.#base += from;
    const room = window.subarray(kept);
    const read = await this.#file.read(this.#base + kept, room.length, room);
    if (read.buffer !== room.buffer || read.byteOffset !== room.byteOffset) room.set(read);
    this.#digest.update(read);
    this.#bytes = window.subarray(0, kept + read.length);
    return read.length > 0;
  }

  async #isZeroFrom(from: number, size: number): Promise<boolean> {
    let at = from;
    do {
      if (endOfContent(this.#bytes, at) > at) return false;
      at = 0;
    } while (await this.#fill(this.#bytes.length));
    return this.#base === size;
  }
}

/** By the lengths of its frames alone. */
function hasGroupAt(bytes: Buffer, from: number): boolean {
  for (let at = from; at + frameHeadBytes < bytes.length;) {
    const end = at + frameHeadBytes + bytes.readUInt32BE(at);
    if (end > bytes.length || end === at + frameHeadBytes) return false;
    if (bytes[at + frameHeadBytes] === frameType.commit) return true;
    at = end;
  }
  return false;
}
