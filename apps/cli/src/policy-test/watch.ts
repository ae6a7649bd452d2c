import { statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { policyPaths } from "@holdfast/runtime";

/** How often the folder is looked at. */
const pollMs = 200;

/** What a watch needs to run and to end. */
export interface Watch {
  readonly folder: string;
  /** runs once and never rejects */
  readonly run: () => Promise<void>;
  /** aborted when the watch shall end */
  readonly signal: AbortSignal;
}

/**
 * Runs at once, and again whenever policy files have changed and then stayed the same for one look,
 * so that a file an editor is still writing is not read in the middle. Looks instead of listening:
 * notifications differ between systems and are lost on network folders.
 */
export async function watchFolder({ folder, run, signal }: Watch): Promise<void> {
  let seen = stampOf(folder);
  let done: string | undefined;
  while (!signal.aborted) {
    const stamp = stampOf(folder);
    if (stamp === seen && stamp !== done) {
      done = stamp;
      await run();
    }
    seen = stamp;
    try {
      await sleep(pollMs, undefined, { signal });
    } catch {
      return;
    }
  }
}

/** What changes when a policy file does; a folder that cannot be read is a state like any other. */
function stampOf(folder: string): string {
  try {
    const { files, folders } = policyPaths(folder);
    const stamps = files.map((path) => {
      const { ino, mtimeMs, size } = statSync(path);
      return `${path} ${ino} ${mtimeMs} ${size}`;
    });
    return [...folders, ...stamps].join("\n");
  } catch (error) {
    return `unreadable: ${error instanceof Error ? error.message : String(error)}`;
  }
}
