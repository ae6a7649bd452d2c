import type { LogFiles } from "./files.ts";
import { nodeFiles } from "./node-files.ts";
import { surveyLog } from "./survey.ts";
import { headOf } from "./tree.ts";
import type { LogHead } from "./tree.ts";
import { walkRecords } from "./walk.ts";

/**
 * The tree over the first `size` records; undefined when there are fewer. Reads from the segment
 * that holds the last of them, whose header is believed.
 *
 * @throws HoldfastError `log_missing` when there is no log
 */
export async function headAt(
  directory: string,
  size: number,
  files: LogFiles = nodeFiles,
): Promise<LogHead | undefined> {
  const survey = await surveyLog(files, directory);
  const live = await files.isLocked(directory);
  const walk = walkRecords({ files, directory, survey, from: Math.max(0, size - 1), live });
  for await (const { group } of walk) {
    if (group.after.frontier.size < size) continue;
    const frontier = group.before.frontier.copy();
    for (const leaf of group.leaves) {
      if (frontier.size === size) break;
      frontier.push(leaf);
    }
    return frontier.size === size ? headOf(frontier) : undefined;
  }
  return undefined;
}
