import type { LogFiles } from "./files.ts";
import { readBody } from "./payload-reference.ts";
import { surveyLog } from "./survey.ts";
import { readLeaves } from "./tile/leaf-reader.ts";

/** A hold in force: nothing is pruned while there is one. */
export interface Hold {
  readonly name: string;
  readonly reason: string;
  readonly by: string;
  /** ms UTC */
  readonly placedMs: number;
  /** index of its record */
  readonly sequence: number;
}

/**
 * The holds in force, oldest first, folded from the whole log. A hold in force hinders pruning, so
 * its record is still there.
 *
 * @throws HoldfastError `log_missing`; LogDamagedError where the log is damaged
 */
export async function readHolds(files: LogFiles, directory: string): Promise<readonly Hold[]> {
  const survey = await surveyLog(files, directory);
  const from = survey.records.files[0]?.first ?? 0;
  const holds = new Map<string, Hold>();
  let sequence = from;
  const range = { from, to: Number.MAX_SAFE_INTEGER };
  for await (const { entry } of readLeaves(files, directory, range)) {
    const hold = readHold(readBody(Buffer.from(entry)), sequence);
    sequence += 1;
    if (hold === undefined) continue;
    if (hold.change === "placed") holds.set(hold.hold.name, hold.hold);
    if (hold.change === "released") holds.delete(hold.hold.name);
  }
  return [...holds.values()];
}

function readHold(
  record: object,
  sequence: number,
): { readonly hold: Hold; readonly change: unknown } | undefined {
  const { kind, name, change, reason, by, time } = record as Record<string, unknown>;
  if (kind !== "hold" || typeof name !== "string") return undefined;
  const hold = { name, reason: String(reason), by: String(by), placedMs: Number(time), sequence };
  return { hold, change };
}
