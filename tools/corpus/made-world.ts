import type { FileEntry, FilePort } from "@holdfast/facts";
import type { Json, JsonObject } from "@holdfast/model";
import { isObject, textFrom } from "./row-file.ts";

/** Where the action of a case would run. */
export interface World {
  readonly files: FilePort;
  /** what a resolver answers for a host; nothing: the name does not resolve */
  readonly addresses: (host: string) => readonly string[];
}

/** What a name resolves to where a case says nothing of names: a machine of the public Internet. */
const publicAddress = "93.184.216.34";

/**
 * A made file system. Setups name `dirs`, `files`, `fifo` (lists of paths), `symlinks` and
 * `hardlinks` (path to target); folders above what they name exist too.
 */
export class MadeFiles implements FilePort {
  private readonly entries: Map<string, FileEntry>;

  constructor(entries: ReadonlyMap<string, FileEntry> = new Map()) {
    this.entries = new Map(entries);
  }

  /** As it is now. */
  copy(): MadeFiles {
    return new MadeFiles(this.entries);
  }

  /** Adds what a setup names. @throws TypeError for a setup that cannot be made */
  add(setup: JsonObject): void {
    for (const [part, value] of Object.entries(setup)) {
      for (const [path, target] of pairsOf(value)) this.put(path, entryOf(part, target));
    }
  }

  /** Puts an entry at an absolute path, in the place of whatever is there. */
  put(path: string, entry: FileEntry): void {
    const names = path.split("/").filter((name) => name !== "");
    for (let end = 1; end < names.length; end++) {
      const above = `/${names.slice(0, end).join("/")}`;
      if (!this.entries.has(above)) this.entries.set(above, folder);
    }
    this.entries.set(`/${names.join("/")}`, entry);
  }

  remove(path: string): void {
    this.entries.delete(path);
  }

  entry(path: string): FileEntry | undefined {
    return this.entries.get(path);
  }
}

const folder: FileEntry = { kind: "folder", links: 2 };

function entryOf(part: string, target: string): FileEntry {
  if (part === "dirs") return folder;
  if (part === "files") return { kind: "file", links: 1 };
  if (part === "fifo") return { kind: "other", links: 1 };
  if (part === "hardlinks") return { kind: "file", links: 2 };
  if (part === "symlinks" || part === "links") return { kind: "link", links: 1, target };
  throw new TypeError(`a setup names \`${part}\`, which cannot be made`);
}

/** A list of paths, or paths with what they point to or hold. */
function pairsOf(value: Json | undefined): readonly (readonly [string, string])[] {
  if (typeof value === "string") return [[value, ""]];
  if (isObject(value)) return Object.entries(value).map(([path, of]) => [path, textFrom(of)]);
  if (Array.isArray(value)) return value.map((path) => [textFrom(path as Json), ""]);
  throw new TypeError("a setup is a list of paths, or paths with what they point to");
}

/**
 * The resolver that the `env` of a case describes, at its nth look-up: `dns` has answers by host
 * (`*` for all others), `dns_sequence` one after the other. Without either every name is public.
 */
export function resolverOf(env: JsonObject, turn: number): World["addresses"] {
  const { dns, dns_sequence: sequence } = env;
  if (isObject(sequence)) return (host) => answersAt(sequence[host] ?? sequence["*"], turn);
  if (Array.isArray(sequence)) return () => answersAt(sequence, turn);
  if (!isObject(dns)) return () => [publicAddress];
  return (host) => answersOf(dns[host] ?? dns["*"]);
}

/** How many look-ups the `env` of a case tells apart. */
export function lookUps({ dns_sequence: sequence }: JsonObject): number {
  const lists = isObject(sequence) ? Object.values(sequence) : [sequence];
  return Math.max(1, ...lists.map((list) => (Array.isArray(list) ? list.length : 1)));
}

function answersAt(list: Json | undefined, turn: number): readonly string[] {
  if (!Array.isArray(list)) return answersOf(list);
  return answersOf(list[Math.min(turn, list.length - 1)] as Json | undefined);
}

/** Addresses; a text that is none (`SERVFAIL`) is no answer. */
function answersOf(answer: Json | undefined): readonly string[] {
  const all = Array.isArray(answer) ? (answer as readonly Json[]) : [answer];
  return all.filter((each) => typeof each === "string" && /[.:]/u.test(each)) as string[];
}
