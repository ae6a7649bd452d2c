import { spaceError } from "./file-supply.ts";
import { readWhole, removeIfThere, writeAll } from "./files.ts";
import type { LogFile, LogFiles } from "./files.ts";
import { recoveryPath } from "./layout.ts";
import type { FileTail, LogTail } from "./open-check.ts";
import type { LiveFile } from "./series-writer.ts";

/**
 * Cuts off an unfinished last group, records first: puts a copy of the file in its place that has
 * zeros there, so that no crash can leave it cut in part. Where nothing is to be cut, writes the
 * last whole group once more as it is: after a failed fdatasync its pages may be in memory only
 * and no longer known as unwritten, and only a new write makes the next fdatasync count.
 *
 * @returns how many bytes were cut off
 * @throws HoldfastError `log_no_space` when there is no room for the copy; nothing was changed
 */
export async function cutTail(files: LogFiles, directory: string, tail: LogTail): Promise<number> {
  const { records, payloads } = tail;
  if (records.until === records.end) {
    const { lastGroup, lastBytes } = records;
    await withFile(await files.open(`${directory}/${records.file.path}`, "write"), async (file) => {
      await writeAll(file, lastBytes, lastGroup);
      await file.sync();
    });
  }
  await removeIfThere(files, `${directory}/${recoveryPath}`);
  let cut = 0;
  for (const end of payloads === undefined ? [records] : [records, payloads]) {
    if (end.until > end.end) await replaceFile(files, directory, end);
    cut += end.until - end.end;
  }
  return cut;
}

async function replaceFile(files: LogFiles, directory: string, tail: FileTail): Promise<void> {
  const temporary = `${directory}/${recoveryPath}`;
  const path = `${directory}/${tail.file.path}`;
  const found = await readWhole(files, path);
  if (found?.length !== tail.length) throw new Error(`\`${tail.file.path}\` changed while opened`);
  const bytes = found.fill(0, tail.end);
  try {
    await withFile(await files.open(temporary, "create"), async (file) => {
      await writeAll(file, bytes, 0);
      await file.sync();
    });
  } catch (error) {
    await removeIfThere(files, temporary).catch(() => undefined);
    throw spaceError(error, bytes.length);
  }
  await files.rename(temporary, path);
  await files.syncDirectory(path.slice(0, path.lastIndexOf("/")));
  await files.syncDirectory(directory);
}

/** Opens the file the next group is added to, with the digest of a record segment so far. */
export async function openLive(
  files: LogFiles,
  directory: string,
  tail: FileTail & Partial<Pick<LogTail["records"], "digest" | "lastGroup">>,
): Promise<LiveFile> {
  const file = await files.open(`${directory}/${tail.file.path}`, "write");
  const { digest, lastGroup = 0 } = tail;
  const live = { file, first: tail.file.first, bytes: tail.length, used: tail.end, lastGroup };
  return digest === undefined ? live : { ...live, digest };
}

async function withFile(file: LogFile, use: (file: LogFile) => Promise<void>): Promise<void> {
  try {
    await use(file);
  } finally {
    await file.close();
  }
}
