import type { FileEntry, FilePort } from "@holdfast/facts";
import { lstatSync, readlinkSync } from "node:fs";
import type { Stats } from "node:fs";

/** The file system of this machine as facts see it. Each look-up waits for the disk. */
export const machineFiles: FilePort = {
  entry(path) {
    try {
      const found = lstatSync(path, { throwIfNoEntry: false });
      return found === undefined ? undefined : entryOf(path, found);
    } catch (error) {
      return isAbsent(error) ? undefined : "denied";
    }
  },
};

function entryOf(path: string, found: Stats): FileEntry {
  const links = found.nlink;
  if (found.isSymbolicLink()) return { kind: "link", target: readlinkSync(path), links };
  if (found.isFile()) return { kind: "file", links };
  return { kind: found.isDirectory() ? "folder" : "other", links };
}

/** Gone between two look-ups, or below what is no folder. */
function isAbsent(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENOENT" || code === "ENOTDIR";
}
