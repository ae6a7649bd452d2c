import { checkpointsPath } from "./checkpoint/checkpoint-layout.ts";
import { misfitOf } from "./checkpoint/kept-checkpoint.ts";
import { LogDamagedError } from "./damage.ts";
import type { Damage, DamageCode } from "./damage.ts";
import { readFrame } from "./frame.ts";
import type { LogFiles } from "./files.ts";
import { decodeSegmentHeader } from "./header.ts";
import type { SegmentHeader } from "./header.ts";
import { RunningDigest } from "./hash.ts";
import { HeadWatch } from "./head-watch.ts";
import { formatLimits, recordFrameLengthMax } from "./limits.ts";
import type { LogPlace } from "./log-place.ts";
import type { Checkpoint } from "./note/checkpoint.ts";
import { PayloadCursor } from "./payload-cursor.ts";
import { readReference } from "./payload-reference.ts";
import { recordMessage } from "./read.ts";
import type { LogState } from "./segment-scan.ts";
import { digestOfFile } from "./sparse-read.ts";
import type { SeriesFile, Survey } from "./survey.ts";
import { stateAt } from "./tail.ts";
import { headOf } from "./tree.ts";
import type { LogHead } from "./tree.ts";
import { walkRecords } from "./walk.ts";
import type { WalkEnd, WalkedGroup } from "./walk.ts";

/** The end of a file that the next group is added to. */
export interface FileTail {
  readonly file: SeriesFile;
  /** length of the file */
  readonly length: number;
  /** where the next group goes */
  readonly end: number;
  /** bytes of an unfinished group reach to here; `end` when there are none */
  readonly until: number;
}

/** All an opener has to know of a log that may be appended to. */
export interface LogTail {
  readonly state: LogState;
  readonly records: FileTail & {
    /** where the last whole group begins, and its bytes */
    readonly lastGroup: number;
    readonly lastBytes: Buffer;
    /** of the bytes before `end` */
    readonly digest: RunningDigest;
    /** of those before the place where reading began, in the same segment */
    readonly digestBefore?: string;
    readonly previous?: SegmentHeader["previous"];
  };
  /** absent when the next payload begins a new file */
  readonly payloads?: FileTail;
  /** where reading began, when it was not at the beginning of a segment */
  readonly place?: LogPlace;
}

/**
 * Checks of these segments, the first of a log, that each header fits its name, its length, the
 * log and the segment before it: a segment that is missing, renamed or of another log shows.
 *
 * @throws LogDamagedError
 */
async function checkHeaders(
  files: LogFiles,
  directory: string,
  survey: Survey,
  segments: readonly SeriesFile[],
): Promise<void> {
  const { description, digest } = survey.described;
  let before: number | undefined;
  for (const file of segments) {
    const { header, size } = await readHeader(files, `${directory}/${file.path}`);
    const fits =
      header?.first === file.first &&
      header.bytes === size &&
      header.origin === description.origin &&
      header.log === digest;
    if (!fits) throw damagedFile("log_header", file, "header is not that of this file");
    const isFirst = before === undefined && file.first > 0 && file.first <= survey.minimum;
    if (
      !isFirst &&
      (header.previous?.first !== before || (before === undefined && file.first !== 0))
    ) {
      const message = `does not follow the segment before it in the folder`;
      throw damagedFile("log_missing_segment", file, message);
    }
    before = file.first;
  }
}

async function readHeader(
  files: LogFiles,
  path: string,
): Promise<{ readonly header: SegmentHeader | undefined; readonly size: number }> {
  const file = await files.open(path, "read");
  try {
    const bytes = await file.read(0, 2 * formatLimits.headerBytes);
    const frame = readFrame(bytes, 0, recordFrameLengthMax);
    const content = frame.ok ? bytes.subarray(frame.content, frame.end) : new Uint8Array(0);
    return { header: decodeSegmentHeader(content), size: await file.size() };
  } finally {
    await file.close();
  }
}

/** What a log is opened by. */
export interface OpenSubject {
  readonly files: LogFiles;
  readonly directory: string;
  readonly survey: Survey;
  /** the newest checkpoint, which the log must contain */
  readonly kept: Checkpoint | undefined;
}

/**
 * Reads the last two segments and the payloads of their records whole, and finds where to append.
 * With the newest checkpoint, reads from the segment it ends in. With a place that the checkpoint
 * proves, reads what lies behind it; what lies before it in the last two segments must have the
 * digests it had. Whatever is wrong there is told by reading everything.
 *
 * @throws LogDamagedError when anything is wrong but an unfinished last group
 */
export async function readTail(
  subject: OpenSubject,
  place: LogPlace | undefined,
): Promise<LogTail> {
  const { files, directory, survey } = subject;
  if (place !== undefined) {
    const tail = await readBehind(subject, place);
    if (tail !== undefined) return tail;
  }
  await checkHeaders(files, directory, survey, survey.records.files.slice(0, -2));
  return readWholeTail(subject);
}

/** The tail as it is read from a place; undefined where the place does not hold, or anything else. */
async function readBehind(subject: OpenSubject, place: LogPlace): Promise<LogTail | undefined> {
  const { files, directory, survey, kept } = subject;
  const segments = survey.records.files;
  const at = segments.findIndex(({ first }) => first === place.segment);
  const { payload } = place;
  const isThere =
    payload === undefined || survey.payloads.files.some(({ first }) => first === payload.file);
  const isOfLog = place.log === survey.described.digest;
  if (at < 0 || !isOfLog || !isThere || kept === undefined) return undefined;
  if (kept.head.size < place.size) return undefined;
  try {
    const { frontier } = stateAt(place);
    await checkHeaders(files, directory, survey, segments.slice(0, at));
    const from = { place, from: place.size, addsFrom: segments.at(-2)?.first ?? 0 };
    const tail = await walkTail(subject, from, headOf(frontier));
    const isProven = at < segments.length - 1 || (await followsOn(subject, tail, place));
    return isProven ? { ...tail, place } : undefined;
  } catch (error) {
    if (error instanceof LogDamagedError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Whether the bytes before the place, and the segment before its own, are those they were. */
async function followsOn(
  { files, directory, survey }: OpenSubject,
  { records }: LogTail,
  place: LogPlace,
): Promise<boolean> {
  const { previous } = records;
  const before = survey.records.files.at(-2);
  if (records.digestBefore !== place.digest || before?.first !== previous?.first) return false;
  if (before === undefined) return true;
  return (await digestOfFile(files, `${directory}/${before.path}`)) === previous?.digest;
}

async function readWholeTail(subject: OpenSubject): Promise<LogTail> {
  const { survey, kept } = subject;
  const segments = survey.records.files;
  const oldest = segments.at(-2)?.first ?? 0;
  // A checkpoint may lie further back when its keeping was hindered.
  const signed = segments.findLast(({ first }) => first <= (kept?.head.size ?? oldest));
  const from = Math.min(oldest, signed?.first ?? oldest);
  return walkTail(subject, { from, addsFrom: from });
}

async function walkTail(
  { files, directory, survey, kept }: OpenSubject,
  begin: { readonly from: number; readonly addsFrom: number; readonly place?: LogPlace },
  known?: LogHead,
): Promise<LogTail> {
  const { from, addsFrom, place } = begin;
  const watch = new HeadWatch(kept === undefined ? [] : [kept.head.size]);
  const { described } = survey;
  const log = { origin: described.description.origin, digest: described.digest };
  const listing = survey.payloads.files;
  const behind = place?.payload === undefined ? {} : { begin: place.payload };
  const payloads = new PayloadCursor({ files, directory, listing, log, from, ...behind });
  const begun = place === undefined ? {} : { place };
  const walk = walkRecords({ files, directory, survey, from, live: false, ...begun });
  let step = await walk.next();
  for (; step.done !== true; step = await walk.next()) {
    watch.pass(step.value.group);
    await checkPayloads(step.value, payloads);
  }
  const { state, tail, last } = step.value;
  if (tail.state === "damaged") throw new LogDamagedError(tail.damage);
  if (kept !== undefined) {
    const root = kept.head.size === known?.size ? known.root : watch.rootAt(kept.head.size);
    checkKept(kept, state.frontier.size, root);
  }
  const payloadEnd = await finishPayloads(payloads, step.value, addsFrom);
  if (last?.bytes === undefined) throw new Error("a walk without damage ended in no segment");
  const until = tail.state === "torn" ? tail.until : last.end;
  const { bytes, before, ...filled } = last;
  const digestBefore = before === undefined ? {} : { digestBefore: before.digest.nameSoFar() };
  const digest = before?.digest ?? new RunningDigest();
  digest.update(bytes.subarray(before?.bytes ?? 0, last.end));
  const lastBytes = bytes.subarray(last.lastGroup, last.end);
  const common = { ...filled, until, length: bytes.length, lastBytes };
  return {
    state,
    records: { ...common, digest, ...digestBefore },
    ...(payloadEnd === undefined ? {} : { payloads: payloadEnd }),
  };
}

function checkKept(kept: Checkpoint, size: number, root: string | undefined): void {
  const misfit = misfitOf(kept, { size, root });
  if (misfit !== undefined) throw new LogDamagedError({ file: checkpointsPath, ...misfit });
}

async function checkPayloads(walked: WalkedGroup, payloads: PayloadCursor): Promise<void> {
  const { before, after, entries } = walked.group;
  const segment = walked.file.first;
  let index = before.frontier.size - 1;
  for (const entry of entries) {
    index += 1;
    const reference = referenceAt(walked, index, entry);
    if (reference === undefined) continue;
    const payload = await payloads.take({ index, batch: after.batch, segment, reference });
    if (payload.kind === "damaged") throw new LogDamagedError(payload.damage);
    if (payload.kind !== "missing") continue;
    const message = `payload of record ${index} is not there`;
    throw new LogDamagedError({ code: "log_payload_missing", file: payload.file, message });
  }
}

function referenceAt(
  walked: WalkedGroup,
  index: number,
  entry: WalkedGroup["group"]["entries"][number],
): ReturnType<typeof readReference> {
  try {
    return readReference(walked.bytes.subarray(entry.content, entry.end));
  } catch (error) {
    const { path } = walked.file;
    const message = `record ${index}: ${recordMessage(error)}`;
    throw new LogDamagedError({ code: "log_record", file: path, offset: entry.start, message });
  }
}

async function finishPayloads(
  payloads: PayloadCursor,
  walked: WalkEnd,
  addsFrom: number,
): Promise<FileTail | undefined> {
  const { state } = walked;
  const stand = { size: state.frontier.size, batch: state.batch, addsFrom };
  const ended = await payloads.finish(stand);
  const [damage] = payloads.damages;
  if (damage !== undefined) throw new LogDamagedError(damage);
  if (ended === undefined) return undefined;
  const { file, bytes, end, until } = ended;
  return { file, length: bytes.length, end, until };
}

function damagedFile(code: DamageCode, file: SeriesFile, message: string): LogDamagedError {
  const damage: Damage = { code, file: file.path, offset: 0, fromIndex: file.first, message };
  return new LogDamagedError(damage);
}
