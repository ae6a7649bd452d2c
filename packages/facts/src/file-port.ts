/** What stands at a path of the machine where the call would run; links are not followed. */
export interface FileEntry {
  readonly kind: "file" | "folder" | "link" | "other";
  /** of a link: what it points to, as it is written */
  readonly target?: string;
  /** how many names the file has */
  readonly links: number;
}

/**
 * The file system as facts about paths see it: the real one in the runtime, a made one in tests.
 * Only absolute paths whose parent is a folder and no link are asked for.
 */
export interface FilePort {
  /** `undefined`: nothing is there; `"denied"`: it cannot be told what is */
  entry(path: string): FileEntry | "denied" | undefined;
}
