import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { syncFolder } from "./destroyed-file.ts";

/**
 * Puts a file in place for this user alone, durably and at once. Synchronous, since a record and
 * the key of its payload are made in one step with the decision.
 */
export function writeSecret(path: string, text: string): void {
  const temporary = `${path}.new`;
  const descriptor = openSync(temporary, "w", 0o600);
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, path);
  syncFolder(dirname(path));
}
