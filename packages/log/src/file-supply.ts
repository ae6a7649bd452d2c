import { HoldfastError } from "@holdfast/model";
import { removeIfThere, systemCode, writeAll } from "./files.ts";
import type { LogFile, LogFiles } from "./files.ts";
import { preparedName } from "./layout.ts";
import { formatLimits } from "./limits.ts";

/** A file full of zeros that are on stable storage. */
export interface PreparedFile {
  readonly file: LogFile;
  readonly bytes: number;
}

/** Written and synced at a time, so that no append waits behind a large flush. */
const stepBytes = 4 * 1024 * 1024;

/**
 * Makes the next file of a series before it is needed: filled with zeros, so that an append only
 * overwrites and its fdatasync has no metadata to write. What it makes is never evidence.
 */
export class FileSupply {
  readonly #files: LogFiles;
  readonly #folder: string;
  readonly #path: string;
  #preparing: Promise<PreparedFile | undefined> | undefined;
  #lacksSpace = false;

  /** @param folder the system's path of the series' folder */
  constructor(files: LogFiles, folder: string) {
    this.#files = files;
    this.#folder = folder;
    this.#path = `${folder}/${preparedName}`;
  }

  /** Begins to prepare a file of this many bytes, unless one is there or under way. */
  prepare(bytes: number): void {
    // What goes wrong here is tried again, and then told, when the file is taken.
    this.#preparing ??= this.#make(bytes).catch((error: unknown) => {
      this.#lacksSpace = error instanceof HoldfastError && error.code === "log_no_space";
      if (this.#lacksSpace) this.#preparing = undefined;
      return undefined;
    });
  }

  /** Whether the disk was full when a file was last to be made. */
  get lacksSpace(): boolean {
    return this.#lacksSpace;
  }

  /**
   * The prepared file under its name, both on stable storage; one of `bytes` is made now when
   * none of at least `bytesMin` is ready. Replaces an empty file of that name.
   *
   * @throws HoldfastError `log_no_space` when the disk is full; then nothing has changed
   */
  async take(
    path: string,
    sizes: { readonly bytes: number; readonly bytesMin: number },
  ): Promise<PreparedFile> {
    let prepared = await this.#preparing;
    this.#preparing = undefined;
    if (prepared !== undefined && prepared.bytes < sizes.bytesMin) {
      await this.#discard(prepared);
      prepared = undefined;
    }
    const least = Math.ceil(sizes.bytesMin / formatLimits.blockBytes) * formatLimits.blockBytes;
    prepared ??= await this.#make(Math.max(sizes.bytes, least));
    await this.#files.rename(this.#path, path);
    await this.#files.syncDirectory(this.#folder);
    return prepared;
  }

  /** Removes what is prepared. */
  async close(): Promise<void> {
    const prepared = await this.#preparing;
    this.#preparing = undefined;
    if (prepared !== undefined) await this.#discard(prepared);
  }

  /** Removes what an earlier process prepared: whether it was filled to its end is not known. */
  async removeLeftover(): Promise<void> {
    await removeIfThere(this.#files, this.#path);
  }

  async #make(bytes: number): Promise<PreparedFile> {
    let file: LogFile | undefined;
    try {
      file = await this.#files.open(this.#path, "create");
      const zeros = Buffer.alloc(Math.min(stepBytes, bytes));
      for (let at = 0; at < bytes; at += zeros.length) {
        await writeAll(file, zeros.subarray(0, Math.min(zeros.length, bytes - at)), at);
        await file.sync();
      }
      this.#lacksSpace = false;
      return { file, bytes };
    } catch (error) {
      await file?.close().catch(() => undefined);
      await this.removeLeftover().catch(() => undefined);
      throw spaceError(error, bytes);
    }
  }

  async #discard(prepared: PreparedFile): Promise<void> {
    await prepared.file.close();
    await this.removeLeftover();
  }
}

/** A full disk as `log_no_space`; any other error as it is. */
export function spaceError(error: unknown, bytes: number): unknown {
  const code = systemCode(error);
  if (code !== "ENOSPC" && code !== "EDQUOT") return error;
  const message = `no space on disk for the next ${bytes} bytes of the log; free some`;
  return new HoldfastError("log_no_space", message, { cause: error });
}
