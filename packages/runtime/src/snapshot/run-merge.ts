import { setImmediate } from "node:timers/promises";
import type { LogFiles } from "@holdfast/log";
import { KeyFilter } from "./key-filter.ts";
import { keyBytes, keyOf, runEntry, runMagic } from "./run-layout.ts";
import type { IdKind } from "./run-layout.ts";
import { SnapshotWriter } from "./snapshot-writer.ts";
import type { WrittenFile } from "./snapshot-writer.ts";

/** An id with what is kept of it. */
export interface Leaving {
  readonly kind: IdKind;
  readonly id: string;
  readonly value: Uint8Array;
}

/** Where a run is to be written. */
export interface RunPlace {
  readonly files: LogFiles;
  readonly folder: string;
  readonly name: string;
}

/** Ids taken up before other work gets its turn. */
const idsPerTurn = 256;
const entriesPerRead = 4_096;

interface Keyed {
  readonly key: Buffer;
  /** the first bytes of the key, as a number of the same order */
  readonly rank: number;
  readonly value: Uint8Array;
}

/** Tells when other work is to get its turn. */
class Turns {
  #count = 0;

  isOver(): boolean {
    this.#count = (this.#count + 1) % idsPerTurn;
    return this.#count === 0;
  }
}

/** Writes ids as a run of their own; none when there are none. */
export async function writeRun(
  place: RunPlace,
  leaving: readonly Iterable<Leaving>[],
): Promise<WrittenFile | undefined> {
  const keyed: Keyed[] = [];
  for (const list of leaving) {
    for (const { kind, id, value } of list) {
      const key = keyOf(kind, id);
      keyed.push({ key, rank: key.readUIntBE(0, 6), value });
      if (keyed.length % idsPerTurn === 0) await setImmediate();
    }
  }
  if (keyed.length === 0) return undefined;
  keyed.sort((a, b) => a.rank - b.rank || a.key.compare(b.key));
  const filter = KeyFilter.for(keyed.length);
  const turns = new Turns();
  for (const { key } of keyed) {
    filter.add(key);
    if (turns.isOver()) await setImmediate();
  }
  const writer = await SnapshotWriter.create(place.files, place.folder, place.name);
  try {
    writer.add(headOf(keyed.length, filter));
    writer.add(filter.bytes);
    let offset = writer.at + keyed.length * runEntry.bytes;
    for (const { key, value } of keyed) {
      writer.add(runEntry.write(key, offset, value.length));
      offset += value.length;
      if (writer.isFull) await writer.flush();
      else if (turns.isOver()) await setImmediate();
    }
    for (const { value } of keyed) {
      writer.add(value);
      if (writer.isFull) await writer.flush();
      else if (turns.isOver()) await setImmediate();
    }
    return await writer.finish();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

/** Writes what several runs hold as one. **Contract:** no key is in two of them. */
export async function mergeRuns(place: RunPlace, paths: readonly string[]): Promise<WrittenFile> {
  const sources = await Promise.all(paths.map((path) => RunSource.open(place.files, path)));
  const writer = await SnapshotWriter.create(place.files, place.folder, place.name);
  try {
    const count = sources.reduce((sum, source) => sum + source.count, 0);
    const filter = KeyFilter.for(count);
    const turns = new Turns();
    // What is waited for within a block lets nothing else run.
    for await (const { key } of inOrder(sources)) {
      filter.add(key);
      if (turns.isOver()) await setImmediate();
    }
    writer.add(headOf(count, filter));
    writer.add(filter.bytes);
    await writer.flush();
    const values = writer.at + count * runEntry.bytes;
    // Values are copied run after run; an entry tells its place among those of its own run.
    const bases = new Map<RunSource, number>();
    let base = values;
    for (const source of sources) {
      bases.set(source, base - source.valuesAt);
      base += source.bytes - source.valuesAt;
    }
    for await (const { key, offset, length, source } of inOrder(sources)) {
      writer.add(runEntry.write(key, offset + (bases.get(source) ?? 0), length));
      if (writer.isFull) await writer.flush();
      else if (turns.isOver()) await setImmediate();
    }
    for (const source of sources) {
      for await (const piece of source.values()) {
        writer.add(piece);
        if (writer.isFull) await writer.flush();
      }
    }
    return await writer.finish();
  } catch (error) {
    await writer.abandon();
    throw error;
  } finally {
    for (const source of sources) await source.close();
  }
}

interface SourceEntry {
  readonly key: Buffer;
  readonly offset: number;
  readonly length: number;
  readonly source: RunSource;
}

/** Entries of all runs by key, blocks of them at a time. */
async function* inOrder(sources: readonly RunSource[]): AsyncGenerator<SourceEntry, void> {
  const heads: { entry: SourceEntry; rest: AsyncIterator<SourceEntry, void> }[] = [];
  for (const source of sources) {
    const rest = source.entries();
    const first = await rest.next();
    if (first.done !== true) heads.push({ entry: first.value, rest });
  }
  while (heads.length > 0) {
    let least = 0;
    for (let at = 1; at < heads.length; at += 1) {
      const [one, other] = [heads[at]?.entry.key, heads[least]?.entry.key];
      if (one !== undefined && other !== undefined && one.compare(other) < 0) least = at;
    }
    const head = heads[least];
    if (head === undefined) return;
    yield head.entry;
    const next = await head.rest.next();
    if (next.done === true) heads.splice(least, 1);
    else head.entry = next.value;
  }
}

/** A run that is read from its beginning to its end. */
class RunSource {
  readonly count: number;
  readonly bytes: number;
  readonly valuesAt: number;
  readonly #file: Awaited<ReturnType<LogFiles["open"]>>;
  readonly #start: number;

  private constructor(
    file: Awaited<ReturnType<LogFiles["open"]>>,
    sizes: { readonly count: number; readonly bytes: number; readonly start: number },
  ) {
    this.#file = file;
    this.count = sizes.count;
    this.bytes = sizes.bytes;
    this.#start = sizes.start;
    this.valuesAt = sizes.start + sizes.count * runEntry.bytes;
  }

  static async open(files: LogFiles, path: string): Promise<RunSource> {
    const file = await files.open(path, "read");
    const head = await file.read(0, runMagic.length + 8);
    const count = head.readUInt32LE(runMagic.length);
    const start = head.length + head.readUInt32LE(runMagic.length + 4);
    return new RunSource(file, { count, bytes: await file.size(), start });
  }

  async *entries(): AsyncGenerator<SourceEntry, void> {
    for (let done = 0; done < this.count; done += entriesPerRead) {
      const wanted = Math.min(entriesPerRead, this.count - done) * runEntry.bytes;
      const block = await this.#file.read(this.#start + done * runEntry.bytes, wanted);
      if (block.length < wanted) throw new Error("a run ends too early");
      for (let at = 0; at < block.length; at += runEntry.bytes) {
        const key = block.subarray(at, at + keyBytes);
        yield { key, ...runEntry.read(block, at), source: this };
      }
    }
  }

  async *values(): AsyncGenerator<Buffer, void> {
    const piece = entriesPerRead * runEntry.bytes;
    for (let at = this.valuesAt; at < this.bytes; at += piece) {
      yield await this.#file.read(at, Math.min(piece, this.bytes - at));
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

function headOf(count: number, filter: KeyFilter): Buffer {
  const head = Buffer.alloc(runMagic.length + 8);
  head.write(runMagic, "latin1");
  head.writeUInt32LE(count, runMagic.length);
  head.writeUInt32LE(filter.bytes.length, runMagic.length + 4);
  return head;
}
