import { checkpointsPath } from "./checkpoint/checkpoint-layout.ts";
import { misfitOf } from "./checkpoint/kept-checkpoint.ts";
import { LogDamagedError } from "./damage.ts";
import type { Damage, DamageCode } from "./damage.ts";
import { readFrame } from "./frame.ts";
import type { LogFiles } from "./files.ts";
import { decodeSegmentHeader } from "./header.ts";
import type { SegmentHeader } from "./header.ts";
import { HeadWatch } from "./head-watch.ts";
import { formatLimits, recordFrameLengthMax } from "./limits.ts";
import type { Checkpoint } from "./note/checkpoint.ts";
import { PayloadCursor } from "./payload-cursor.ts";
import type { PayloadEnd } from "./payload-cursor.ts";
import { readReference } from "./payload-reference.ts";
import { recordMessage } from "./read.ts";
import type { LogState } from "./segment-scan.ts";
import type { SeriesFile, Survey } from "./survey.ts";
import { walkRecords } from "./walk.ts";
import type { WalkEnd, WalkedGroup } from "./walk.ts";

/** The end of a file that the next group is added to. */
export interface FileTail {
  readonly file: SeriesFile;
  readonly bytes: Buffer;
  /** where the next group goes */
  readonly end: number;
  /** bytes of an unfinished group reach to here; `end` when there are none */
  readonly until: number;
}

/** All an opener has to know of a log that may be appended to. */
export interface LogTail {
  readonly state: LogState;
  readonly records: FileTail & {
    /** where the last whole group begins */
    readonly lastGroup: number;
    readonly previous?: SegmentHeader["previous"];
  };
  /** absent when the next payload begins a new file */
  readonly payloads?: FileTail;
}

/**
 * Checks of every segment but the last two that its header fits its name, its length, the log and
 * the segment before it: a segment that is missing, renamed or of another log shows.
 *
 * @throws LogDamagedError
 */
export async function checkOlderSegments(
  files: LogFiles,
  directory: string,
  survey: Survey,
): Promise<void> {
  const { description, digest } = survey.described;
  let before: number | undefined;
  for (const file of survey.records.files.slice(0, -2)) {
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

/**
 * Reads the last two segments and the payloads of their records whole, and finds where to append.
 * With the newest checkpoint, which the log must contain, reads from the segment it ends in.
 *
 * @throws LogDamagedError when anything is wrong but an unfinished last group
 */
export async function readTail(
  files: LogFiles,
  directory: string,
  survey: Survey,
  kept: Checkpoint | undefined,
): Promise<LogTail> {
  const segments = survey.records.files;
  const oldest = segments.at(-2)?.first ?? 0;
  // A checkpoint may lie further back when its keeping was hindered.
  const signed = segments.findLast(({ first }) => first <= (kept?.head.size ?? oldest));
  const from = Math.min(oldest, signed?.first ?? oldest);
  const watch = new HeadWatch(kept === undefined ? [] : [kept.head.size]);
  const { description, digest } = survey.described;
  const log = { origin: description.origin, digest };
  const listing = survey.payloads.files;
  const payloads = new PayloadCursor({ files, directory, listing, log, from });
  const walk = walkRecords({ files, directory, survey, from, live: false });
  let step = await walk.next();
  for (; step.done !== true; step = await walk.next()) {
    watch.pass(step.value.group);
    await checkPayloads(step.value, payloads);
  }
  const { state, tail, last } = step.value;
  if (tail.state === "damaged") throw new LogDamagedError(tail.damage);
  if (kept !== undefined) checkKept(kept, state.frontier.size, watch.rootAt(kept.head.size));
  const payloadEnd = await finishPayloads(payloads, step.value, from);
  if (last === undefined) throw new Error("a walk without damage ended in no segment");
  const until = tail.state === "torn" ? tail.until : last.end;
  const records = { ...last, until };
  return { state, records, ...(payloadEnd === undefined ? {} : { payloads: payloadEnd }) };
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
): Promise<PayloadEnd | undefined> {
  const { state } = walked;
  const stand = { size: state.frontier.size, batch: state.batch, addsFrom };
  const end = await payloads.finish(stand);
  const [damage] = payloads.damages;
  if (damage !== undefined) throw new LogDamagedError(damage);
  return end;
}

function damagedFile(code: DamageCode, file: SeriesFile, message: string): LogDamagedError {
  const damage: Damage = { code, file: file.path, offset: 0, fromIndex: file.first, message };
  return new LogDamagedError(damage);
}
