import { applyNames, newFolder, storedFile, Storage } from "./storage.ts";
import type { Folder, Inode, NameChange, PendingWrite } from "./storage.ts";

/** Picks one of so many, counted from 0: by chance, or one after the other. */
export type Choose = (count: number) => number;

/** What a disk stores in order: it may hold the beginning of one, and none of the next. */
const sectorBytes = 512;
const pageBytes = 4096;

/**
 * What a power failure may leave of a disk. A file: of each page that was written and not synced
 * any state it was in since, sector by sector, each sector torn at any byte, and any of the
 * lengths it had. A folder: any of the changes of its names that were not synced, those of one
 * folder independent of those of another, of the same folder a beginning or any subset. A rename
 * within a folder is kept or lost at once; one between folders may be stored on one side alone.
 */
export function tornStorage(storage: Storage, choose: Choose): Storage {
  return crashed(storage, {
    names: (folder) => someChanges(folder.pending, choose),
    bytes: (inode) => tornBytes(inode, choose),
  });
}

/**
 * The same in coarse steps, few enough to go through all of them: whole pages, old or new; the
 * old length or the new one; of a folder's changes a beginning.
 */
export function coarseStorage(storage: Storage, choose: Choose): Storage {
  return crashed(storage, {
    names: ({ pending }) => pending.slice(0, choose(pending.length + 1)),
    bytes: (inode) => pagesOf(inode, choose),
  });
}

/** Every storage that `make` gives for any row of choices, in order; at most `most` of them. */
export function* everyChoice(
  make: (choose: Choose) => Storage,
  most: number,
): Generator<Storage, void> {
  const row: { picked: number; count: number }[] = [];
  for (let made = 0; made < most; made += 1) {
    let step = 0;
    yield make((count) => {
      const choice = row[step] ?? { picked: 0, count };
      row[step] = choice;
      step += 1;
      return choice.picked;
    });
    row.length = step;
    while (row.length > 0) {
      const last = row.at(-1);
      if (last !== undefined && (last.picked += 1) < last.count) break;
      row.pop();
    }
    if (row.length === 0) return;
  }
}

interface Remains {
  readonly names: (folder: Folder) => readonly NameChange[];
  readonly bytes: (inode: Inode) => Buffer;
}

function crashed(storage: Storage, remains: Remains): Storage {
  const images = new Map<Inode | Folder, Inode | Folder>();
  const imageOf = (node: Inode | Folder): Inode | Folder => {
    const known = images.get(node);
    if (known !== undefined) return known;
    if (node.kind === "folder") return folderImage(node);
    // Shared with the disk that goes on, as far as nothing is torn.
    node.isDurableShared = true;
    const image = storedFile(node.pending.length === 0 ? node.durable : remains.bytes(node));
    images.set(node, image);
    return image;
  };
  const folderImage = (folder: Folder): Folder => {
    const image = newFolder();
    images.set(folder, image);
    const names = new Map(folder.durable);
    for (const change of remains.names(folder)) applyNames(names, change);
    for (const [name, node] of names) {
      const made = imageOf(node);
      image.current.set(name, made);
      image.durable.set(name, made);
    }
    return image;
  };
  return new Storage(folderImage(storage.root));
}

function someChanges(pending: readonly NameChange[], choose: Choose): readonly NameChange[] {
  if (pending.length === 0) return pending;
  // A journal keeps the order; where there is none, any of them may be stored.
  if (choose(2) === 0) return pending.slice(0, choose(pending.length + 1));
  return pending.filter(() => choose(2) === 0);
}

/** The last length at the least, and any length that a write gave since. */
function someLength({ durable, pending }: Inode, choose: Choose): number {
  const lengths = new Set([durable.length]);
  for (const { at, bytes } of pending) {
    if (at + bytes.length > durable.length) lengths.add(at + bytes.length);
  }
  return [...lengths][choose(lengths.size)] ?? durable.length;
}

function tornBytes(inode: Inode, choose: Choose): Buffer {
  const { durable, current, pending } = inode;
  const bytes = Buffer.alloc(current.length);
  bytes.set(durable);
  const mode = choose(4);
  if (mode === 0) {
    // A beginning of all that was written, in order, and nothing behind it.
    const kept = choose(pending.length + 1);
    for (const write of pending.slice(0, kept)) bytes.set(write.bytes, write.at);
    const next = pending[kept];
    if (next !== undefined) {
      bytes.set(next.bytes.subarray(0, choose(next.bytes.length + 1)), next.at);
    }
  } else {
    const step = mode === 1 ? pageBytes : sectorBytes;
    for (const at of touched(pending, step)) tearSector(bytes, { at, step, choose, pending });
  }
  return bytes.subarray(0, Math.max(someLength(inode, choose), durable.length));
}

/** A sector as some write left it, and maybe the beginning of what the next one made of it. */
function tearSector(
  bytes: Buffer,
  tear: { at: number; step: number; choose: Choose; pending: readonly PendingWrite[] },
): void {
  const { at, step, choose } = tear;
  const writes = tear.pending.filter(
    (write) => write.at < at + step && write.at + write.bytes.length > at,
  );
  const kept = choose(writes.length + 1);
  for (const write of writes.slice(0, kept)) writePart(bytes, write, at, at + step);
  const next = writes[kept];
  if (next === undefined || step > sectorBytes || choose(5) > 0) return;
  writePart(bytes, next, at, at + choose(step));
}

function pagesOf(inode: Inode, choose: Choose): Buffer {
  const { durable, current, pending } = inode;
  const bytes = Buffer.alloc(current.length);
  bytes.set(durable);
  for (const at of touched(pending, pageBytes)) {
    if (choose(2) === 0) continue;
    for (const write of pending) writePart(bytes, write, at, at + pageBytes);
  }
  if (durable.length === current.length) return bytes;
  return bytes.subarray(0, choose(2) === 0 ? current.length : durable.length);
}

/** The bytes of a write between two places of the file. */
function writePart(file: Buffer, { at, bytes }: PendingWrite, from: number, to: number): void {
  const start = Math.max(from, at);
  const end = Math.min(to, at + bytes.length);
  if (start < end) file.set(bytes.subarray(start - at, end - at), start);
}

function touched(pending: readonly PendingWrite[], step: number): Set<number> {
  const places = new Set<number>();
  for (const { at, bytes } of pending) {
    for (let place = at - (at % step); place < at + bytes.length; place += step) places.add(place);
  }
  return places;
}
