import { HoldfastError } from "@holdfast/model";
import type { LogFiles } from "./files.ts";

/** `log_locked`: which process writes to the log, as far as that can be told, and what to do. */
export async function lockedError(files: LogFiles, directory: string): Promise<HoldfastError> {
  const writer = await files.writerOf?.(directory);
  const whom = writer === undefined ? "another process" : `the process ${writer}`;
  const message = `log in \`${directory}\` is being written by ${whom}; stop it, and try again`;
  return new HoldfastError("log_locked", message);
}
