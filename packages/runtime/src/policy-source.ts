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
 * Reads every `.yaml` and `.yml` below a folder, in any letter case, sorted by path. Names that
 * begin with a dot are left out; symbolic links to files and folders are followed, each folder
 * once. A file that looks like a policy and is none (`x.json`, `x.yaml.bak`, `x.yml~`) is an
 * error, since its author may believe that it is in force; all others, such as `README.md`, are
 * passed over.
 *
 * @throws HoldfastError `policy_folder` when it cannot be read, holds bytes that are not UTF-8 or
 * a file that only looks like a policy, or is over a limit
 */
export function readPolicyFolder(folder: string): PolicyFile[] {
  const files: PolicyFile[] = [];
  let bytes = 0;
  for (const path of policyPaths(folder).files) {
    const data = read(path);
    bytes += data.length;
    if (bytes > bytesMax || files.length >= filesMax) {
      throw new HoldfastError("policy_folder", `policy folder \`${folder}\` is too large`);
    }
    files.push({ path: path.replaceAll("\\", "/"), text: decode(data, path) });
  }
  return files.sort((left, right) => (left.path < right.path ? -1 : 1));
}

/** What a policy folder is made of, each path as the folder was named and below it. */
export interface PolicyPaths {
  readonly files: readonly string[];
  /** the folder itself first */
  readonly folders: readonly string[];
}

/**
 * The policy files below a folder, and every folder one could be put in.
 *
 * @throws HoldfastError `policy_folder`
 */
export function policyPaths(folder: string): PolicyPaths {
  return pathsBelow(folder, { skipped: [], refuses: true });
}

/**
 * Every YAML file below a folder that may hold more than policies, as `readPolicyFolder` reads
 * them; other files are passed over, and so are folders called `node_modules`.
 *
 * @throws HoldfastError `policy_folder` when it cannot be read, or holds YAML that is not UTF-8
 */
export function readYamlBelow(folder: string): PolicyFile[] {
  const { files } = pathsBelow(folder, { skipped: ["node_modules"], refuses: false });
  return files
    .map((path) => ({ path: path.replaceAll("\\", "/"), text: decode(read(path), path) }))
    .sort((left, right) => (left.path < right.path ? -1 : 1));
}

interface Walk {
  /** names of folders that are passed over */
  readonly skipped: readonly string[];
  /** whether a file that only looks like a policy is an error */
  readonly refuses: boolean;
}

function pathsBelow(folder: string, { skipped, refuses }: Walk): PolicyPaths {
  const files: string[] = [];
  const folders: string[] = [];
  const seen = new Set<string>();
  const visit = (current: string) => {
    const { dev, ino } = stat(current);
    // A link back up would never end.
    if (seen.has(`${dev}:${ino}`)) return;
    seen.add(`${dev}:${ino}`);
    folders.push(current);
    for (const name of names(current)) {
      if (name.startsWith(".") || skipped.includes(name)) continue;
      const path = `${current}/${name}`;
      const status = stat(path);
      if (status.isDirectory()) visit(path);
      else if (/\.ya?ml$/iu.test(name)) {
        // Reading a pipe or a device waits for ever, or never ends.
        if (!status.isFile()) {
          throw new HoldfastError(
            "policy_folder",
            `\`${path}\` is a pipe or a device, and no file`,
          );
        }
        files.push(path);
      } else if (refuses && looksLikePolicy.test(name)) {
        const message = `\`${path}\` is no policy file; name it \`.yaml\` or move it elsewhere`;
        throw new HoldfastError("policy_folder", message);
      }
    }
  };
  if (!stat(folder).isDirectory()) {
    throw new HoldfastError("policy_folder", `\`${folder}\` is not a folder`);
  }
  visit(folder.replace(/[/\\]+$/u, ""));
  return { files, folders };
}

/** A data format policies are not written in, or a YAML file under another name. */
const looksLikePolicy = /\.(?:json[5c]?|toml)$|\.ya?ml[^\p{L}\p{N}]/iu;

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
