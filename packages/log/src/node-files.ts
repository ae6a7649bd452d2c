import { open, readdir, rename, unlink } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { constants, existsSync, mkdirSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { systemCode } from "./files.ts";
import type { LogFile, LogFiles } from "./files.ts";
import { holdsWriterLock, takeWriterLock, writerOf } from "./writer-lock.ts";

const flags = {
  // WHY not blocking: a pipe by the name of a file would be waited for, for ever. Files do not care.
  read: constants.O_RDONLY | (constants.O_NONBLOCK ?? 0),
  write: constants.O_RDWR,
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL,
} as const;

/** The real file system. Files are readable by their owner alone. */
export const nodeFiles: LogFiles = {
  async open(path, mode) {
    return new NodeFile(await open(path, flags[mode], 0o600));
  },
  list: (directory) => readdir(directory),
  rename: (from, to) => rename(from, to),
  remove: (path) => unlink(path),
  async makeDirectory(path, within) {
    await Promise.resolve();
    makeFolder(path, 0o700, within);
  },
  syncDirectory: (path) => syncFolder(path),
  async syncWay(path) {
    for (let at = resolve(path); dirname(at) !== at; at = dirname(at)) {
      try {
        await syncFolder(dirname(at));
      } catch (error) {
        if (!notOurs.has(systemCode(error) ?? "")) throw error;
      }
    }
  },
  lock: (directory) => takeWriterLock(directory),
  writerOf: (directory) => writerOf(directory),
  isLocked: (directory) => holdsWriterLock(directory),
};

/** What the system answers for folders in which this user makes none. */
const notOurs: ReadonlySet<string> = new Set(["EACCES", "EINVAL", "EPERM", "EROFS"]);

async function syncFolder(path: string): Promise<void> {
  // Windows has no handle on a directory to sync; its file system journals the names itself.
  if (process.platform === "win32") return;
  const directory = await open(path, constants.O_RDONLY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/**
 * Makes a folder and those above it, each with `mode`, but for `within` and what is above that; fine when
 * it exists.
 *
 * WHY not `recursive`: where a parent exists and still answers `ENOENT`, as `/proc` does, Node
 * asks for ever.
 *
 * @throws what the system answers, with its `code`
 */
export function makeFolder(path: string, mode?: number, within?: string): void {
  const missing: string[] = [];
  const end = within === undefined ? undefined : resolve(within);
  for (let at = resolve(path); at !== end && dirname(at) !== at; at = dirname(at)) {
    if (existsSync(at)) break;
    missing.push(at);
  }
  for (const folder of missing.reverse()) {
    try {
      mkdirSync(folder, mode);
    } catch (error) {
      // Somebody else may have made it meanwhile.
      if (systemCode(error) !== "EEXIST" || !isFolder(folder)) throw error;
    }
  }
  // A folder that was there is fine, anything else by its name is not.
  if (!isFolder(path)) mkdirSync(path, mode);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/**
 * Where an open file is now, and the folder of its path; a file that is gone, and a path whose links lead
 * elsewhere now, have another answer. Undefined where nobody tells.
 */
function linkOf(descriptor: number, path: string): string | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    const folder = realpathSync.native(dirname(path));
    return `${folder}\0${readlinkSync(`/proc/self/fd/${descriptor}`)}`;
  } catch {
    return undefined;
  }
}

/** Asked for more than 2 GiB at once, Node ends the process. */
const readBytesMax = 1024 * 1024 * 1024;

class NodeFile implements LogFile {
  readonly #handle: FileHandle;
  /** a path that named the file, and what the system said then of where it is */
  #seen: { readonly path: string; readonly link: string } | undefined;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async size(): Promise<number> {
    return (await this.#handle.stat()).size;
  }

  async read(position: number, length: number, room?: Buffer): Promise<Buffer> {
    const fits = room !== undefined && room.length >= length;
    const bytes = fits ? room : Buffer.allocUnsafe(length);
    let done = 0;
    while (done < length) {
      const wanted = Math.min(length - done, readBytesMax);
      const { bytesRead } = await this.#handle.read(bytes, done, wanted, position + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return bytes.subarray(0, done);
  }

  async write(bytes: Uint8Array, position: number): Promise<number> {
    return (await this.#handle.write(bytes, 0, bytes.length, position)).bytesWritten;
  }

  sync(): Promise<void> {
    return this.#handle.datasync();
  }

  /**
   * WHY by its link in /proc where there is one (proc_pid_fd(5)): asking for the times of a file makes Linux
   * from 6.13 on store them with the next write, which cost more than the flush. Synchronous, since the
   * system answers from memory.
   */
  async isAt(path: string): Promise<boolean> {
    const link = linkOf(this.#handle.fd, path);
    if (link !== undefined && this.#seen?.path === path) return this.#seen.link === link;
    const own = await this.#handle.stat({ bigint: true });
    const found = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (found?.ino !== own.ino || found.dev !== own.dev) return false;
    if (link !== undefined) this.#seen = { path, link };
    return true;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
