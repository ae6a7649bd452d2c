import { LogDamagedError } from "./damage.ts";
import { formatLimits } from "./limits.ts";

/** One open file. Positions and lengths in bytes. */
export interface LogFile {
  /** Length of the file now. */
  size(): Promise<number>;
  /**
   * Up to `length` bytes from `position`; fewer only where the file ends. They may lie in `room`,
   * which spares the memory of its own that they would need.
   */
  read(position: number, length: number, room?: Buffer): Promise<Buffer>;
  /** Writes a beginning of `bytes` at `position`; resolves to how many, at least one. */
  write(bytes: Uint8Array, position: number): Promise<number>;
  /** Resolves only when everything written is on stable storage (fdatasync). */
  sync(): Promise<void>;
  /** Whether a path names this very file: not any more once it was removed, moved or replaced. */
  isAt(path: string): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * All a log asks of a file system, and the one place where it touches the world. Paths are those
 * of the system, joined with `/`. Rejections carry the system's `code` (`ENOENT`, `ENOSPC`, …).
 */
export interface LogFiles {
  /** `create` makes a new file and fails with `EEXIST` when there is one. */
  open(path: string, mode: "read" | "write" | "create"): Promise<LogFile>;
  /** Names in a directory, in any order. */
  list(directory: string): Promise<readonly string[]>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /**
   * Makes the directory and those above it, for this user alone; fine when it exists. Their names
   * may be lost in a crash until the directories that hold them are synced. `within` is above it and has to
   * be there: it is not made anew when somebody removed it.
   */
  makeDirectory(path: string, within?: string): Promise<void>;
  /** Resolves only when the names in the directory are on stable storage. */
  syncDirectory(path: string): Promise<void>;
  /**
   * Resolves only when the names that lead to the directory are on stable storage, as far as this
   * user may ask for it: where it may not even read, it has made no folder.
   */
  syncWay(path: string): Promise<void>;
  /**
   * Takes the writer lock of a directory, which ends with the process at the latest.
   * @returns how to release it, or undefined when another holds it
   */
  lock(directory: string): Promise<(() => Promise<void>) | undefined>;
  /** True while some process holds the writer lock. Takes nothing. */
  isLocked(directory: string): Promise<boolean>;
  /** The id of the process that holds the writer lock, where that can be told. */
  writerOf?(directory: string): Promise<number | undefined>;
}

/** The system's error code of a rejection, such as `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Writes all of `bytes`, however short the single writes are. */
export async function writeAll(file: LogFile, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const wrote = await file.write(done === 0 ? bytes : bytes.subarray(done), position + done);
    if (wrote <= 0) throw new Error("file took none of the bytes written");
    done += wrote;
  }
}

/** Removes a file; fine when there is none. */
export async function removeIfThere(files: LogFiles, path: string): Promise<void> {
  try {
    await files.remove(path);
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
  }
}

/** Reads a file into memory that is given; resolves to how many bytes, fewer only where the file ends. */
export function windowReading(file: LogFile): (position: number, room: Buffer) => Promise<number> {
  return async (position, room) => {
    const read = await file.read(position, room.length, room);
    if (read.buffer !== room.buffer || read.byteOffset !== room.byteOffset) room.set(read);
    return read.length;
  };
}

/**
 * All bytes of a file; undefined when there is none.
 *
 * @throws LogDamagedError when it has more than `bytesMax`, that of a file of a log unless said: a file
 *   of zeros that are not stored has any length and costs who made it nothing
 */
export async function readWhole(
  files: LogFiles,
  path: string,
  bytesMax?: number,
): Promise<Buffer | undefined> {
  const file = await openIfThere(files, path);
  try {
    return await file?.read(0, await boundedSize(file, path, bytesMax));
  } finally {
    await file?.close();
  }
}

/**
 * Length of a file that is to be read.
 *
 * @throws LogDamagedError as `readWhole`
 */
export async function boundedSize(
  file: LogFile,
  path: string,
  bytesMax: number = formatLimits.fileBytes,
): Promise<number> {
  const size = await file.size();
  if (size <= bytesMax) return size;
  const message = `file has ${size} bytes, more than the ${bytesMax} it can have`;
  throw new LogDamagedError({ code: "log_file_size", file: path, offset: bytesMax, message });
}

/** A file to read; undefined when there is none. */
export async function openIfThere(files: LogFiles, path: string): Promise<LogFile | undefined> {
  try {
    return await files.open(path, "read");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
