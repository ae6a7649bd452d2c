import { homedir } from "node:os";
import { parse, resolve, sep } from "node:path";

/** No system opens a longer path; in UTF-16 units. */
const pathLengthMax = 32_768;

/** What a tool could take a text for. */
export interface PathReading {
  /** absolute paths, `..` kept where it stands */
  readonly paths: readonly string[];
  /** those that no base was needed for */
  readonly absolute: readonly string[];
  /** begins like a `file:` URL, but what it names cannot be told */
  readonly unreadable: boolean;
}

/**
 * The absolute paths a tool could mean by a text: as it stands and without white space around
 * it, relative to each base, below `~`, and as a `file:` URL the way the WHATWG parser reads one
 * (tabs and newlines anywhere and control characters around it are dropped, `\` is `/`), with
 * `url:` before it, percent-encoded, and whatever host it names.
 */
export function readPath(text: string, bases: readonly string[]): PathReading {
  const url = text
    .replaceAll(/^[\0-\u0020]+|[\0-\u0020]+$/gu, "")
    .replaceAll(/[\t\n\r]/gu, "")
    .replace(/^(?:url:)+/iu, "");
  const spellings = new Set([text, text.trim()]);
  const local = /^file:/iu.test(url) ? fileUrlPaths(url) : [];
  for (const path of local ?? []) spellings.add(path);
  const paths: string[] = [];
  const absolute: string[] = [];
  for (const spelling of spellings) {
    // A C program reads up to the first NUL.
    const [path = ""] = spelling.split("\0", 1);
    if (path === "") continue;
    if (/^~(?:[/\\]|$)/u.test(path)) absolute.push(...bothReadings(homedir(), `.${path.slice(1)}`));
    if (parse(path).root !== "") absolute.push(...bothReadings(sep, path));
    else paths.push(...bases.flatMap((base) => bothReadings(base, path)));
  }
  const usable = (found: string[]): string[] => {
    return found.filter(({ length }) => length <= pathLengthMax);
  };
  return {
    paths: usable([...absolute, ...paths]),
    absolute: usable(absolute),
    unreadable: local === undefined,
  };
}

/** `..` applied to the text (as `path.resolve` does) and applied after links (as the system does). */
export function bothReadings(base: string, path: string): string[] {
  const byText = resolve(base, path);
  if (!path.includes("..")) return [byText];
  const { root } = parse(path);
  return [byText, root === "" ? `${resolve(base)}${sep}${path}` : path];
}

/**
 * What a `file:` URL may name: its path by the URL standard, and what is left where a tool only
 * cuts off the scheme. Undefined when the standard's own parser or decoder refuses it.
 */
function fileUrlPaths(url: string): string[] | undefined {
  try {
    const { pathname } = new URL(url);
    const rest = url.slice("file:".length).replace(/^\/\//u, "");
    const found = [pathname, rest, rest.replace(/^[^/\\]*/u, "")];
    // On Windows the path of `file:///C:/x` begins with a slash that is not part of it.
    const drive = /^[/\\]([A-Za-z][:|][/\\].*)$/su.exec(decodeURIComponent(pathname))?.[1];
    if (drive !== undefined) found.push(drive.replace("|", ":"));
    return found.flatMap((path) => [path, decodeURIComponent(path)]);
  } catch {
    return undefined;
  }
}
