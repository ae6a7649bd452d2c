import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { makeFolder } from "@holdfast/log";

/** Digest of every file below a folder, by path. */
export type Snapshot = ReadonlyMap<string, string>;

/** Lays a scene's files, text by path, into `root`, which is made when absent. */
export function layScratchFolder(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    const target = join(root, path);
    makeFolder(dirname(target));
    writeFileSync(target, text);
  }
}

/** Reads the disk itself: what really lies below `root` at this moment. */
export function takeSnapshot(root: string): Snapshot {
  const found = new Map<string, string>();
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const digest = createHash("sha256").update(readFileSync(path)).digest("hex");
    found.set(relative(root, path), digest);
  }
  return found;
}

/** Paths that were added, removed or changed between two snapshots, sorted. */
export function changedPaths(before: Snapshot, after: Snapshot): string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path)).sort();
}
