import { damageOf } from "./damage.ts";
import type { Damage } from "./damage.ts";
import type { WindowRoom } from "./file-window.ts";
import { readWhole } from "./files.ts";
import type { LogFiles } from "./files.ts";
import { readFrame } from "./frame.ts";
import { digestName } from "./hash.ts";
import type { RunningDigest } from "./hash.ts";
import { decodeSegmentHeader } from "./header.ts";
import type { SegmentHeader } from "./header.ts";
import { recordFrameLengthMax } from "./limits.ts";
import type { FilePlace, LogPlace } from "./log-place.ts";
import { emptyState, scanSegment } from "./segment-scan.ts";
import type { LogState, ScannedGroup, SegmentContext, SegmentEnd } from "./segment-scan.ts";
import { streamSegment } from "./segment-stream.ts";
import type { StreamEnd } from "./segment-stream.ts";
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

/** Any reading of a group, with what a walk needs of it. */
export interface GroupStep {
  readonly group: Pick<ScannedGroup, "start" | "end">;
}

/** How a walk reads its segments. */
export interface SegmentReading<Step extends GroupStep> {
  /** Reads one, given as all its bytes, group by group. */
  scan(file: SeriesFile, bytes: Buffer, context: SegmentContext): Generator<Step, SegmentEnd>;
  /** What was read of one before the walk came to it; it must be all that `scan` would give. */
  ahead?(file: SeriesFile, context: AheadContext): Promise<AheadSegment<Step> | undefined>;
  /** Reads one that does not grow without holding all its bytes, as far as nothing in it is wrong. */
  stream?(file: SeriesFile, context: AheadContext): AsyncGenerator<Step, StreamEnd>;
}

/** Where a segment stands that is read ahead. */
export interface AheadContext extends SegmentContext {
  /** no other segment follows, that would name the digest of this one */
  readonly isLast: boolean;
}

/** A segment that was read before the walk came to it, and is whole to its last byte. */
export interface AheadSegment<Step> {
  readonly steps: Iterable<Step>;
  readonly state: LogState;
  /** how far it is filled */
  readonly end: number;
  /** of the whole file; only of the last segment it may be absent */
  readonly digest?: string;
}

/** Where a walk over the records ended. */
export interface WalkEnd {
  readonly state: LogState;
  readonly tail: SegmentEnd["tail"];
  /** the last segment walked, and how far it is filled; absent in a log without segments */
  readonly last?: {
    readonly file: SeriesFile;
    /** absent when it was read ahead */
    readonly bytes?: Buffer;
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
  /** of the segment of that name nothing from `offset` on is read, where a group ends that is durable */
  readonly until?: FilePlace;
  /**
   * Reads what does not grow through this window, where no place is given. Then the bytes of a group
   * hold it only until the next one is asked for.
   */
  readonly window?: WindowRoom;
}

/** After so many bytes a walk lets other work of the process run. */
const pauseBytes = 4 * 1024 * 1024;

/**
 * Reads the records group by group, segment by segment, checking every byte of what it passes and
 * that each segment follows the one before. Holds one segment in memory. Ends at the first damage.
 */
export function walkRecords(options: WalkOptions): AsyncGenerator<WalkedGroup, WalkEnd> {
  const { files, directory, window } = options;
  if (window === undefined) return walkSegments(options, { scan: scanWalked });
  return walkSegments(options, {
    scan: scanWalked,
    stream: (file, { isLast, ...context }) => {
      const how = { room: window, digest: !isLast };
      return streamSegment(files, { file, path: `${directory}/${file.path}` }, context, how);
    },
  });
}

function* scanWalked(
  file: SeriesFile,
  bytes: Buffer,
  context: SegmentContext,
): Generator<WalkedGroup, SegmentEnd> {
  const scan = scanSegment(bytes, context);
  let step = scan.next();
  for (; step.done !== true; step = scan.next()) yield { file, bytes, group: step.value };
  return step.value;
}

/** As `walkRecords`, with what `reading` makes of each group. */
export async function* walkSegments<Step extends GroupStep>(
  options: WalkOptions,
  reading: SegmentReading<Step>,
): AsyncGenerator<Step, WalkEnd> {
  const { files, directory, survey } = options;
  const segments = survey.records.files;
  const { place, until } = options;
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
    const context = {
      origin: survey.described.description.origin,
      log: survey.described.digest,
      first: file.first,
      ...(state === undefined ? {} : { state }),
      ...(previous === undefined ? {} : { previous }),
    };
    const path = `${directory}/${file.path}`;
    const growing = options.live && isLast && until?.file !== file.first;
    const segment = { file, path, files, growing, isLast, context, place, until };
    const read = yield* stepsOf(segment, reading);
    if ("code" in read) return ended(end, read);
    const { tail, bytes, before } = read;
    const believed: LogState = read.state ?? end.state;
    const last = {
      file,
      end: read.end,
      lastGroup: read.lastGroup,
      ...(bytes === undefined ? {} : { bytes }),
      ...(before === undefined ? {} : { before }),
      ...withPrevious(read.previous),
    };
    end = { state: believed, tail, last };
    if (!isLast) {
      const wrong = unfinished(file, read);
      if (wrong !== undefined) return ended(end, wrong);
      previous = { first: file.first, digest: read.digest() };
    }
    if (tail.state !== "clean") return end;
    state = believed;
  }
  if (segments.length > 0) return end;
  const folder = "seg";
  return ended(end, { code: "log_missing_segment", file: folder, message: "no segment at all" });
}

interface WalkedSegment {
  readonly file: SeriesFile;
  readonly path: string;
  readonly files: LogFiles;
  readonly growing: boolean;
  readonly isLast: boolean;
  readonly context: SegmentContext;
  /** where the walk begins, when it begins in a place */
  readonly place: LogPlace | undefined;
  readonly until: FilePlace | undefined;
}

type WalkedLast = NonNullable<WalkEnd["last"]>;

interface ReadSegment extends SegmentEnd, Omit<WalkedLast, "file"> {
  /** of the whole file; call once */
  digest(): string;
}

/** @returns how the segment ends, or the damage that keeps it from being read */
async function* stepsOf<Step extends GroupStep>(
  segment: WalkedSegment,
  reading: SegmentReading<Step>,
): AsyncGenerator<Step, ReadSegment | Damage> {
  const { file, path, files, growing, isLast, place } = segment;
  const until = segment.until?.file === file.first ? segment.until.offset : undefined;
  const isAhead = !growing && place === undefined && until === undefined;
  const ahead = isAhead ? await reading.ahead?.(file, { ...segment.context, isLast }) : undefined;
  if (ahead !== undefined) return yield* stepsAhead(ahead, segment.context);
  let streamed: StreamEnd | undefined;
  if (isAhead && reading.stream !== undefined) {
    streamed = yield* reading.stream(file, { ...segment.context, isLast });
    if (streamed.kind === "whole") return endAhead(streamed, segment.context);
  }
  const begin = place?.segment === file.first ? place : undefined;
  const isSparse = place !== undefined || until !== undefined;
  const read = await readSegment(files, path, {
    growing,
    to: until,
    ...(isSparse ? { from: begin?.lastGroup ?? 0 } : {}),
    ...(begin === undefined || growing || until !== undefined ? {} : { digestTo: begin.offset }),
  }).catch(damageOf);
  if (read !== undefined && "code" in read) {
    return {
      ...read,
      file: file.path,
      fromIndex: segment.context.state?.frontier.size ?? file.first,
    };
  }
  const bytes = read?.bytes;
  const size = segment.context.state?.frontier.size ?? file.first;
  if (bytes === undefined) return missing(file, size, "cannot be found though it was listed");
  if (size !== file.first) {
    const message = `begins with record ${file.first}, but the log before it ends at ${size}`;
    return missing(file, size, message);
  }
  const context = {
    ...(read?.zerosFrom === undefined ? {} : { zerosFrom: read.zerosFrom }),
    ...(begin === undefined
      ? { ...segment.context, ...(streamed?.begin === undefined ? {} : { begin: streamed.begin }) }
      : contextAt(segment.context, begin, bytes)),
  };
  let lastGroup = begin?.lastGroup ?? streamed?.lastGroup ?? 0;
  let paused = 0;
  const scan = reading.scan(file, bytes, context);
  let step = scan.next();
  for (; step.done !== true; step = scan.next()) {
    lastGroup = step.value.group.start;
    yield step.value;
    if (step.value.group.end - paused < pauseBytes) continue;
    paused = step.value.group.end;
    await new Promise((resume) => setImmediate(resume));
  }
  const common = { ...step.value, bytes, lastGroup, ...withPrevious(context.previous) };
  const digest = begin === undefined || growing ? undefined : read?.digest;
  if (begin === undefined || digest === undefined) {
    return { ...common, digest: () => digestName(bytes) };
  }
  const rest = bytes.subarray(begin.offset);
  return {
    ...common,
    before: { digest, bytes: begin.offset },
    digest() {
      digest.update(rest);
      return digest.name();
    },
  };
}

function* stepsAhead<Step extends GroupStep>(
  { steps, ...end }: AheadSegment<Step>,
  context: SegmentContext,
): Generator<Step, ReadSegment> {
  let lastGroup = 0;
  for (const step of steps) {
    lastGroup = step.group.start;
    yield step;
  }
  return endAhead({ ...end, lastGroup }, context);
}

/** The end of a segment that was whole. */
function endAhead(
  read: Omit<AheadSegment<never>, "steps"> & { readonly lastGroup: number },
  { previous }: SegmentContext,
): ReadSegment {
  const { state, end, lastGroup, digest } = read;
  const named = (): string => {
    if (digest === undefined) throw new Error("digest of a segment was not asked for");
    return digest;
  };
  const tail = { state: "clean" } as const;
  return { state, end, tail, lastGroup, ...withPrevious(previous), digest: named };
}

/** Reading goes on behind `begin`; what the header says of the segment before is believed. */
function contextAt(context: SegmentContext, begin: LogPlace, bytes: Buffer): SegmentContext {
  const { previous: _, ...rest } = context;
  const at = { at: begin.offset, state: stateAt(begin) };
  return { ...rest, ...withPrevious(previousIn(bytes)), begin: at };
}

/** A segment as it is, or, while it grows, as it was at one moment. */
async function readSegment(
  files: LogFiles,
  path: string,
  how: {
    readonly growing: boolean;
    readonly from?: number;
    readonly to: number | undefined;
    readonly digestTo?: number;
  },
): Promise<Partial<SparseRead> | undefined> {
  const { growing, from, to, digestTo = 0 } = how;
  const read = async (): Promise<Partial<SparseRead> | undefined> => {
    if (from !== undefined) return readSparse(files, path, { from, to, digestTo });
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

function missing(file: SeriesFile, fromIndex: number, message: string): Damage {
  return { code: "log_missing_segment", file: file.path, fromIndex, message };
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

function ended(end: WalkEnd, damage: Damage): WalkEnd {
  return { ...end, tail: { state: "damaged", damage } };
}

function withPrevious(previous: SegmentHeader["previous"]): Pick<SegmentHeader, "previous"> {
  return previous === undefined ? {} : { previous };
}
