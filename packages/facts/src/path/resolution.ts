import type { FileEntry, FilePort } from "../file-port.ts";

/** Where relative paths begin, and what stands on the machine. */
export interface PathPlace {
  /** an absolute path; without one, relative paths cannot be resolved */
  readonly root?: string | undefined;
  readonly files: FilePort;
}

/** What a path leads to once every link on the way is followed. */
export interface PathResolution {
  /** absolute, without `.`, `..`, links and repeated slashes; also when nothing is there */
  readonly real: string;
  readonly kind: "file" | "folder" | "other" | "absent";
  /** how many names the file has; 0 when nothing is there */
  readonly links: number;
  /** whether a link was followed */
  readonly link: boolean;
}

/** Links that are followed for one path; more is a loop (Linux: `MAXSYMLINKS`). */
const linksMax = 40;

/** Names that are looked at for one path, links and all. */
const stepsMax = 20_000;

/**
 * Resolves a path as the kernel opens it: link by link, `..` from where a link led. What does not
 * exist is taken as it is written, below the longest part that does.
 *
 * `undefined` when no one answer is true: a relative path without a root, a loop of links, a folder
 * that cannot be looked into, or `..` behind a link such that a program that shortens the text first
 * (as most libraries do) ends elsewhere than the kernel.
 */
export function resolvePath(text: string, { root, files }: PathPlace): PathResolution | undefined {
  const relative = !text.startsWith("/");
  if (relative && root?.startsWith("/") !== true) return undefined;
  const names = (relative ? `${root}/${text}` : text).split("/");
  const kernel = walk(names, files);
  if (kernel === undefined || !names.includes("..")) return kernel;
  const shortened = walk(shorten(names), files);
  return shortened?.real === kernel.real ? kernel : undefined;
}

/** The names without `.` and `..`, the latter taken with the name before, whatever stands there. */
function shorten(names: readonly string[]): readonly string[] {
  const short: string[] = [];
  for (const name of names) {
    if (name === "..") short.pop();
    else if (name !== "" && name !== ".") short.push(name);
  }
  return short;
}

/** A name that was gone through, as the path to it, and what is there. */
interface Step {
  readonly path: string;
  readonly entry: FileEntry | undefined;
}

function walk(names: readonly string[], files: FilePort): PathResolution | undefined {
  const pending = names.toReversed();
  const gone: Step[] = [];
  let links = 0;
  for (let steps = 0; pending.length > 0; steps += 1) {
    if (steps > stepsMax) return undefined;
    const name = pending.pop() ?? "";
    if (name === "..") gone.pop();
    if (name === "" || name === "." || name === "..") continue;
    const parent = gone.at(-1);
    const path = `${parent?.path ?? ""}/${name}`;
    // Below what is no folder there is nothing.
    const within = parent === undefined || parent.entry?.kind === "folder";
    const entry = within ? files.entry(path) : undefined;
    if (entry === "denied") return undefined;
    if (entry?.kind !== "link") {
      gone.push({ path, entry });
      continue;
    }
    const { target = "" } = entry;
    links += 1;
    if (target === "" || links > linksMax) return undefined;
    if (target.startsWith("/")) gone.length = 0;
    pending.push(...target.split("/").toReversed());
  }
  return resolutionOf(gone.at(-1), links > 0);
}

function resolutionOf(last: Step | undefined, link: boolean): PathResolution {
  if (last === undefined) return { real: "/", kind: "folder", links: 1, link };
  const { path, entry } = last;
  if (entry === undefined || entry.kind === "link") {
    return { real: path, kind: "absent", links: 0, link };
  }
  return { real: path, kind: entry.kind, links: entry.links, link };
}
