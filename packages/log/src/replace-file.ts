import { removeIfThere, writeAll } from "./files.ts";
import type { LogFile, LogFiles } from "./files.ts";

/**
 * Puts a file in place durably and at once: after a crash there is the old one or the new one.
 * What is being made is `<path>.new`.
 */
export async function replaceFile(files: LogFiles, path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.new`;
  await removeIfThere(files, temporary);
  await fillFile(await files.open(temporary, "create"), bytes);
  await files.rename(temporary, path);
  await files.syncDirectory(path.slice(0, path.lastIndexOf("/")));
}

async function fillFile(file: LogFile, bytes: Uint8Array): Promise<void> {
  try {
    await writeAll(file, bytes, 0);
    await file.sync();
  } finally {
    await file.close();
  }
}
