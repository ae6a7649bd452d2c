import { encodeCommit } from "./commit.ts";
import type { Damage, DamageCode } from "./damage.ts";
import { frameType, readFrame, wrapBatch } from "./frame.ts";
import type { Frame } from "./frame.ts";
import { sha256Into } from "./hash.ts";
import { decodeSegmentHeader, encodeHeader, frontierHex } from "./header.ts";
import type { SegmentHeader } from "./header.ts";
import { recordSeries, seriesPath } from "./layout.ts";
import { formatLimits, recordFrameLengthMax } from "./limits.ts";
import { endOfContent, judgeTail } from "./torn-write.ts";
import { Frontier, headOf, PackedLeaves } from "./tree.ts";
import type { LeafRun } from "./tree.ts";

/** Where a log stands between two groups. */
export interface LogState {
  /** number of the last whole group; 0 before the first */
  readonly batch: number;
  /** the tree over all records of whole groups; not to be changed */
  readonly frontier: Frontier;
}

/** The state of a log that has no record. */
export function emptyState(): LogState {
  return { batch: 0, frontier: new Frontier() };
}

/** What a record segment must agree with. */
export interface SegmentContext {
  readonly origin: string;
  /** digest of `log.json` */
  readonly log: string;
  /** first index, from the file's name */
  readonly first: number;
  /** the state before it; absent when reading begins here, then its own header is believed */
  readonly state?: LogState;
  readonly previous?: SegmentHeader["previous"];
  /** goes on behind the group that ends there, whose commit must say the same */
  readonly begin?: { readonly at: number; readonly state: LogState };
  /** all bytes of the segment from there on are zeros, as who read them has seen */
  readonly zerosFrom?: number;
}

/** One whole group: its entries in order, and the tree before and after it. */
export interface ScannedGroup {
  readonly before: LogState;
  readonly after: LogState;
  readonly entries: readonly Frame[];
  readonly leaves: LeafRun;
  readonly start: number;
  readonly end: number;
}

/** How a segment ends behind its last whole group, at byte `end`. */
export interface SegmentEnd {
  /** what the log holds after it; absent when its header could not be believed */
  readonly state: LogState | undefined;
  readonly end: number;
  readonly tail:
    | { readonly state: "clean" }
    | { readonly state: "torn"; readonly until: number; readonly why: string }
    | { readonly state: "damaged"; readonly damage: Damage };
}

/** What there is where a group should begin. */
export type GroupReading =
  | { readonly kind: "group"; readonly group: ScannedGroup }
  | { readonly kind: "tail" }
  | {
      readonly kind: "unreadable";
      readonly frame: number;
      readonly claimedEnd: number;
      /** what stands there when the group ends there; absent when it has no record yet */
      readonly commit?: Buffer;
    }
  | {
      readonly kind: "wrong";
      readonly code: DamageCode;
      readonly at: number;
      readonly why: string;
    };

/**
 * Reads a record segment given as all its bytes, group by group, checking every one of them:
 * header, checksums, batch numbers, roots, and the zeros behind. Yields only whole groups whose
 * root is right. Pure; never throws on any bytes. A segment of zeros only is clean and empty.
 */
export function* scanSegment(
  bytes: Buffer,
  context: SegmentContext,
): Generator<ScannedGroup, SegmentEnd> {
  const opening = readOpening(bytes, context);
  if (opening.kind !== "opened") return opening.end;
  let { state, at } = opening;
  if (context.begin !== undefined) {
    ({ state, at } = context.begin);
    if (!endsAt(bytes, at, state)) {
      const message = "no group ends here, or another one than was proven before";
      return damagedEnd(context, state, { code: "log_root", at, end: at, message });
    }
  }
  for (;;) {
    const start = at === opening.at ? 0 : at;
    const reading = readGroup(bytes, at, state, start, context.zerosFrom);
    if (reading.kind === "group") {
      yield reading.group;
      state = reading.group.after;
      at = reading.group.end;
    } else {
      return endOfSegment(bytes, context, { state, start, reading });
    }
  }
}

type Opening =
  | { readonly kind: "opened"; readonly state: LogState; readonly at: number }
  | { readonly kind: "ended"; readonly end: SegmentEnd };

/** The header, which belongs to the first group: a torn first group may have torn it too. */
function readOpening(bytes: Buffer, context: SegmentContext): Opening {
  const { state } = context;
  const damaged = (code: DamageCode, at: number, message: string): Opening => ({
    kind: "ended",
    end: damagedEnd(context, state, { code, at, end: 0, message }),
  });
  if (bytes.length === 0 || bytes.length % formatLimits.blockBytes !== 0) {
    const message = `file has ${bytes.length} bytes, not whole blocks of ${formatLimits.blockBytes}`;
    return damaged("log_file_size", bytes.length, message);
  }
  const frame = readFrame(bytes, 0, recordFrameLengthMax);
  if (!frame.ok) {
    const reading = { kind: "unreadable", frame: 0, claimedEnd: frame.claimedEnd } as const;
    if (endOfContent(bytes, 0, context.zerosFrom) === 0) {
      return { kind: "ended", end: { state, end: 0, tail: { state: "clean" } } };
    }
    const end = endOfSegment(bytes, context, { state: state ?? emptyState(), start: 0, reading });
    return { kind: "ended", end: { ...end, state } };
  }
  const header = decodeSegmentHeader(bytes.subarray(frame.content, frame.end));
  if (frame.type !== frameType.header || header === undefined) {
    return damaged("log_header", 0, "first frame is not a segment header");
  }
  if (header.bytes !== bytes.length) {
    const message = `file has ${bytes.length} bytes, its header says ${header.bytes}`;
    return damaged("log_file_size", Math.min(header.bytes, bytes.length), message);
  }
  const believed = state ?? stateOf(header);
  if (believed === undefined) return damaged("log_header", 0, "frontier does not fit the size");
  const previous = state === undefined ? header.previous : context.previous;
  const expected = { ...context, state: believed, previous };
  const wrong = compareHeader(bytes.subarray(0, frame.end), header, expected);
  return wrong === undefined
    ? { kind: "opened", state: believed, at: frame.end }
    : damaged("log_header", 0, wrong);
}

/** True when the commit frame of the last group of `state` ends there. */
function endsAt(bytes: Buffer, offset: number, state: LogState): boolean {
  const commit = encodeCommit(state.batch, headOf(state.frontier));
  return offset >= commit.length && bytes.subarray(offset - commit.length, offset).equals(commit);
}

/** The state a header says there is before its segment; undefined when it is none. */
function stateOf(header: SegmentHeader): LogState | undefined {
  try {
    const hashes = header.frontier.map((hash) => Buffer.from(hash, "hex"));
    return { batch: header.batch - 1, frontier: new Frontier(header.first, hashes) };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** What is wrong with a header, by writing the right one and comparing the bytes. */
export function compareHeader(
  stored: Buffer,
  header: SegmentHeader,
  context: Omit<SegmentContext, "previous"> & {
    readonly state: LogState;
    readonly previous: SegmentHeader["previous"] | undefined;
  },
): string | undefined {
  const { state, origin, log, first, previous } = context;
  const right: SegmentHeader = {
    v: 1,
    kind: "records",
    origin,
    log,
    first,
    batch: state.batch + 1,
    bytes: header.bytes,
    frontier: frontierHex(state.frontier),
    ...(previous === undefined ? {} : { previous }),
  };
  if (state.frontier.size !== first) {
    return `segment begins with record ${first}, but the log before it ends at ${state.frontier.size}`;
  }
  if (encodeHeader(right).equals(stored)) return undefined;
  const names = ["origin", "log", "first", "batch", "frontier", "previous"] as const;
  const wrong = names.filter((n) => JSON.stringify(right[n]) !== JSON.stringify(header[n]));
  return wrong.length === 0
    ? "header is not in canonical form"
    : `header disagrees with the log in ${wrong.map((name) => `\`${name}\``).join(", ")}`;
}

/**
 * Reads the group that begins at `start`, its frames from `from` on, behind the state `before` it.
 * Zeros are known as for `endOfContent`. Pure; never throws on any bytes.
 */
export function readGroup(
  bytes: Buffer,
  from: number,
  before: LogState,
  start: number,
  zerosFrom?: number,
): GroupReading {
  const batch = before.batch + 1;
  const entries: Frame[] = [];
  for (let at = from; ;) {
    const frame = readFrame(bytes, at, recordFrameLengthMax);
    if (!frame.ok) {
      const tail = frame.why === "zero" && entries.length === 0 && start === from;
      if (tail && endOfContent(bytes, at, zerosFrom) === at) return { kind: "tail" };
      const unreadable = { kind: "unreadable", frame: at, claimedEnd: frame.claimedEnd } as const;
      if (entries.length === 0) return unreadable;
      return {
        ...unreadable,
        commit: encodeCommit(batch, headOf(grown(before, leavesOf(bytes, entries)))),
      };
    }
    if (frame.batch !== wrapBatch(batch)) {
      return wrongAt("log_batch", at, `frame of group ${frame.batch} in group ${batch}`);
    }
    if (frame.end - start > formatLimits.groupBytes) {
      return wrongAt("log_frame", at, `group is larger than ${formatLimits.groupBytes} bytes`);
    }
    if (frame.type === frameType.commit) {
      return closeGroup(bytes, frame, { before, entries, start });
    }
    if (frame.type !== frameType.entry) {
      return wrongAt("log_frame", at, `frame of type ${frame.type} among the records`);
    }
    entries.push(frame);
    at = frame.end;
  }
}

function closeGroup(
  bytes: Buffer,
  commit: Frame,
  group: Pick<ScannedGroup, "before" | "entries" | "start">,
): GroupReading {
  const batch = group.before.batch + 1;
  if (group.entries.length === 0) return wrongAt("log_frame", commit.start, "group has no record");
  const leaves = leavesOf(bytes, group.entries);
  const frontier = grown(group.before, leaves);
  if (!encodeCommit(batch, headOf(frontier)).equals(bytes.subarray(commit.start, commit.end))) {
    const first = group.before.frontier.size;
    const why = `records ${first} to ${frontier.size - 1} do not have the root or size committed`;
    return wrongAt("log_root", commit.start, why);
  }
  return {
    kind: "group",
    group: { ...group, leaves, after: { batch, frontier }, end: commit.end },
  };
}

function leavesOf(bytes: Buffer, entries: readonly Frame[]): PackedLeaves {
  const leaves = Buffer.allocUnsafe(32 * entries.length);
  for (const [item, { content, end }] of entries.entries()) {
    sha256Into(bytes.subarray(content - 1, end), leaves, 32 * item);
  }
  return new PackedLeaves(leaves);
}

function grown(before: LogState, leaves: PackedLeaves): Frontier {
  const frontier = before.frontier.copy();
  frontier.pushPacked(leaves);
  return frontier;
}

function wrongAt(code: DamageCode, at: number, why: string): GroupReading {
  return { kind: "wrong", code, at, why };
}

function endOfSegment(
  bytes: Buffer,
  context: SegmentContext,
  stop: {
    readonly state: LogState;
    readonly start: number;
    readonly reading: Exclude<GroupReading, { kind: "group" }>;
  },
): SegmentEnd {
  const { state, start, reading } = stop;
  if (reading.kind === "tail") return { state, end: start, tail: { state: "clean" } };
  if (reading.kind === "wrong") {
    const { code, at, why: message } = reading;
    return damagedEnd(context, state, { code, at, end: start, message });
  }
  const { frame } = reading;
  const failure = { ...reading, group: start, batch: state.batch + 1 };
  const verdict = judgeTail(bytes, failure, context.zerosFrom);
  if (verdict.state === "torn") return { state, end: start, tail: verdict };
  const inTail = frame === start && bytes.subarray(frame, frame + 4).every((byte) => byte === 0);
  return damagedEnd(context, state, {
    code: inTail ? "log_zero_tail" : "log_frame",
    at: verdict.at,
    end: start,
    message: verdict.why,
  });
}

function damagedEnd(
  context: SegmentContext,
  state: LogState | undefined,
  what: {
    readonly code: DamageCode;
    readonly at: number;
    readonly end: number;
    readonly message: string;
  },
): SegmentEnd {
  const damage: Damage = {
    code: what.code,
    file: seriesPath(recordSeries, context.first),
    offset: what.at,
    fromIndex: state?.frontier.size ?? context.first,
    message: what.message,
  };
  return { state, end: what.end, tail: { state: "damaged", damage } };
}
