import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { sep } from "node:path";
import type { PolicyFileText } from "@holdfast/engine";
import { badArguments } from "./failure.ts";

/** The first line of every printed file, up to the name of its module. */
const mark = "printed by `holdfast print` from";

const owner: FolderOwner = {
  mark,
  refusal: (path) =>
    `\`${path}\` was not printed by \`holdfast print\`; give \`--out\` a folder of its own`,
};

/** A command that owns the folder it writes. */
export interface FolderOwner {
  /** how each of its files begins, behind `# ` */
  readonly mark: string;
  readonly refusal: (path: string) => string;
}

/** The comment that makes a file a printed one. */
export function headerOf(module: string): string {
  return `${mark} ${module}; change that, not this`;
}

/** One file of a folder that differs from what would be printed. */
export interface Difference {
  readonly change: "add" | "change" | "remove";
  readonly path: string;
}

/**
 * How a folder differs from `files`, whose paths begin with it; sorted by path.
 *
 * @throws CommandFailure when it holds anything that was not printed: print owns its folder, so
 * that a document whose definition is gone does not stay in force
 */
export function differencesOf(folder: string, files: readonly PolicyFileText[]): Difference[] {
  const present = new Map(filesMarked(folder, owner).map(({ path, text }) => [path, text]));
  const wanted = new Map(files.map(({ path, text }) => [path, text]));
  const found: Difference[] = [];
  for (const [path, text] of wanted) {
    const before = present.get(path);
    if (before === undefined) found.push({ change: "add", path });
    else if (before !== text) found.push({ change: "change", path });
  }
  for (const path of present.keys()) if (!wanted.has(path)) found.push({ change: "remove", path });
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * The files of a folder, which all bear the mark of the command that owns it; none of a folder that is
 * not there.
 *
 * @throws CommandFailure when it holds anything else, links and other kinds of files too, which
 * `replaceFolder` would remove
 */
export function filesMarked(folder: string, { mark: own, refusal }: FolderOwner): PolicyFileText[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const path = `${folder}/${name}`;
    const status = lstatSync(path);
    if (status.isDirectory()) return filesMarked(path, { mark: own, refusal });
    const text = status.isFile() && path.endsWith(".yaml") ? readFileSync(path, "utf8") : "";
    if (text.startsWith(`# ${own}`)) return [{ path: path.split(sep).join("/"), text }];
    throw badArguments(refusal(path));
  });
}
