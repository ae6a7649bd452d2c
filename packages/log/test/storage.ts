/** Bytes that were written and may not be on stable storage. */
export interface PendingWrite {
  readonly at: number;
  readonly bytes: Buffer;
  /** a sync failed on it: it counts as clean, so no later sync stores it */
  readonly isLost: boolean;
}

/** One file, whatever its names are. */
export interface Inode {
  readonly kind: "file";
  /** what a process sees */
  current: Buffer;
  /** what is on stable storage for certain */
  durable: Buffer;
  /** in the order they were written */
  pending: PendingWrite[];
  /** these bytes are also another disk's: copied before they are changed */
  isCurrentShared: boolean;
  isDurableShared: boolean;
}

/** Names of a folder that change at once: a crash keeps all of a change or nothing. */
export type NameChange = ReadonlyMap<string, Inode | Folder | undefined>;

/** A folder: names as a process sees them, and as they are on stable storage for certain. */
export interface Folder {
  readonly kind: "folder";
  readonly current: Map<string, Inode | Folder>;
  readonly durable: Map<string, Inode | Folder>;
  /** in the order they were made */
  pending: NameChange[];
}

/** Folders and files of a disk in memory, as they are seen and as they are stored. */
export class Storage {
  readonly root: Folder;
  /** folders that a process holds the writer lock of */
  readonly locks: Map<string, object> = new Map();

  constructor(root: Folder = newFolder()) {
    this.root = root;
  }

  /** A disk with these files, by path, all of it stored. */
  static of(contents: ReadonlyMap<string, Uint8Array>): Storage {
    const storage = new Storage();
    for (const [path, bytes] of contents) {
      let folder = storage.root;
      for (const name of partsOf(path).slice(0, -1)) {
        const found = folder.current.get(name);
        const next = found?.kind === "folder" ? found : newFolder();
        folder.current.set(name, next);
        folder.durable.set(name, next);
        folder = next;
      }
      const inode = storedFile(Buffer.from(bytes));
      folder.current.set(nameOf(path), inode);
      folder.durable.set(nameOf(path), inode);
    }
    return storage;
  }

  find(path: string): Inode | Folder | undefined {
    let found: Inode | Folder | undefined = this.root;
    for (const name of partsOf(path)) {
      if (found?.kind !== "folder") return undefined;
      found = found.current.get(name);
    }
    return found;
  }

  /** The folder at a path; undefined when there is none. */
  folder(path: string): Folder | undefined {
    const found = this.find(path);
    return found?.kind === "folder" ? found : undefined;
  }

  /** Path and bytes of every file, as a process sees them. */
  contents(): Map<string, Buffer> {
    const found = new Map<string, Buffer>();
    const walk = (folder: Folder, path: string): void => {
      for (const [name, node] of folder.current) {
        if (node.kind === "folder") walk(node, `${path}/${name}`);
        else found.set(`${path}/${name}`, Buffer.from(node.current));
      }
    };
    walk(this.root, "");
    return found;
  }
}

export function newFolder(): Folder {
  return { kind: "folder", current: new Map(), durable: new Map(), pending: [] };
}

/** A file of which every byte is stored. */
export function storedFile(bytes: Buffer): Inode {
  const shared = { isCurrentShared: true, isDurableShared: true };
  return { kind: "file", current: bytes, durable: bytes, pending: [], ...shared };
}

/** Changes names, at once and not yet on stable storage. */
export function changeNames(folder: Folder, change: NameChange): void {
  folder.pending.push(change);
  applyNames(folder.current, change);
}

export function applyNames(names: Map<string, Inode | Folder>, change: NameChange): void {
  for (const [name, node] of change) {
    if (node === undefined) names.delete(name);
    else names.set(name, node);
  }
}

/** All names as they are seen are stored from here on. */
export function storeNames(folder: Folder): void {
  folder.pending = [];
  folder.durable.clear();
  for (const [name, node] of folder.current) folder.durable.set(name, node);
}

export function writeBytes(inode: Inode, bytes: Uint8Array, at: number): void {
  const end = at + bytes.length;
  if (inode.isCurrentShared || end > inode.current.length) {
    inode.current = ownCopy(inode.current, end);
    inode.isCurrentShared = false;
  }
  inode.current.set(bytes, at);
  inode.pending.push({ at, bytes: Buffer.from(bytes), isLost: false });
}

/** A sync that succeeded: what was written since the last one is stored, and the length. */
export function storeBytes(inode: Inode): void {
  const { current, pending } = inode;
  if (inode.isDurableShared || inode.durable.length < current.length) {
    inode.durable = ownCopy(inode.durable, current.length);
    inode.isDurableShared = false;
  }
  const { durable } = inode;
  const stored = pending.filter(({ isLost }) => !isLost);
  for (const { at, bytes } of stored) {
    durable.set(current.subarray(at, at + bytes.length), at);
  }
  inode.pending = pending.filter(({ isLost }) => isLost);
  // What was lost earlier and is stored now cannot come back.
  for (const lost of inode.pending) {
    for (const { at, bytes } of stored) {
      const from = Math.max(at, lost.at);
      const to = Math.min(at + bytes.length, lost.at + lost.bytes.length);
      if (from < to) lost.bytes.set(current.subarray(from, to), from - lost.at);
    }
  }
}

function ownCopy(bytes: Buffer, length: number): Buffer {
  const copy = Buffer.alloc(Math.max(bytes.length, length));
  copy.set(bytes);
  return copy;
}

/** A sync that failed, as on Linux: pages count as clean, and no later sync stores them. */
export function loseBytes(inode: Inode): void {
  inode.pending = inode.pending.map((write) => ({ ...write, isLost: true }));
}

export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function partsOf(path: string): string[] {
  return path.split("/").filter((name) => name !== "");
}
