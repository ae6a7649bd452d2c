import { readWhole } from "./files.ts";
import type { LogFiles } from "./files.ts";
import { minimumPath } from "./layout.ts";
import { replaceFile } from "./replace-file.ts";

/**
 * The first record that must still be there, as the last pruning left it; 0 when nothing was ever
 * pruned. A hint for whoever opens the log: `verifyLog` asks the `pruned` records themselves.
 */
export async function readMinimum(files: LogFiles, directory: string): Promise<number> {
  const bytes = await readWhole(files, `${directory}/${minimumPath}`);
  const text = bytes?.toString("utf8") ?? "";
  return /^[1-9][0-9]{0,14}\n$/u.test(text) ? Number(text) : 0;
}

/** Writes the minimum index, before anything below it goes. */
export async function writeMinimum(
  files: LogFiles,
  directory: string,
  minimum: number,
): Promise<void> {
  await replaceFile(files, `${directory}/${minimumPath}`, Buffer.from(`${minimum}\n`));
}
