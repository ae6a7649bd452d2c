import { foldText, lowerAscii, upperAscii } from "@holdfast/model";
import { statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import type { Json } from "@holdfast/model";
import { bothReadings, readPath } from "./path-reading.ts";
import { realBelow, realPath } from "./real-path.ts";
import type { Links } from "./real-path.ts";

/** Arguments with more strings than this are not looked through, but count as reaching. */
const textsMax = 100_000;

/** The same for arguments with more pairs of a folder and a text below it than this. */
const pairsMax = 50_000;

interface Protected {
  readonly path: string;
  readonly ignoresCase: boolean;
}

/** Tells whether arguments name something below the paths that govern the agent. */
export interface ProtectedPaths {
  /**
   * True when any string at any depth of `value`, keys included, leads into a protected path, or when
   * one of `patterns` (absolute paths, in which `*`, `?` and `[` stand for names) could stand for one.
   */
  reaches(value: Json, bases: readonly string[], patterns?: readonly string[]): boolean;
}

/**
 * Guards Holdfast's own configuration, policies and data against the agents they govern
 * (POLICY.md section 5, invariant 11). Each string of the arguments is taken as a path: as it
 * stands, as a `file:` URL (see `readPath`; one that cannot be read counts as reaching), below
 * `~`, relative to each of `bases`, and below every absolute path of the same arguments, since a
 * tool may join two of them. Symbolic links are followed as the system would, dangling ones too,
 * and `..` both before and after links, since tools differ in that. Letter case follows the file
 * system the protected path lies on.
 *
 * Limits: strings that merely contain a path, such as SQL text, are not looked into; of shell
 * commands the fact `shell` tells what they write (see `writtenPaths`). An ancestor of a protected path is not protected: a
 * tool that removes or moves whole folders needs a policy of its own. Nothing here can see a
 * hard link, or a link that is made after the check or that a pattern stands for, or a path that a
 * tool puts together from three strings and more.
 */
export function createProtectedPaths(paths: readonly string[]): ProtectedPaths {
  const guarded = guardedOf(paths);
  return {
    reaches(value, bases, patterns = []) {
      if (patterns.some((pattern) => isPatternGuarded(pattern, guarded))) return true;
      const links: Links = new Map();
      const found = new Set<string>();
      collectTexts(value, found);
      if (found.size > textsMax) return true;
      const folders = new Set<string>();
      for (const text of found) {
        const { paths: named, absolute, unreadable } = readPath(text, bases);
        if (unreadable) return true;
        if (named.some((path) => isGuarded(realPath(path, links), guarded))) return true;
        for (const path of absolute) folders.add(realPath(path, links) ?? path);
      }
      return reachesBelow(folders, found, { guarded, links });
    },
  };
}

/** The real paths, without those that lie below another of them. */
function guardedOf(paths: readonly string[]): readonly Protected[] {
  const links: Links = new Map();
  const real = paths.map((path) => realPath(resolve(path), links) ?? resolve(path));
  const guarded: Protected[] = [];
  for (const path of [...new Set(real)].sort((one, other) => one.length - other.length)) {
    if (!isGuarded(path, guarded)) guarded.push({ path, ignoresCase: ignoresCase(path) });
  }
  return guarded;
}

/** True when one of the texts leads into a protected path from one of the folders. */
function reachesBelow(
  folders: ReadonlySet<string>,
  texts: ReadonlySet<string>,
  { guarded, links }: { readonly guarded: readonly Protected[]; readonly links: Links },
): boolean {
  if (folders.size * texts.size > pairsMax) return true;
  for (const text of texts) {
    // Whoever joins two paths makes of `/x` a path below the first one.
    const [below = ""] = text.trim().split("\0", 1);
    if (below === "") continue;
    for (const folder of folders) {
      if (isGuarded(realBelow(folder, below, links), guarded)) return true;
      if (!below.includes("..")) continue;
      const [byText = folder] = bothReadings(folder, `.${sep}${below}`);
      if (isGuarded(realPath(byText, links), guarded)) return true;
    }
  }
  return false;
}

function isGuarded(real: string | undefined, guarded: readonly Protected[]): boolean {
  if (real === undefined) return false;
  return guarded.some(({ path, ignoresCase: folds }) => {
    if (folds) return isBelowFolded(real, path);
    const rest = relative(path, real);
    return rest === "" || (rest !== ".." && !rest.startsWith(`..${sep}`) && !isAbsolute(rest));
  });
}

function isPatternGuarded(pattern: string, guarded: readonly Protected[]): boolean {
  return guarded.some(({ path, ignoresCase: folds }) => {
    const [names, outer] = folds
      ? [foldedNames(pattern), foldedNames(path)]
      : [namesOf(pattern), namesOf(path)];
    return outer.every((name, index) => couldBe(names[index] ?? "", name));
  });
}

/** Whether a pattern can stand for a name; what follows a `[` can be anything. */
function couldBe(pattern: string, name: string): boolean {
  const [plain = ""] = pattern.split("[", 1);
  // In steps, as nobody is to write a pattern that takes long.
  let reached: ReadonlySet<number> = new Set([0]);
  for (const sign of plain === pattern ? plain : `${plain}*`) {
    if (reached.size === 0) return false;
    reached = new Set(sign === "*" ? behindAny(reached, name) : behindSign(sign, reached, name));
  }
  return reached.has(name.length);
}

/** Places from the first that was reached on; those are in their order. */
function behindAny([first = Infinity]: Iterable<number>, { length }: string): readonly number[] {
  return Array.from({ length: Math.max(0, length + 1 - first) }, (_, at) => first + at);
}

function behindSign(sign: string, reached: Iterable<number>, name: string): readonly number[] {
  const places: number[] = [];
  for (const at of reached) {
    // `?` is one character, of one unit or two.
    if (sign === "?") places.push(...[at + 1, at + 2].filter((place) => place <= name.length));
    else if (name.startsWith(sign, at)) places.push(at + sign.length);
  }
  return places;
}

/** Every string of a JSON value, object keys included. */
function collectTexts(value: Json, found: Set<string>): void {
  if (typeof value === "string") found.add(value);
  if (typeof value !== "object" || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    if (!Array.isArray(value)) found.add(key);
    collectTexts(member, found);
  }
}

/** Whether the file system gives the same file under another letter case. */
function ignoresCase(path: string): boolean {
  const name = basename(path);
  const swapped = name === upperAscii(name) ? lowerAscii(name) : upperAscii(name);
  if (swapped === name) return process.platform === "win32" || process.platform === "darwin";
  try {
    const [one, other] = [statSync(path), statSync(join(dirname(path), swapped))];
    return one.dev === other.dev && one.ino === other.ino;
  } catch {
    return process.platform === "win32" || process.platform === "darwin";
  }
}

/** WHY name by name: folding makes a `/` of characters that no file system divides paths at. */
function isBelowFolded(path: string, outer: string): boolean {
  const names = foldedNames(path);
  return foldedNames(outer).every((name, index) => name === names[index]);
}

function foldedNames(path: string): readonly string[] {
  return namesOf(path).map((name) => foldText(name));
}

function namesOf(path: string): readonly string[] {
  return path.split(sep).filter((name) => name !== "");
}
