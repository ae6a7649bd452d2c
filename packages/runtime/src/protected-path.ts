import { lstatSync, readlinkSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, isAbsolute, join, parse, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Json } from "@holdfast/model";

/** The most symbolic links followed for one path, as on Linux. */
const linksMax = 40;

/** No system opens a longer path; in UTF-16 units. */
const pathLengthMax = 32_768;

/** Arguments with more strings than this are not looked through, but count as reaching. */
const textsMax = 100_000;

/** Where each path that was looked at links to, for the time of one check. */
type Links = Map<string, string | undefined>;

interface Protected {
  readonly path: string;
  readonly ignoresCase: boolean;
}

/** Tells whether arguments name something below the paths that govern the agent. */
export interface ProtectedPaths {
  /** True when any string at any depth of `value`, keys included, leads into a protected path. */
  reaches(value: Json, bases: readonly string[]): boolean;
}

/**
 * Guards Holdfast's own configuration, policies and data against the agents they govern
 * (POLICY.md section 5, invariant 11). Each string of the arguments is taken as a path: as it
 * stands, as a `file:` URL, below `~`, and relative to each of `bases`; symbolic links are
 * followed as the system would, dangling ones too, and `..` both before and after links, since
 * tools differ in that. Letter case follows the file system the protected path lies on.
 *
 * Limits: strings that merely contain a path, such as a shell command or SQL text, are not
 * looked into; that is the work of facts. An ancestor of a protected path is not protected: a
 * tool that removes or moves whole folders needs a policy of its own. Nothing here can see a
 * link that is made after the check.
 */
export function createProtectedPaths(paths: readonly string[]): ProtectedPaths {
  const guarded = paths.map((path): Protected => {
    const real = realPath(resolve(path), new Map()) ?? resolve(path);
    return { path: real, ignoresCase: ignoresCase(real) };
  });
  return {
    reaches(value, bases) {
      const links: Links = new Map();
      const found = new Set<string>();
      collectTexts(value, found);
      if (found.size > textsMax) return true;
      for (const text of found) {
        if (candidates(text, bases).some((path) => isGuarded(path, guarded, links))) return true;
      }
      return false;
    },
  };
}

function isGuarded(candidate: string, guarded: readonly Protected[], links: Links): boolean {
  const real = realPath(candidate, links);
  if (real === undefined) return false;
  return guarded.some(({ path, ignoresCase }) => {
    const [inner, outer] = ignoresCase ? [folded(real), folded(path)] : [real, path];
    const rest = relative(outer, inner);
    return rest === "" || (rest !== ".." && !rest.startsWith(`..${sep}`) && !isAbsolute(rest));
  });
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

/** The absolute paths a tool could mean by a text, `..` kept where it stands. */
function candidates(text: string, bases: readonly string[]): string[] {
  // A C program reads up to the first NUL.
  const nul = text.indexOf("\0");
  const path = nul === -1 ? text : text.slice(0, nul);
  if (path === "") return [];
  const found = bases.flatMap((base) => bothReadings(base, path));
  if (/^file:/iu.test(path)) {
    const local = fileUrlPath(path);
    if (local !== undefined) found.push(...bothReadings(sep, local));
  }
  if (/^~(?:[/\\]|$)/u.test(path)) found.push(...bothReadings(homedir(), `.${path.slice(1)}`));
  return found.filter(({ length }) => length <= pathLengthMax);
}

/** `..` applied to the text (as `path.resolve` does) and applied after links (as the system does). */
function bothReadings(base: string, path: string): string[] {
  const byText = resolve(base, path);
  if (!path.includes("..")) return [byText];
  const { root } = parse(path);
  return [byText, root === "" ? `${resolve(base)}${sep}${path}` : path];
}

function fileUrlPath(text: string): string | undefined {
  try {
    return fileURLToPath(text);
  } catch {
    return undefined;
  }
}

/**
 * Where an absolute path really lies: links are followed component by component; whatever does
 * not exist is taken as written. Undefined when it holds more links than any system follows.
 */
function realPath(path: string, links: Links): string | undefined {
  const { root } = parse(path);
  const pending = segments(path.slice(root.length));
  let current = root;
  let followed = 0;
  for (let step = pending.pop(); step !== undefined; step = pending.pop()) {
    if (step === "" || step === ".") continue;
    if (step === "..") {
      current = dirname(current);
      continue;
    }
    const next = join(current, step);
    const target = linkTarget(next, links);
    if (target === undefined) {
      current = next;
      continue;
    }
    followed += 1;
    if (followed > linksMax) return undefined;
    const targetRoot = parse(target).root;
    if (targetRoot !== "") current = targetRoot;
    pending.push(...segments(target.slice(targetRoot.length)));
  }
  return current;
}

/** The steps of a path, last one first. */
function segments(path: string): string[] {
  return path.split(sep === "/" ? "/" : /[/\\]/u).reverse();
}

function linkTarget(path: string, links: Links): string | undefined {
  if (links.has(path)) return links.get(path);
  let target: string | undefined;
  try {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found?.isSymbolicLink() === true) target = readlinkSync(path);
  } catch {
    // What cannot be looked at is taken as written; so does the system when it creates it.
  }
  links.set(path, target);
  return target;
}

/** Whether the file system gives the same file under another letter case. */
function ignoresCase(path: string): boolean {
  const name = basename(path);
  const swapped = name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase();
  if (swapped === name) return process.platform === "win32" || process.platform === "darwin";
  try {
    const [one, other] = [statSync(path), statSync(join(dirname(path), swapped))];
    return one.dev === other.dev && one.ino === other.ino;
  } catch {
    return process.platform === "win32" || process.platform === "darwin";
  }
}

function folded(path: string): string {
  return path.normalize("NFC").toLowerCase();
}
