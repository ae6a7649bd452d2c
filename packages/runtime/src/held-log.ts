import { nodeFiles, readHolds } from "@holdfast/log";
import { HoldfastError } from "@holdfast/model";

/**
 * Makes sure that no legal hold is in force. Whoever takes something away asks while it has the
 * writer's lock, so that none can be placed in between.
 *
 * @param code of what is thrown, and what it begins with
 * @throws HoldfastError `code` while a hold is in force; `log_…`
 */
export async function needNoHold(directory: string, code: string, what: string): Promise<void> {
  const holds = await readHolds(nodeFiles, directory);
  if (holds.length === 0) return;
  const why = holds.map(({ name, reason }) => `\`${name}\` (${reason})`).join(", ");
  throw new HoldfastError(code, `${what}: ${why}`);
}
