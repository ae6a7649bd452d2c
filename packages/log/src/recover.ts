import { spaceError } from "./file-supply.ts";
import { removeIfThere, writeAll } from "./files.ts";
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
  try {
    await withFile(await files.open(temporary, "create"), async (copy) =>
      withFile(await files.open(path, "read"), (file) => copyWithout(file, copy, tail)),
    );
  } catch (error) {
    await removeIfThere(files, temporary).catch(() => undefined);
    throw spaceError(error, tail.length);
  }
  await files.rename(temporary, path);
  await files.syncDirectory(path.slice(0, path.lastIndexOf("/")));
  await files.syncDirectory(directory);
}

/** Copied at a time: new memory for a whole file would cost more than reading and writing it. */
const pieceBytes = 1024 * 1024;

/** Fills `copy` with the file up to the end of its last whole group, and with zeros from there on. */
async function copyWithout(file: LogFile, copy: LogFile, tail: FileTail): Promise<void> {
  const { length, end } = tail;
  const room = Buffer.alloc(Math.min(pieceBytes, length));
  for (let at = 0; at < length; at += room.length) {
    const piece = room.subarray(0, Math.min(room.length, length - at));
    const wanted = Math.min(Math.max(end - at, 0), piece.length);
    const read = await file.read(at, wanted, piece);
    if (read.length !== wanted) throw changed(tail);
    if (read.buffer !== piece.buffer || read.byteOffset !== piece.byteOffset) piece.set(read);
    await writeAll(copy, piece.fill(0, wanted), at);
  }
  if ((await file.size()) !== length) throw changed(tail);
  await copy.sync();
}

function changed(tail: FileTail): Error {
  return new Error(`\`${tail.file.path}\` changed while opened`);
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
