import { createHash } from "node:crypto";
import type { LogFile, LogFiles } from "@holdfast/log";
import { coarseStorage, everyChoice, tornStorage } from "./crash-state.ts";
import {
  changeNames,
  folderOf,
  loseBytes,
  nameOf,
  newFolder,
  Storage,
  storeBytes,
  storedFile,
  storeNames,
  writeBytes,
} from "./storage.ts";
import type { Folder, Inode } from "./storage.ts";

/** The calls a disk counts and lets fail. */
export type DiskCall =
  | "create"
  | "list"
  | "makeDirectory"
  | "open"
  | "remove"
  | "rename"
  | "sync"
  | "syncDirectory"
  | "write";

export interface Fault {
  /** `ENOSPC`, `EIO`, …; `power` lets nothing happen any more */
  readonly code: string;
  /** strikes the call with this number, counted from 0; `power` all calls from it on */
  readonly call: number;
  /** strikes only calls of this name, and then `call` counts those */
  readonly only?: DiskCall;
  /** strikes all calls from `call` on, until the options change */
  readonly lasts?: boolean;
  /** how much of the call takes effect although it fails; a write in part. Default: nothing */
  readonly effect?: "none" | "whole" | "half";
}

export interface DiskOptions {
  readonly fault?: Fault;
  /** writes take only a part of the bytes, cut by this */
  readonly shortWrites?: () => number;
  /** reads take this many bytes a turn, so that a file may change while it is read */
  readonly readBytes?: number;
  /** calls take no turn of the event loop: for one process that nothing comes between */
  readonly isInstant?: boolean;
  /** the mutation: fdatasync says it is done and does nothing */
  readonly skipsSync?: boolean;
  /** the mutation: a sync of a folder says it is done and does nothing */
  readonly skipsFolderSync?: boolean;
  /** sees the disk before each call: between two calls lie all moments a crash can tell apart */
  readonly watch?: (disk: MemoryDisk, call: DiskCall) => void;
}

/**
 * A disk in memory that forgets what was not synced, as one process sees it. `crash` gives a disk
 * in one of the states a power failure may leave (see `tornStorage`), `kill` the same disk for the
 * next process when only this one ends. Both may follow each other in any order.
 */
export class MemoryDisk implements LogFiles {
  options: DiskOptions;
  calls = 0;
  struck = false;
  readonly #storage: Storage;
  #isDead = false;

  constructor(options: DiskOptions = {}, storage: Storage = new Storage()) {
    this.options = options;
    this.#storage = storage;
  }

  /** Path and bytes of every file, as a process sees them. */
  contents(): Map<string, Buffer> {
    return this.#storage.contents();
  }

  /** A digest of all that is seen: equal disks have equal ones. */
  print(): string {
    const digest = createHash("sha1");
    const files = [...this.#storage.contents()].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [path, bytes] of files) digest.update(`${path}\n${bytes.length}\n`).update(bytes);
    return digest.digest("base64");
  }

  static of(contents: ReadonlyMap<string, Uint8Array>): MemoryDisk {
    return new MemoryDisk({}, Storage.of(contents));
  }

  /** The disk as the next boot finds it, by `random` in [0, 1). */
  crash(random: () => number): MemoryDisk {
    const choose = (count: number): number => Math.floor(random() * count);
    return new MemoryDisk({}, tornStorage(this.#storage, choose));
  }

  /** Every disk the next boot may find, in whole pages; at most `most` of them. */
  *crashes(most: number): Generator<MemoryDisk, void> {
    const make = (choose: (count: number) => number): Storage =>
      coarseStorage(this.#storage, choose);
    for (const storage of everyChoice(make, most)) yield new MemoryDisk({}, storage);
  }

  /** Ends this process: nothing it asks for happens any more. The disk as the next one finds it. */
  kill(): MemoryDisk {
    this.#isDead = true;
    for (const [path, owner] of this.#storage.locks) {
      if (owner === this) this.#storage.locks.delete(path);
    }
    return new MemoryDisk({}, this.#storage);
  }

  async open(path: string, mode: "read" | "write" | "create"): Promise<LogFile> {
    if (mode === "create") {
      return this.#call("create", () => {
        const folder = this.#folder(folderOf(path));
        if (folder.current.has(nameOf(path))) throw systemError("EEXIST");
        const made = storedFile(Buffer.alloc(0));
        changeNames(folder, new Map([[nameOf(path), made]]));
        return this.#fileOf(made);
      });
    }
    return this.#call("open", () => {
      const found = this.#storage.find(path);
      if (found === undefined) throw systemError("ENOENT");
      if (found.kind === "folder") throw systemError("EISDIR");
      return this.#fileOf(found);
    });
  }

  list(directory: string): Promise<string[]> {
    return this.#call("list", () => [...this.#folder(directory).current.keys()]);
  }

  rename(from: string, to: string): Promise<void> {
    return this.#call("rename", () => {
      const [source, target] = [this.#folder(folderOf(from)), this.#folder(folderOf(to))];
      const node = source.current.get(nameOf(from));
      if (node === undefined) throw systemError("ENOENT");
      const away: [string, undefined] = [nameOf(from), undefined];
      if (source === target) return changeNames(source, new Map([away, [nameOf(to), node]]));
      changeNames(target, new Map([[nameOf(to), node]]));
      changeNames(source, new Map([away]));
    });
  }

  remove(path: string): Promise<void> {
    return this.#call("remove", () => {
      const folder = this.#folder(folderOf(path));
      if (!folder.current.has(nameOf(path))) throw systemError("ENOENT");
      changeNames(folder, new Map([[nameOf(path), undefined]]));
    });
  }

  makeDirectory(path: string): Promise<void> {
    return this.#call("makeDirectory", () => {
      let folder = this.#storage.root;
      for (const name of path.split("/").filter((part) => part !== "")) {
        const found = folder.current.get(name);
        if (found?.kind === "file") throw systemError("EEXIST");
        const next = found ?? newFolder();
        if (found === undefined) changeNames(folder, new Map([[name, next]]));
        folder = next;
      }
    });
  }

  syncDirectory(path: string): Promise<void> {
    return this.#call("syncDirectory", () => {
      const folder = this.#folder(path);
      if (this.options.skipsFolderSync !== true) storeNames(folder);
    });
  }

  async syncWay(path: string): Promise<void> {
    for (let at = path; at !== ""; at = folderOf(at)) await this.syncDirectory(folderOf(at));
  }

  async lock(directory: string): Promise<(() => Promise<void>) | undefined> {
    const { locks } = this.#storage;
    if (locks.has(directory)) return undefined;
    locks.set(directory, this);
    return async () => {
      if (locks.get(directory) === this) locks.delete(directory);
    };
  }

  async isLocked(directory: string): Promise<boolean> {
    return this.#storage.locks.has(directory);
  }

  #folder(path: string): Folder {
    const folder = this.#storage.folder(path);
    if (folder === undefined) throw systemError("ENOENT");
    return folder;
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
      write: (bytes, position) =>
        this.#call("write", (part) => {
          const cut = this.options.shortWrites;
          const length = cut === undefined ? bytes.length : 1 + Math.floor(cut() * bytes.length);
          const taken = bytes.subarray(0, Math.min(Math.ceil(length * part), bytes.length));
          writeBytes(inode, taken, position);
          return taken.length;
        }),
      sync: async () => {
        try {
          await this.#call("sync", () => {
            if (this.options.skipsSync !== true) storeBytes(inode);
          });
        } catch (error) {
          loseBytes(inode);
          throw error;
        }
      },
      isAt: async (path) => this.#storage.find(path) === inode,
      close: async () => undefined,
    };
  }

  /** Every call takes a turn, so that appends may come in between. */
  async #call<T>(name: DiskCall, act: (part: number) => T): Promise<T> {
    if (this.options.isInstant !== true) await new Promise((resume) => setImmediate(resume));
    if (this.#isDead) throw systemError("killed");
    const { fault, watch } = this.options;
    watch?.(this, name);
    if (fault === undefined || !this.#strikes(fault, name)) return act(1);
    this.struck = true;
    const { code, effect = "none" } = fault;
    if (code !== "power" && effect !== "none") act(effect === "half" ? 0.5 : 1);
    throw systemError(code);
  }

  #strikes({ code, call, only, lasts }: Fault, name: DiskCall): boolean {
    if (only !== undefined && only !== name) return false;
    const number = this.calls;
    this.calls += 1;
    return code === "power" || lasts === true ? number >= call : number === call;
  }
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: as the test asked`), { code });
}
