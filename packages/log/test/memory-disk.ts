import type { LogFile, LogFiles } from "@holdfast/log";

const sectorBytes = 512;

interface Inode {
  /** what a process sees */
  current: Buffer;
  /** what is on stable storage */
  durable: Buffer;
  /** what the next sync will store: [start, end) */
  dirty: [number, number][];
}

interface Fault {
  /** `ENOSPC`, `EIO`, …; `power` lets nothing happen any more */
  readonly code: string;
  /** strikes the call with this number, counted from 0; `power` all calls from it on */
  readonly call: number;
  /** strikes only calls of this name, and then `call` counts those */
  readonly only?: "write" | "sync" | "create" | "rename" | "syncDirectory";
}

export interface DiskOptions {
  readonly fault?: Fault;
  /** writes take only a part of the bytes, cut by this */
  readonly shortWrites?: () => number;
  /** reads take this many bytes a turn, so that a file may change while it is read */
  readonly readBytes?: number;
  /** the mutation: fdatasync says it is done and does nothing */
  readonly skipsSync?: boolean;
}

/**
 * A disk in memory that forgets what was not synced. `crash` gives a disk in one of the states a
 * power failure may leave: of each write that was not synced, any subset of its sectors, each
 * torn at any byte; of each directory that was not synced, its old names or its new ones.
 */
export class MemoryDisk implements LogFiles {
  options: DiskOptions;
  calls = 0;
  struck = false;
  /** names as processes see them, and as they are on stable storage */
  #names: Map<string, Inode>;
  #durableNames: Map<string, Inode>;
  readonly #locks = new Set<string>();

  constructor(options: DiskOptions = {}, names: ReadonlyMap<string, Inode> = new Map()) {
    this.options = options;
    this.#names = new Map(names);
    this.#durableNames = new Map(names);
  }

  /** Path and bytes of every file, as a process sees them. */
  contents(): Map<string, Buffer> {
    return new Map([...this.#names].map(([path, { current }]) => [path, Buffer.from(current)]));
  }

  static of(contents: ReadonlyMap<string, Uint8Array>): MemoryDisk {
    const names = [...contents].map(([path, bytes]): [string, Inode] => [
      path,
      { current: Buffer.from(bytes), durable: Buffer.from(bytes), dirty: [] },
    ]);
    return new MemoryDisk({}, new Map(names));
  }

  /** The disk as the next boot finds it. */
  crash(random: () => number): MemoryDisk {
    const after = new Map<string, Inode>();
    const folders = new Set([...this.#names.keys(), ...this.#durableNames.keys()].map(folderOf));
    const images = new Map<Inode, Inode>();
    for (const folder of folders) {
      const names = random() < 0.5 ? this.#durableNames : this.#names;
      for (const [path, inode] of names) {
        if (folderOf(path) !== folder) continue;
        const image = images.get(inode) ?? torn(inode, random);
        images.set(inode, image);
        after.set(path, image);
      }
    }
    return new MemoryDisk({}, after);
  }

  async open(path: string, mode: "read" | "write" | "create"): Promise<LogFile> {
    await this.#call(mode === "create" ? "create" : "open");
    const found = this.#names.get(path);
    if (mode !== "create") {
      if (found === undefined) throw systemError("ENOENT");
      return this.#fileOf(found);
    }
    if (found !== undefined) throw systemError("EEXIST");
    const made: Inode = { current: Buffer.alloc(0), durable: Buffer.alloc(0), dirty: [] };
    this.#names.set(path, made);
    return this.#fileOf(made);
  }

  async list(directory: string): Promise<string[]> {
    await this.#call("list");
    const inside = [...this.#names.keys()].filter((path) => folderOf(path) === directory);
    return inside.map((path) => path.slice(directory.length + 1));
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#call("rename");
    const inode = this.#names.get(from);
    if (inode === undefined) throw systemError("ENOENT");
    this.#names.delete(from);
    this.#names.set(to, inode);
  }

  async remove(path: string): Promise<void> {
    await this.#call("remove");
    if (!this.#names.delete(path)) throw systemError("ENOENT");
  }

  async makeDirectory(): Promise<void> {
    await this.#call("makeDirectory");
  }

  async syncDirectory(folder: string): Promise<void> {
    await this.#call("syncDirectory");
    for (const path of this.#durableNames.keys()) {
      if (folderOf(path) === folder) this.#durableNames.delete(path);
    }
    for (const [path, inode] of this.#names) {
      if (folderOf(path) === folder) this.#durableNames.set(path, inode);
    }
  }

  async lock(directory: string): Promise<(() => Promise<void>) | undefined> {
    if (this.#locks.has(directory)) return undefined;
    this.#locks.add(directory);
    return async () => {
      this.#locks.delete(directory);
    };
  }

  async isLocked(directory: string): Promise<boolean> {
    return this.#locks.has(directory);
  }

  #fileOf(inode: Inode): LogFile {
    return {
      size: async () => inode.current.length,
      read: async (position, length) => {
        const step = this.options.readBytes ?? length;
        const pieces: Buffer[] = [];
        for (let at = position; at < position + length; at += step) {
          if (at > position) await new Promise((resume) => setImmediate(resume));
          const end = Math.min(at + step, position + length);
          pieces.push(Buffer.from(inode.current.subarray(at, end)));
        }
        return Buffer.concat(pieces);
      },
      write: async (bytes, position) => {
        await this.#call("write");
        const cut = this.options.shortWrites;
        const length = cut === undefined ? bytes.length : 1 + Math.floor(cut() * bytes.length);
        const taken = bytes.subarray(0, Math.min(length, bytes.length));
        const end = position + taken.length;
        if (end > inode.current.length) {
          inode.current = Buffer.concat([inode.current, Buffer.alloc(end - inode.current.length)]);
        }
        inode.current.set(taken, position);
        inode.dirty.push([position, end]);
        return taken.length;
      },
      sync: async () => {
        const { dirty } = inode;
        // As on Linux: after a failed sync the pages count as clean, and no later sync stores them.
        inode.dirty = [];
        await this.#call("sync");
        if (this.options.skipsSync !== true) store(inode, dirty);
      },
      close: async () => undefined,
    };
  }

  /** Every call takes a turn, so that appends may come in between. */
  async #call(name: string): Promise<void> {
    await new Promise((resume) => setImmediate(resume));
    const { fault } = this.options;
    if (fault === undefined) return;
    if (fault.only !== undefined && fault.only !== name) return;
    const call = this.calls;
    this.calls += 1;
    if (fault.code === "power" ? call >= fault.call : call === fault.call) {
      this.struck = true;
      throw systemError(fault.code);
    }
  }
}

function store(inode: Inode, ranges: readonly [number, number][]): void {
  const { current, durable } = inode;
  if (durable.length < current.length) {
    inode.durable = Buffer.concat([durable, Buffer.alloc(current.length - durable.length)]);
  }
  for (const [start, end] of ranges) inode.durable.set(current.subarray(start, end), start);
}

/** One state a crash may leave a file in. */
function torn(inode: Inode, random: () => number): Inode {
  const { current, durable } = inode;
  const bytes = Buffer.alloc(Math.max(current.length, durable.length));
  bytes.set(durable);
  const mode = random();
  for (let at = 0; at < current.length; at += sectorBytes) {
    const sector = current.subarray(at, at + sectorBytes);
    if (sector.equals(bytes.subarray(at, at + sector.length))) continue;
    const whole = mode < 0.3 || random() < 0.5;
    const cut = random() < 0.1 ? Math.floor(random() * sectorBytes) : sectorBytes;
    if (whole) bytes.set(sector.subarray(0, cut), at);
    // Some crashes leave a clean beginning and nothing behind it.
    if (mode < 0.3 && random() < 0.2) break;
  }
  return { current: bytes, durable: Buffer.from(bytes), dirty: [] };
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: as the test asked`), { code });
}
