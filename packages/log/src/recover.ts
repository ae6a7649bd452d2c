import { writeAll } from "./files.ts";
import type { LogFile, LogFiles } from "./files.ts";
import { RunningDigest } from "./hash.ts";
import type { FileTail, LogTail } from "./open-check.ts";
import type { LiveFile } from "./series-writer.ts";

/**
 * Overwrites an unfinished last group with the zeros that were there before it, records first, so
 * that a crash on the way leaves the same thing to do again. Touches no byte of a whole group but
 * to write the last one once more as it is: after a failed fdatasync its pages may be in memory
 * only and no longer known as unwritten, and only a new write makes the next fdatasync count.
 *
 * @returns how many bytes were cut off
 */
export async function cutTail(files: LogFiles, directory: string, tail: LogTail): Promise<number> {
  const { records, payloads } = tail;
  const lastGroup = records.bytes.subarray(records.lastGroup, records.end);
  await withFile(files, `${directory}/${records.file.path}`, async (file) => {
    await writeAll(file, lastGroup, records.lastGroup);
    await writeAll(file, Buffer.alloc(records.until - records.end), records.end);
    await file.sync();
  });
  if (payloads === undefined || payloads.until === payloads.end) return records.until - records.end;
  await withFile(files, `${directory}/${payloads.file.path}`, async (file) => {
    await writeAll(file, Buffer.alloc(payloads.until - payloads.end), payloads.end);
    await file.sync();
  });
  return records.until - records.end + payloads.until - payloads.end;
}

/** Opens the file the next group is added to. A record segment's bytes so far are digested. */
export async function openLive(
  files: LogFiles,
  directory: string,
  tail: FileTail,
  digested: boolean,
): Promise<LiveFile> {
  const file = await files.open(`${directory}/${tail.file.path}`, "write");
  const live = { file, first: tail.file.first, bytes: tail.bytes.length, used: tail.end };
  if (!digested) return live;
  const digest = new RunningDigest();
  digest.update(tail.bytes.subarray(0, tail.end));
  return { ...live, digest };
}

async function withFile(
  files: LogFiles,
  path: string,
  use: (file: LogFile) => Promise<void>,
): Promise<void> {
  const file = await files.open(path, "write");
  try {
    await use(file);
  } finally {
    await file.close();
  }
}
