import { lstatSync, readlinkSync } from "node:fs";
import { dirname, join, parse, sep } from "node:path";

/** The most symbolic links followed for one path, as on Linux. */
const linksMax = 40;

/** Where each path that was looked at links to, for the time of one check. */
export type Links = Map<string, string | undefined>;

/**
 * Where an absolute path really lies: links are followed component by component; whatever does
 * not exist is taken as written. Undefined when it holds more links than any system follows.
 */
export function realPath(path: string, links: Links): string | undefined {
  const { root } = parse(path);
  return realBelow(root, path.slice(root.length), links);
}

/** The same for a path below a folder whose own real path is known. */
export function realBelow(folder: string, path: string, links: Links): string | undefined {
  const pending = segments(path);
  let current = folder;
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
