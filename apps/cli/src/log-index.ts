import { accessSync, constants } from "node:fs";
import { HoldfastError } from "@holdfast/model";
import { MemoryIndex } from "@holdfast/store";
import type { AuditIndex } from "@holdfast/store";
import type { QueryMeans } from "@holdfast/runtime";
import type { CommandContext } from "./command-context.ts";
import { progressLine } from "./progress.ts";

/** What an index answers that is right, and cannot be used now. */
const unusable = new Set(["index_busy", "index_full"]);

/**
 * Opens the index of a log for one command, and closes it. Where none can be kept (`--no-index`, a
 * folder that may not be written, another process that does not let go, a full disk) the whole log is read
 * instead, which takes longer and gives the same.
 */
export async function withLogIndex<T>(
  context: CommandContext,
  { data, index: wanted }: { readonly data: string; readonly index: boolean },
  use: (means: QueryMeans & { readonly index: AuditIndex }) => Promise<T>,
): Promise<T> {
  const index = wanted && isWritable(data) ? await openIndex(data) : new MemoryIndex();
  try {
    return await use({ index, progress: progressLine(context, "records indexed") });
  } catch (error) {
    if (!(error instanceof HoldfastError) || !unusable.has(error.code)) throw error;
    context.terminal().words(`${error.message}; reading the whole log instead`);
    return await use({
      index: new MemoryIndex(),
      progress: progressLine(context, "records indexed"),
    });
  } finally {
    await index.close();
  }
}

/** Loaded late: starting SQLite takes longer than most commands. */
async function openIndex(data: string): Promise<AuditIndex> {
  const { SqliteIndex } = await import("@holdfast/store/sqlite");
  return new SqliteIndex(data);
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
