import { createHash } from "node:crypto";
import { readWhole, systemCode } from "@holdfast/log";
import type { LogFile, LogFiles } from "@holdfast/log";
import type { WrittenFile } from "./snapshot-writer.ts";

/** Read at a time; small pieces are given back to the allocator before they cost new memory. */
const pieceBytes = 64 * 1024;

/** The bytes of a file of a snapshot; undefined when they are not the ones that were written. */
export async function readWritten(
  files: LogFiles,
  folder: string,
  { name, bytes, digest }: WrittenFile,
): Promise<Buffer | undefined> {
  const found = await readWhole(files, `${folder}/${name}`, bytes);
  if (found?.length !== bytes) return undefined;
  return `sha256:${createHash("sha256").update(found).digest("hex")}` === digest
    ? found
    : undefined;
}

/** Whether a file of a snapshot is the one that was written. */
export async function isAsWritten(
  files: LogFiles,
  folder: string,
  { name, bytes, digest }: WrittenFile,
): Promise<boolean> {
  const file = await openIfThere(files, `${folder}/${name}`);
  if (file === undefined) return false;
  try {
    if ((await file.size()) !== bytes) return false;
    const hash = createHash("sha256");
    for (let at = 0; at < bytes; at += pieceBytes) {
      hash.update(await file.read(at, Math.min(pieceBytes, bytes - at)));
    }
    return `sha256:${hash.digest("hex")}` === digest;
  } finally {
    await file.close();
  }
}

async function openIfThere(files: LogFiles, path: string): Promise<LogFile | undefined> {
  try {
    return await files.open(path, "read");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
