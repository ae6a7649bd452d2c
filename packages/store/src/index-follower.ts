import { LogTail } from "@holdfast/log";
import type { LogFiles, TailEntry, TailPlace } from "@holdfast/log";
import { HoldfastError } from "@holdfast/model";
import type { AuditIndex } from "./audit-index.ts";
import { indexRow } from "./index-row.ts";

export interface CatchUpOptions {
  /** told the number of records indexed, after each batch */
  readonly progress?: (size: number) => void;
  /** ends it after the batch at hand */
  readonly isOver?: () => boolean;
}

export interface FollowerOptions {
  readonly files?: LogFiles;
  /** records that are taken into the index at once, in whole groups; default 4,096 */
  readonly batchRecords?: number;
}

/**
 * Keeps an index in step with a log: each `catchUp` goes on where the last one ended. An index of
 * another log, or of a history that is not this log's any more, is made anew.
 *
 * Memory: one batch, however far the index is behind.
 */
export class IndexFollower {
  readonly #index: AuditIndex;
  readonly #directory: string;
  readonly #files: { readonly files?: LogFiles };
  readonly #batchRecords: number;
  #tail: LogTail | undefined;

  constructor(index: AuditIndex, directory: string, options: FollowerOptions = {}) {
    this.#index = index;
    this.#directory = directory;
    this.#files = options.files === undefined ? {} : { files: options.files };
    this.#batchRecords = options.batchRecords ?? 4096;
  }

  /**
   * Brings the index up to the last whole group of the log; gives the number of records it covers.
   * After an error the next call begins at the place of the index.
   *
   * @throws LogDamagedError (`log_damaged`) where the log is damaged, after what stands before it
   * @throws HoldfastError `log_missing`, `record_invalid`; what the index throws
   */
  async catchUp(options: CatchUpOptions = {}): Promise<number> {
    try {
      return await this.#catchUp(options);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const tail = this.#tail;
    this.#tail = undefined;
    await tail?.close();
  }

  async #catchUp({
    progress = () => undefined,
    isOver = () => false,
  }: CatchUpOptions): Promise<number> {
    let tail = (this.#tail ??= await this.#open());
    while (!isOver()) {
      const from = tail.size;
      const { entries, place, failure } = await this.#nextBatch(tail);
      if (entries.length === 0) {
        if (failure !== undefined) throw failure.error;
        break;
      }
      const rows = entries.flatMap((entry) => indexRow(entry) ?? []);
      if (await this.#index.apply({ from, rows, place })) {
        progress(tail.size);
        continue;
      }
      // Another process was faster, or the index is made anew: go on where it stands now.
      await this.close();
      tail = this.#tail = await this.#open();
    }
    return tail.size;
  }

  async #open(): Promise<LogTail> {
    const place = await this.#index.place();
    if (place === undefined) return LogTail.open(this.#directory, this.#files);
    try {
      return await LogTail.open(this.#directory, { ...this.#files, place });
    } catch (error) {
      if (!(error instanceof HoldfastError) || error.code !== "log_place") throw error;
      await this.#index.clear();
      return LogTail.open(this.#directory, this.#files);
    }
  }

  /** A batch; one that ends at an error is given first, and empty with the error the next time. */
  async #nextBatch(tail: LogTail): Promise<{
    readonly entries: readonly TailEntry[];
    readonly place: TailPlace;
    readonly failure?: { readonly error: unknown };
  }> {
    const entries: TailEntry[] = [];
    try {
      while (entries.length < this.#batchRecords) {
        const group = await tail.next();
        if (group === undefined) break;
        entries.push(...group);
      }
    } catch (error) {
      return { entries, place: tail.place, failure: { error } };
    }
    return { entries, place: tail.place };
  }
}

/**
 * Brings an index up to the last whole group of a log, once; see `IndexFollower.catchUp`.
 *
 * @throws LogDamagedError (`log_damaged`); HoldfastError `log_missing`, `record_invalid`
 */
export async function catchUp(
  index: AuditIndex,
  directory: string,
  options: CatchUpOptions & FollowerOptions = {},
): Promise<number> {
  const follower = new IndexFollower(index, directory, options);
  try {
    return await follower.catchUp(options);
  } finally {
    await follower.close();
  }
}
