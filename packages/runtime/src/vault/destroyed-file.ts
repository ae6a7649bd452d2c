import { closeSync, fsyncSync, openSync, statSync, unlinkSync, writeSync } from "node:fs";

/** Overwrites a file with zeros, waits until they are on stable storage, and removes it. */
export function destroyFile(path: string): void {
  const { size } = statSync(path);
  const zeros = Buffer.alloc(64 * 1024);
  const descriptor = openSync(path, "r+");
  try {
    for (let at = 0; at < size;) {
      at += writeSync(descriptor, zeros, 0, Math.min(zeros.length, size - at), at);
    }
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  unlinkSync(path);
}

/** Waits until the names in a folder are on stable storage. */
export function syncFolder(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
