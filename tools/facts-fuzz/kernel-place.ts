import { madeFiles } from "./made-place.ts";

/** Where a path of the made place leads, and `undefined` where the kernel would open nothing. */
export interface KernelPlace {
  readonly real: string;
}

/** Links that the kernel follows for one path. */
const linksMax = 40;

/**
 * Resolves as the kernel does when it opens what exists: name by name, each folder but the last one
 * found first. Written from path_resolution(7) alone, to be held against the facts.
 */
export function kernelPlace(path: string): KernelPlace | undefined {
  let rest = path.startsWith("/") ? path : `/w/${path}`;
  let here = "";
  for (let links = 0; links <= linksMax;) {
    rest = rest.replace(/^\/+/u, "");
    if (rest === "") return { real: here === "" ? "/" : here };
    const [name = ""] = rest.split("/");
    rest = rest.slice(name.length);
    if (!isFolder(here)) return undefined;
    if (name === ".") continue;
    if (name === "..") {
      here = here.slice(0, here.lastIndexOf("/") < 0 ? 0 : here.lastIndexOf("/"));
      continue;
    }
    const next = `${here}/${name}`;
    const entry = madeFiles.entry(next);
    if (entry === undefined || entry === "denied") return undefined;
    if (entry.kind !== "link") {
      here = next;
      continue;
    }
    links += 1;
    rest = `${entry.target ?? ""}${rest}`;
    if (rest.startsWith("/")) here = "";
  }
  return undefined;
}

function isFolder(path: string): boolean {
  if (path === "") return true;
  const entry = madeFiles.entry(path);
  return entry !== "denied" && entry?.kind === "folder";
}
