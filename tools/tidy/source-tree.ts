import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Text files by path, with `/`, relative to the root of the repository. */
export type SourceTree = ReadonlyMap<string, string>;

/** What breaks a rule, and where. */
export interface Finding {
  readonly rule: string;
  readonly path: string;
  /** from 1; 0 when it is the file itself */
  readonly line: number;
  readonly message: string;
}

/** Every file that git knows or would add, binary ones left out. */
export function readSourceTree(root: string): SourceTree {
  const list = execFileSync("git", ["ls-files", "-z", "-co", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  const tree = new Map<string, string>();
  for (const path of list.split("\0")) {
    // A file that was deleted but not yet committed is still listed.
    if (path === "" || !existsSync(join(root, path))) continue;
    const text = readFileSync(join(root, path), "utf8");
    if (!text.includes("\0")) tree.set(path, text);
  }
  return tree;
}

/** `path:line rule: message`, one per line, sorted: what a failing test shows. */
export function findingLines(findings: readonly Finding[]): string[] {
  return findings
    .map(({ rule, path, line, message }) => `${path}:${line} ${rule}: ${message}`)
    .sort();
}
