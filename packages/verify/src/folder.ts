import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync } from "node:fs";

/** The files of a log. Paths are relative to it, with `/`. */
export interface Folder {
  /** names in a folder, sorted; none when it is not there */
  readonly list: (path: string) => readonly string[];
  /** all bytes of a file, none of what is no file; undefined when it is not there */
  readonly read: (path: string) => Buffer | undefined;
}

/** The files below a directory of this machine, as they are when they are asked for. */
export function folderAt(directory: string): Folder {
  return {
    list: (path) => whenThere(() => readdirSync(`${directory}/${path}`).toSorted()) ?? [],
    read: (path) => whenThere(() => readStored(`${directory}/${path}`)),
  };
}

/** What is no file, such as a pipe, which would be waited for, or a device without an end, has no bytes. */
function readStored(path: string): Buffer {
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    return fstatSync(descriptor).isFile() ? readFileSync(descriptor) : Buffer.alloc(0);
  } finally {
    closeSync(descriptor);
  }
}

function whenThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
