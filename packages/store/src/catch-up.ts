import { LogTail } from "@holdfast/log";
import type { LogFiles, TailEntry, TailPlace } from "@holdfast/log";
import { HoldfastError } from "@holdfast/model";
import type { AuditIndex } from "./audit-index.ts";
import { indexRow } from "./index-row.ts";

export interface CatchUpOptions {
  readonly files?: LogFiles;
  /** told the number of records indexed, after each batch */
  readonly progress?: (size: number) => void;
  /** ends it after the batch at hand */
  readonly isOver?: () => boolean;
}

/** Records that are taken into an index at once. */
const batchRecords = 4096;

/**
 * Brings an index up to the last whole group of a log; gives the number of records it covers. An
 * index of another log, or of a history that is not this log's any more, is made anew.
 *
 * Memory: one batch, however far the index is behind.
 *
 * @throws LogDamagedError (`log_damaged`) where the log is damaged, after what stands before it
 * @throws HoldfastError `log_missing`, `record_invalid`
 */
export async function catchUp(
  index: AuditIndex,
  directory: string,
  options: CatchUpOptions = {},
): Promise<number> {
  const { progress = () => undefined, isOver = () => false } = options;
  let tail = await openTail(index, directory, options.files);
  try {
    while (!isOver()) {
      const from = tail.size;
      const { entries, place, failure } = await nextBatch(tail);
      if (entries.length === 0) {
        if (failure !== undefined) throw failure.error;
        break;
      }
      const rows = entries.flatMap((entry) => indexRow(entry) ?? []);
      if (await index.apply({ from, rows, place })) {
        progress(tail.size);
        continue;
      }
      await tail.close();
      tail = await openTail(index, directory, options.files);
    }
    return tail.size;
  } finally {
    await tail.close();
  }
}

async function openTail(
  index: AuditIndex,
  directory: string,
  files: LogFiles | undefined,
): Promise<LogTail> {
  const common = files === undefined ? {} : { files };
  const place = await index.place();
  if (place === undefined) return LogTail.open(directory, common);
  try {
    return await LogTail.open(directory, { ...common, place });
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== "log_place") throw error;
    await index.clear();
    return LogTail.open(directory, common);
  }
}

/** A batch; one that ends at an error is given first, and empty with the error the next time. */
async function nextBatch(tail: LogTail): Promise<{
  readonly entries: readonly TailEntry[];
  readonly place: TailPlace;
  readonly failure?: { readonly error: unknown };
}> {
  const entries: TailEntry[] = [];
  try {
    while (entries.length < batchRecords) {
      const group = await tail.next();
      if (group === undefined) break;
      entries.push(...group);
    }
  } catch (error) {
    return { entries, place: tail.place, failure: { error } };
  }
  return { entries, place: tail.place };
}
