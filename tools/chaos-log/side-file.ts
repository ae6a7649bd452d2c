import { existsSync, readFileSync } from "node:fs";

/** What a worker was promised before it was killed. */
export interface Promised {
  /** the log was opened and folded */
  readonly opened: boolean;
  readonly sessions: readonly string[];
  /** session and text of each observation */
  readonly observed: readonly string[];
  /** session of each action that was carried out, by its id */
  readonly executed: ReadonlyMap<string, string>;
  readonly ended: readonly string[];
  /** session of each action that was refused on record */
  readonly refused: ReadonlyMap<string, string>;
}

/** Reads a worker's side file. A last line that the kill cut off was promised to nobody. */
export function readSideFile(path: string): Promised {
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const sessions: string[] = [];
  const observed: string[] = [];
  const executed = new Map<string, string>();
  const ended: string[] = [];
  const refused = new Map<string, string>();
  let opened = false;
  for (const line of text.split("\n").slice(0, -1)) {
    const [word = "", first = "", second = ""] = line.split(" ");
    if (word === "open") opened = true;
    if (word === "session") sessions.push(first);
    if (word === "observed") observed.push(`${first} text of ${second}`);
    if (word === "executed") executed.set(first, second);
    if (word === "ended") ended.push(first);
    if (word === "refused") refused.set(first, second);
  }
  return { opened, sessions, observed, executed, ended, refused };
}
