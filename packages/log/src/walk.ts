import type { Damage } from "./damage.ts";
import { readWhole } from "./files.ts";
import type { LogFiles } from "./files.ts";
import { readFrame } from "./frame.ts";
import { digestName } from "./hash.ts";
import type { RunningDigest } from "./hash.ts";
import { decodeSegmentHeader } from "./header.ts";
import type { SegmentHeader } from "./header.ts";
import { recordFrameLengthMax } from "./limits.ts";
import type { LogPlace } from "./log-place.ts";
import { emptyState, scanSegment } from "./segment-scan.ts";
import type { LogState, ScannedGroup, SegmentEnd } from "./segment-scan.ts";
import { readSparse } from "./sparse-read.ts";
import type { SparseRead } from "./sparse-read.ts";
import type { SeriesFile, Survey } from "./survey.ts";
import { stateAt } from "./tail.ts";
import { endOfContent } from "./torn-write.ts";

/** A whole group and the bytes of the segment its entries point into. */
export interface WalkedGroup {
  readonly file: SeriesFile;
  readonly bytes: Buffer;
  readonly group: ScannedGroup;
}

/** Where a walk over the records ended. */
export interface WalkEnd {
  readonly state: LogState;
  readonly tail: SegmentEnd["tail"];
  /** the last segment walked, and how far it is filled; absent in a log without segments */
  readonly last?: {
    readonly file: SeriesFile;
    readonly bytes: Buffer;
    readonly end: number;
    readonly previous?: SegmentHeader["previous"];
    /** where its last whole group begins; `end` when it has none */
    readonly lastGroup: number;
    /** of its bytes before the place where the walk began; absent when it began in no place here */
    readonly before?: { readonly digest: RunningDigest; readonly bytes: number };
  };
}

export interface WalkOptions {
  readonly files: LogFiles;
  readonly directory: string;
  readonly survey: Survey;
  /** begins with the segment that holds this record, whose header is then believed */
  readonly from: number;
  /** a writer may be at work: the last segment grows while it is read */
  readonly live: boolean;
  /**
   * Begins behind this place instead, whose root the caller proves. Of its segment what lies
   * before is digested, unless the segment grows, and of no file more is kept than what is read.
   */
  readonly place?: LogPlace;
}

/** After so many bytes a walk lets other work of the process run. */
const pauseBytes = 4 * 1024 * 1024;

/**
 * Reads the records group by group, segment by segment, checking every byte of what it passes and
 * that each segment follows the one before. Holds one segment in memory. Ends at the first damage.
 */
export async function* walkRecords(options: WalkOptions): AsyncGenerator<WalkedGroup, WalkEnd> {
  const { files, directory, survey } = options;
  const segments = survey.records.files;
  const { place } = options;
  let state: LogState | undefined;
  let previous: SegmentHeader["previous"];
  let start = segments.findLastIndex(({ first }) => first <= (place?.segment ?? options.from));
  if (start <= 0) {
    start = 0;
    // A pruned log begins later, and the header there is believed as in the middle of any.
    const first = segments[0]?.first ?? 0;
    if (first === 0 || first > survey.minimum) state = emptyState();
  }
  let end: WalkEnd = { state: emptyState(), tail: { state: "clean" } };
  for (const file of segments.slice(start)) {
    const isLast = file === segments.at(-1);
    const begin = place?.segment === file.first ? place : undefined;
    const isDigested = !isLast || !options.live;
    const read = await readSegment(files, `${directory}/${file.path}`, {
      growing: options.live && isLast,
      ...(place === undefined ? {} : { from: begin?.lastGroup ?? 0 }),
      ...(begin === undefined || !isDigested ? {} : { digestTo: begin.offset }),
    });
    const bytes = read?.bytes;
    if (begin !== undefined && bytes !== undefined) previous = previousIn(bytes);
    const damage = gapBefore(file, bytes, state);
    if (damage !== undefined || bytes === undefined) return ended(end, damage);
    const context = {
      origin: survey.described.description.origin,
      log: survey.described.digest,
      first: file.first,
      ...(state === undefined ? {} : { state }),
      ...(previous === undefined ? {} : { previous }),
      ...(begin === undefined ? {} : { begin: { at: begin.offset, state: stateAt(begin) } }),
    };
    let lastGroup = begin?.lastGroup ?? 0;
    let paused = 0;
    const scan = scanSegment(bytes, context);
    let step = scan.next();
    for (; step.done !== true; step = scan.next()) {
      lastGroup = step.value.start;
      yield { file, bytes, group: step.value };
      if (step.value.end - paused < pauseBytes) continue;
      paused = step.value.end;
      await new Promise((resume) => setImmediate(resume));
    }
    const { tail } = step.value;
    const believed: LogState = step.value.state ?? end.state;
    const before =
      begin === undefined || read?.digest === undefined || !isDigested
        ? undefined
        : { digest: read.digest, bytes: begin.offset };
    const filled = { end: step.value.end, lastGroup, ...(before === undefined ? {} : { before }) };
    const last = { file, bytes, ...filled, ...withPrevious(previous) };
    end = { state: believed, tail, last };
    if (!isLast) {
      const wrong = unfinished(file, step.value);
      if (wrong !== undefined) return ended(end, wrong);
      before?.digest.update(bytes.subarray(before.bytes));
      previous = { first: file.first, digest: before?.digest.name() ?? digestName(bytes) };
    }
    if (tail.state !== "clean") return end;
    state = believed;
  }
  if (segments.length > 0) return end;
  const folder = "seg";
  return ended(end, { code: "log_missing_segment", file: folder, message: "no segment at all" });
}

/** A segment as it is, or, while it grows, as it was at one moment. */
async function readSegment(
  files: LogFiles,
  path: string,
  how: { readonly growing: boolean; readonly from?: number; readonly digestTo?: number },
): Promise<Partial<SparseRead> | undefined> {
  const { growing, from, digestTo = 0 } = how;
  const read = async (): Promise<Partial<SparseRead> | undefined> => {
    if (from !== undefined) return readSparse(files, path, { from, digestTo });
    const whole = await readWhole(files, path);
    return whole === undefined ? undefined : { bytes: whole };
  };
  const first = await read();
  const bytes = first?.bytes;
  if (!growing || bytes === undefined) return first;
  // One read is not atomic: its later bytes may be newer than its earlier ones, and then a group
  // seems to be missing. All that the first read saw is complete in the second, up to the group
  // that was being written; what came since is left out.
  const seen = endOfContent(bytes, 0);
  const again = await read();
  again?.bytes?.fill(0, Math.min(seen, again.bytes.length));
  return again;
}

/** What a segment's header says of the one before it. */
function previousIn(bytes: Buffer): SegmentHeader["previous"] {
  const frame = readFrame(bytes, 0, recordFrameLengthMax);
  return frame.ok
    ? decodeSegmentHeader(bytes.subarray(frame.content, frame.end))?.previous
    : undefined;
}

function gapBefore(
  file: SeriesFile,
  bytes: Buffer | undefined,
  state: LogState | undefined,
): Damage | undefined {
  const size = state?.frontier.size ?? file.first;
  if (bytes !== undefined && size === file.first) return undefined;
  const message =
    bytes === undefined
      ? "cannot be found though it was listed"
      : `begins with record ${file.first}, but the log before it ends at ${size}`;
  return { code: "log_missing_segment", file: file.path, fromIndex: size, message };
}

/** What is wrong with a segment's end when another segment follows it. */
function unfinished(file: SeriesFile, end: SegmentEnd): Damage | undefined {
  const place = { file: file.path, offset: end.end };
  const from = end.state === undefined ? {} : { fromIndex: end.state.frontier.size };
  if (end.tail.state === "torn") {
    const message = `${end.tail.why}, though a later segment follows`;
    return { code: "log_frame", ...place, ...from, message };
  }
  if (end.tail.state === "damaged" || end.end > 0) return undefined;
  const message = "segment is empty, though a later segment follows";
  return { code: "log_missing_segment", ...place, ...from, message };
}

function ended(end: WalkEnd, damage: Damage | undefined): WalkEnd {
  return damage === undefined ? end : { ...end, tail: { state: "damaged", damage } };
}

function withPrevious(previous: SegmentHeader["previous"]): Pick<SegmentHeader, "previous"> {
  return previous === undefined ? {} : { previous };
}
