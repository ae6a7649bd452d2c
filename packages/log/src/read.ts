import { HoldfastError } from "@holdfast/model";
import { LogDamagedError } from "./damage.ts";
import { recordSeries } from "./layout.ts";
import type { LogFiles } from "./files.ts";
import type { FilePlace, LogExtent, LogPlace } from "./log-place.ts";
import { nodeFiles } from "./node-files.ts";
import { PayloadCursor } from "./payload-cursor.ts";
import type { PayloadReading } from "./payload-reading.ts";
import { readReference } from "./payload-reference.ts";
import { StreamedPayloads } from "./streamed-payloads.ts";
import { BatchRoom } from "./batch-room.ts";
import { WindowRoom } from "./file-window.ts";
import { emptyState } from "./segment-scan.ts";
import { surveyLog } from "./survey.ts";
import type { SeriesFile, Survey } from "./survey.ts";
import { headOf } from "./tree.ts";
import type { Frontier } from "./tree.ts";
import { walkRecords } from "./walk.ts";
import type { WalkEnd, WalkedGroup } from "./walk.ts";

/** One record as it is stored. Its bytes are the caller's to keep. */
export interface LogEntry {
  readonly index: number;
  /** canonical JSON */
  readonly body: Uint8Array;
  /** the payload it names; absent when it names none */
  readonly payload?: Uint8Array | "erased" | "missing";
}

export interface ReadOptions {
  /** first record wanted; 0 when absent */
  readonly from?: number;
  /** one past the last record wanted; all there are when absent */
  readonly to?: number;
  readonly files?: LogFiles;
  /** begins to read behind this place, which is proven and at `from` or before it */
  readonly place?: LogPlace;
  /**
   * how far the log is durable, from its writer in this process; `to` is not behind it. What is behind it
   * is not read, and what is before it only once. Then it is damage, too, when the records before `to` are
   * not there, or are others than the writer knows
   */
  readonly extent?: LogExtent;
}

/** So many records are given at a time, or a few less than a group more. */
const batchRecords = 512;

/**
 * Reads records in order with their payloads, each checked against the committed root of its
 * group and the digest its record names. Works while a writer is at work, and then ends with the
 * last whole group. Reading from the middle believes the header of the segment it begins in; a
 * pruned log begins with its first record that is there.
 *
 * @throws LogDamagedError (`log_damaged`) where damage begins, after the records before it
 * @throws HoldfastError `log_missing` when there is no log
 */
export async function* readLog(
  directory: string,
  options: ReadOptions = {},
): AsyncGenerator<LogEntry, void> {
  for await (const batch of readLogBatches(directory, options)) {
    for (const { body, payload, ...entry } of batch) {
      const copy = { ...entry, body: new Uint8Array(body) };
      if (payload === undefined) yield copy;
      else
        yield {
          ...copy,
          payload: payload instanceof Uint8Array ? new Uint8Array(payload) : payload,
        };
    }
  }
}

/**
 * As `readLog`, many records at a time, for who reads a log through: what waits for each record
 * costs more than reading it. Bytes hold what they are only until the next batch is asked for, and
 * nobody may change one.
 *
 * @throws LogDamagedError and HoldfastError as `readLog`, after all records before the damage
 */
export async function* readLogBatches(
  directory: string,
  options: ReadOptions = {},
): AsyncGenerator<readonly LogEntry[], void> {
  const { from = 0, to = Number.MAX_SAFE_INTEGER, files = nodeFiles, place, extent } = options;
  if (to <= from) return;
  const survey = await surveyLog(files, directory);
  const live = await files.isLocked(directory);
  // What a writer adds to is read as a whole, since one read of it is not of one moment.
  const isStreamed = from === 0 && place === undefined && !live;
  const begun = {
    ...(place === undefined ? {} : { place }),
    ...(extent?.records === undefined ? {} : { until: extent.records }),
    ...(isStreamed ? { window: new WindowRoom() } : {}),
  };
  const walk = walkRecords({ files, directory, survey, from, live, ...begun });
  const first = survey.records.files[0]?.first ?? 0;
  const cursor = cursorAt(files, directory, survey, {
    from: Math.max(from, first),
    place,
    until: extent?.payloads,
  });
  const payloads = isStreamed ? streamed(files, directory, survey, cursor) : cursor;
  const room = isStreamed ? new BatchRoom() : undefined;
  let batch: LogEntry[] = [];
  try {
    let step = await walk.next();
    for (; step.done !== true; step = await walk.next()) {
      for (const record of recordsOf(step.value, from, to)) {
        const entry = entryNow(payloads, record) ?? (await readEntry(payloads, record));
        batch.push(room === undefined ? entry : kept(entry, room));
      }
      const { frontier } = step.value.group.after;
      if (extent !== undefined) checkHead(extent, step.value.file, frontier);
      if (frontier.size >= to) break;
      if (batch.length < batchRecords) continue;
      yield batch;
      batch = [];
      room?.clear();
    }
    const tail = step.done === true ? step.value.tail : undefined;
    if (tail?.state === "damaged") throw new LogDamagedError(tail.damage);
    if (step.done === true && extent !== undefined) throw tooShort(step.value, to);
  } catch (error) {
    if (batch.length > 0) yield batch;
    throw error;
  } finally {
    // Where no more is asked for, files are open.
    await walk.return({ state: emptyState(), tail: { state: "clean" } });
    if (payloads instanceof StreamedPayloads) await payloads.close();
  }
  if (batch.length > 0) yield batch;
}

/** Files may have been changed since their writer read them: what they hold now is not what it vouches for. */
function checkHead({ head }: LogExtent, { path }: SeriesFile, frontier: Frontier): void {
  if (frontier.size !== head.size || headOf(frontier).root === head.root) return;
  const message = `the first ${head.size} records are others than when the log was opened`;
  throw new LogDamagedError({ code: "log_root", file: path, message });
}

function tooShort({ state, last }: WalkEnd, to: number): LogDamagedError {
  const { size } = state.frontier;
  const message = `ends before record ${size}, though those up to ${to - 1} are durable`;
  const file = last?.file.path ?? recordSeries.folder;
  return new LogDamagedError({ code: "log_missing_segment", file, fromIndex: size, message });
}

/** An entry with its bytes in the room of a batch. */
function kept({ index, body, payload }: LogEntry, room: BatchRoom): LogEntry {
  if (payload === undefined) return { index, body: room.keep(body) };
  const bytes = payload instanceof Uint8Array ? room.keep(payload) : payload;
  return { index, body: room.keep(body), payload: bytes };
}

function streamed(
  files: LogFiles,
  directory: string,
  survey: Survey,
  cursor: PayloadCursor,
): StreamedPayloads {
  const { description, digest } = survey.described;
  const log = { origin: description.origin, digest };
  return new StreamedPayloads({ cursor, files, directory, log, listing: survey.payloads.files });
}

/** The records of a group from `from` up to and without `to`. */
function* recordsOf(
  { file, bytes, group }: WalkedGroup,
  from: number,
  to: number,
): Generator<ReadRecord, void> {
  const { entries, before, after } = group;
  const place = { batch: after.batch, segment: file.first };
  let index = before.frontier.size;
  for (const { content, end } of entries) {
    if (index >= to) return;
    if (index >= from) yield { index, ...place, body: bytes.subarray(content, end) };
    index += 1;
  }
}

function cursorAt(
  files: LogFiles,
  directory: string,
  survey: Survey,
  at: {
    readonly from: number;
    readonly place: LogPlace | undefined;
    readonly until: FilePlace | undefined;
  },
): PayloadCursor {
  const { from, place, until } = at;
  const { description, digest } = survey.described;
  const log = { origin: description.origin, digest };
  const begin = place?.payload === undefined ? {} : { begin: place.payload };
  return new PayloadCursor({
    files,
    directory,
    listing: survey.payloads.files,
    log,
    from,
    ...begin,
    ...(until === undefined ? {} : { until }),
  });
}

type PayloadSource = PayloadCursor | StreamedPayloads;

/** A record that was read, and where. */
interface ReadRecord {
  readonly index: number;
  readonly batch: number;
  readonly segment: number;
  readonly body: Buffer;
}

/** The entry, when nothing has to be waited for. */
function entryNow(payloads: PayloadSource, record: ReadRecord): LogEntry | undefined {
  const { body, ...place } = record;
  const reference = readReference(body);
  if (reference === undefined) return { index: place.index, body };
  const payload = payloads.takeNow({ ...place, reference });
  return payload && entryOf(record, payload);
}

async function readEntry(payloads: PayloadSource, record: ReadRecord): Promise<LogEntry> {
  const { body, ...place } = record;
  const reference = readReference(body);
  if (reference === undefined) return { index: place.index, body };
  return entryOf(record, await payloads.take({ ...place, reference }));
}

function entryOf({ index, body }: ReadRecord, payload: PayloadReading): LogEntry {
  switch (payload.kind) {
    case "present":
      return { index, body, payload: payload.bytes };
    case "erased":
    case "missing":
      return { index, body, payload: payload.kind };
    case "damaged":
      throw new LogDamagedError(payload.damage);
  }
}

/** The damage a `log_record` error means at a place of a segment; other errors are thrown on. */
export function recordMessage(error: unknown): string {
  if (error instanceof HoldfastError && error.code === "log_record") return error.message;
  throw error;
}
