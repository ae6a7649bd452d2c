import { readdirSync, readFileSync, statSync } from "node:fs";
import { HoldfastError } from "@holdfast/model";

/** The most files a policy folder may hold, and the most bytes in all of them. */
const filesMax = 10_000;
const bytesMax = 256 * 1024 * 1024;

/** One policy file: `path` as the user named the folder, with `/`, so that messages point there. */
export interface PolicyFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Reads every `.yaml` and `.yml` below a folder, sorted by path. Names that begin with a dot
 * are left out; symbolic links to files and folders are followed, each folder once.
 *
 * @throws HoldfastError `policy_folder` when it cannot be read, holds bytes that are not UTF-8,
 * or is over a limit
 */
export function readPolicyFolder(folder: string): PolicyFile[] {
  const files: PolicyFile[] = [];
  let bytes = 0;
  for (const path of policyPaths(folder)) {
    const data = read(path);
    bytes += data.length;
    if (bytes > bytesMax || files.length >= filesMax) {
      throw new HoldfastError("policy_folder", `policy folder \`${folder}\` is too large`);
    }
    files.push({ path: path.replaceAll("\\", "/"), text: decode(data, path) });
  }
  return files.sort((left, right) => (left.path < right.path ? -1 : 1));
}

function policyPaths(folder: string): string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  const visit = (current: string) => {
    const { dev, ino } = stat(current);
    // A link back up would never end.
    if (seen.has(`${dev}:${ino}`)) return;
    seen.add(`${dev}:${ino}`);
    for (const name of names(current)) {
      if (name.startsWith(".")) continue;
      const path = `${current}/${name}`;
      if (stat(path).isDirectory()) visit(path);
      else if (/\.ya?ml$/u.test(name)) found.push(path);
    }
  };
  if (!stat(folder).isDirectory()) {
    throw new HoldfastError("policy_folder", `\`${folder}\` is not a folder`);
  }
  visit(folder.replace(/[/\\]+$/u, ""));
  return found;
}

function stat(path: string) {
  return attempt(path, () => statSync(path));
}

function names(path: string): string[] {
  return attempt(path, () => readdirSync(path));
}

function read(path: string): Buffer {
  return attempt(path, () => readFileSync(path));
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw new HoldfastError("policy_folder", `cannot read \`${path}\``, { cause });
  }
}

function decode(data: Buffer, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch (cause) {
    throw new HoldfastError("policy_folder", `\`${path}\` is not UTF-8`, { cause });
  }
}
