import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import type { PolicyFileText } from "@holdfast/engine";
import { makeFolder } from "@holdfast/log";
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
 * Puts `files` in the place of everything in the folder. WHY in steps: after a crash at any of
 * them the policy folder holds the old set, the new one, or both, never a part of one and never
 * nothing where a set was. Both are refused when they share a document, and grant nothing that
 * neither grants when they do not.
 */
export function replaceFolder(folder: string, files: readonly PolicyFileText[]): void {
  const place = existsSync(folder) ? realpathSync(folder) : resolve(folder);
  // Names that begin with a dot are no part of a policy folder.
  const hidden = (what: string) =>
    join(dirname(place), `.${basename(place)}.${what}-${process.pid}`);
  const [next, old] = [hidden("next"), hidden("old")];
  try {
    makeFolder(next);
    for (const { path, text } of files) {
      const target = join(next, relative(folder, path));
      makeFolder(dirname(target));
      writeFileSync(target, text, { flag: "wx" });
    }
    if (existsSync(place)) exchange({ place, next, old });
    else renameSync(next, place);
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
  rmSync(old, { recursive: true, force: true });
}

function exchange({ place, next, old }: Record<"place" | "next" | "old", string>): void {
  const beside = `${place}.next-${process.pid}`;
  renameSync(next, beside);
  try {
    renameSync(place, old);
    renameSync(beside, place);
  } catch (error) {
    if (existsSync(old)) renameSync(old, place);
    renameSync(beside, next);
    throw error;
  }
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
