import { HoldfastError } from "@holdfast/model";
import { LogDamagedError } from "./damage.ts";
import type { LogFiles } from "./files.ts";
import type { LogPlace } from "./log-place.ts";
import { nodeFiles } from "./node-files.ts";
import { PayloadCursor } from "./payload-cursor.ts";
import { readReference } from "./payload-reference.ts";
import { surveyLog } from "./survey.ts";
import type { Survey } from "./survey.ts";
import { walkRecords } from "./walk.ts";

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
}

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
  const { from = 0, to = Number.MAX_SAFE_INTEGER, files = nodeFiles, place } = options;
  if (to <= from) return;
  const survey = await surveyLog(files, directory);
  const live = await files.isLocked(directory);
  const begun = place === undefined ? {} : { place };
  const walk = walkRecords({ files, directory, survey, from, live, ...begun });
  const first = survey.records.files[0]?.first ?? 0;
  const payloads = cursorAt(files, directory, survey, { from: Math.max(from, first), place });
  let step = await walk.next();
  for (; step.done !== true; step = await walk.next()) {
    const { file, bytes, group } = step.value;
    let index = group.before.frontier.size - 1;
    for (const entry of group.entries) {
      index += 1;
      if (index < from) continue;
      if (index >= to) return;
      const body = bytes.subarray(entry.content, entry.end);
      yield await readEntry(payloads, {
        index,
        batch: group.after.batch,
        segment: file.first,
        body,
      });
    }
  }
  if (step.value.tail.state === "damaged") throw new LogDamagedError(step.value.tail.damage);
}

function cursorAt(
  files: LogFiles,
  directory: string,
  survey: Survey,
  { from, place }: { readonly from: number; readonly place: LogPlace | undefined },
): PayloadCursor {
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
  });
}

async function readEntry(
  payloads: PayloadCursor,
  record: {
    readonly index: number;
    readonly batch: number;
    readonly segment: number;
    readonly body: Buffer;
  },
): Promise<LogEntry> {
  const { index, batch, segment } = record;
  const body = new Uint8Array(record.body);
  const reference = readReference(record.body);
  if (reference === undefined) return { index, body };
  const payload = await payloads.take({ index, batch, segment, reference });
  switch (payload.kind) {
    case "present":
      return { index, body, payload: new Uint8Array(payload.bytes) };
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
