import {
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { makeFolder } from "@holdfast/log";

/** One open file. Positions and lengths in bytes. */
export interface StepFile {
  size(): number;
  /** Fills a beginning of `room` from `position`; how many bytes, 0 where the file ends. */
  read(position: number, room: Uint8Array): number;
  /** Writes a beginning of `bytes` at `position`; how many, at least one. */
  write(bytes: Uint8Array, position: number): number;
  /** Returns only when everything written is on stable storage. */
  sync(): void;
  close(): void;
}

/**
 * What is asked of a file system within the step that decides, where nothing may come between: keys of
 * payloads, ids that left memory, sources of bundles. All else goes through `LogFiles`, whose calls wait.
 * What the system refuses is thrown with its `code`.
 */
export interface StepFiles {
  /** `replace` makes a new file, or an empty one of what is there; files are for this user alone. */
  open(path: string, mode: "read" | "change" | "replace"): StepFile;
  isFolder(path: string): boolean;
  /** Names in a folder; undefined when there is none. */
  list(folder: string): readonly string[] | undefined;
  rename(from: string, to: string): void;
  remove(path: string): void;
  /** Removes a folder with all that is in it. */
  removeFolder(path: string): void;
  /** Makes a folder below `within`, which has to be there; fine when it exists. */
  makeFolder(path: string, within: string): void;
  /** Returns only when the names in the folder are on stable storage. */
  syncFolder(path: string): void;
}

const flags = { read: "r", change: "r+", replace: "w+" } as const;

/** The real file system. */
export const nodeStepFiles: StepFiles = {
  open: (path, mode) => openFile(path, flags[mode]),
  isFolder: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true,
  list: (folder) => unlessMissing(() => readdirSync(folder)),
  rename: renameSync,
  remove: unlinkSync,
  removeFolder: (path) => rmSync(path, { recursive: true }),
  makeFolder: (path, within) => makeFolder(path, 0o700, within),
  syncFolder(path) {
    // Windows has no handle on a folder to sync; its file system journals the names itself.
    if (process.platform === "win32") return;
    const folder = openFile(path, "r");
    try {
      folder.sync();
    } finally {
      folder.close();
    }
  },
};

function openFile(path: string, flag: string): StepFile {
  const descriptor = openSync(path, flag, 0o600);
  return {
    size: () => fstatSync(descriptor).size,
    read: (position, room) => readSync(descriptor, room, 0, room.length, position),
    write: (bytes, position) => writeSync(descriptor, bytes, 0, bytes.length, position),
    sync: () => fsyncSync(descriptor),
    close: () => closeSync(descriptor),
  };
}

/** What a call gives; undefined where there is no such file or folder. */
export function unlessMissing<Value>(call: () => Value): Value | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** All bytes of a file; undefined when there is none. */
export function readFileOf(files: StepFiles, path: string): Buffer | undefined {
  const file = unlessMissing(() => files.open(path, "read"));
  if (file === undefined) return undefined;
  try {
    const bytes = Buffer.alloc(file.size());
    const length = fill(file, 0, bytes);
    return bytes.subarray(0, length);
  } finally {
    file.close();
  }
}

/** Reads until `room` is full or the file ends; how many bytes. */
export function fill(file: StepFile, position: number, room: Uint8Array): number {
  let done = 0;
  while (done < room.length) {
    const read = file.read(position + done, room.subarray(done));
    if (read === 0) break;
    done += read;
  }
  return done;
}

/** Puts a file in place durably and at once: after a crash there is the old one or the new one. */
export function replaceFileOf(files: StepFiles, path: string, bytes: Uint8Array): void {
  const temporary = `${path}.new`;
  const file = files.open(temporary, "replace");
  try {
    for (let at = 0; at < bytes.length;) at += file.write(bytes.subarray(at), at);
    file.sync();
  } finally {
    file.close();
  }
  files.rename(temporary, path);
  files.syncFolder(path.slice(0, path.lastIndexOf("/")));
}

/** Overwrites a file with zeros, waits until they are on stable storage, and removes it; fine when there is none. */
export function destroyFile(files: StepFiles, path: string): void {
  const file = unlessMissing(() => files.open(path, "change"));
  if (file === undefined) return;
  try {
    const size = file.size();
    const zeros = Buffer.alloc(64 * 1024);
    for (let at = 0; at < size;) {
      at += file.write(zeros.subarray(0, Math.min(zeros.length, size - at)), at);
    }
    file.sync();
  } finally {
    file.close();
  }
  files.remove(path);
}
