import { readdirSync, readFileSync } from "node:fs";

/** The files of a log. Paths are relative to it, with `/`. */
export interface Folder {
  /** names in a folder, sorted; none when it is not there */
  readonly list: (path: string) => readonly string[];
  /** all bytes of a file; undefined when it is not there */
  readonly read: (path: string) => Buffer | undefined;
}

/** The files below a directory of this machine, as they are when they are asked for. */
export function folderAt(directory: string): Folder {
  return {
    list: (path) => whenThere(() => readdirSync(`${directory}/${path}`).toSorted()) ?? [],
    read: (path) => whenThere(() => readFileSync(`${directory}/${path}`)),
  };
}

function whenThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
