import { LogTail } from "@holdfast/log";
import { keepCursor, readCursor } from "./export-cursor.ts";
import type { ExportCursor } from "./export-cursor.ts";
import { createFormatter } from "./export-format.ts";
import type { ExportFormat, Formatter } from "./export-format.ts";
import type { ExportSink } from "./export-sink.ts";
import { readOpened } from "../vault/opened-payload.ts";

/** What is exported, and how far it came. */
export interface ExportOptions {
  readonly format: ExportFormat;
  readonly version: string;
  readonly payloads: boolean;
  /** file that keeps how far the export came; without one it begins with the first record */
  readonly cursor?: string;
  /** told the number of records exported, after each batch */
  readonly progress?: (records: number) => void;
}

/** What an export did. */
export interface ExportReport {
  readonly records: number;
  /** next record to export */
  readonly position: number;
}

const batchRecords = 512;

/**
 * Sends every record of a log from where the last export ended, in order, at least once: the
 * cursor moves when a batch has arrived, so that one whose arrival was not learned of is sent again.
 *
 * Memory: one batch, and for spans the granted actions that have not ended.
 *
 * @throws HoldfastError `log_…`, `payload_…`; `export_cursor`; `export_refused` from the sink
 */
export async function exportLog(
  directory: string,
  connect: (formatter: Pick<Formatter, "contentType" | "opening">) => Promise<ExportSink>,
  options: ExportOptions,
): Promise<ExportReport> {
  const { format } = options;
  const tail = await LogTail.open(directory);
  const { log } = tail.place;
  await tail.close();
  const cursor =
    options.cursor === undefined ? undefined : await readCursor(options.cursor, { log, format });
  const formatter = createFormatter(format, { ...options, log });
  const sink = await connect(formatter);
  const begin = cursor?.position ?? 0;
  let position = begin;
  let sent = begin;
  const send = async (): Promise<void> => {
    const text = formatter.flush();
    if (text !== "") await sink.write(text);
    sent = position;
    const needed = Math.min(formatter.needed ?? position, position);
    const next: ExportCursor = { v: 1, log, format, position, needed };
    if (options.cursor !== undefined) await keepCursor(options.cursor, next);
    options.progress?.(position - begin);
  };
  try {
    for await (const entry of readOpened(directory, { from: cursor?.needed ?? 0 })) {
      formatter.take(entry, entry.index >= begin);
      position = Math.max(position, entry.index + 1);
      if (position - sent >= batchRecords) await send();
    }
    if (position > sent) await send();
  } finally {
    await sink.close();
  }
  return { records: position - begin, position };
}
