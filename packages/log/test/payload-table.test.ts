import { verifyLog } from "@holdfast/log";
import type { LogAhead } from "@holdfast/log";
import { readPayloadTable } from "@holdfast/log/payload-table";
import type { PayloadTable } from "@holdfast/log/payload-table";
import { readSegmentTable } from "@holdfast/log/segment-table";
import type { SegmentTable } from "@holdfast/log/segment-table";
import { crc32 } from "node:zlib";
import { beforeAll, expect, test } from "vitest";
import { MemoryDisk } from "./memory-disk.ts";
import { directory, writeLog } from "./small-log.ts";

let files: Map<string, Buffer>;
let payloads: readonly string[];
let segments: readonly string[];

beforeAll(async () => {
  const disk = new MemoryDisk();
  await writeLog(disk, [1, 3, 2, 6, 4, 1, 5, 3, 9, 40, 40, 40, 40]);
  files = disk.contents();
  payloads = [...files.keys()].filter((name) => name.endsWith(".pay")).sort();
  segments = [...files.keys()].filter((name) => name.endsWith(".seg")).sort();
  expect(payloads.length).toBeGreaterThan(2);
  expect(segments.length).toBeGreaterThan(2);
});

/** All tables of a log; `left` are those whose files nobody read ahead. */
class Tables implements LogAhead {
  readonly #files: ReadonlyMap<string, Buffer>;
  readonly #left: ReadonlySet<string>;
  readonly asked: string[] = [];
  given = 0;
  closed = 0;

  constructor(contents: ReadonlyMap<string, Buffer>, left: readonly string[] = []) {
    this.#files = contents;
    this.#left = new Set(left);
  }

  async payloads(path: string): Promise<PayloadTable | undefined> {
    const bytes = this.#bytesOf(path);
    return bytes && this.#give(await tableOf(bytes));
  }

  async segment(path: string): Promise<SegmentTable | undefined> {
    const bytes = this.#bytesOf(path);
    return bytes && this.#give(await readSegmentTable(sourceOf(bytes), { digest: true }));
  }

  #bytesOf(path: string): Buffer | undefined {
    this.asked.push(path);
    return this.#left.has(path) ? undefined : this.#files.get(path);
  }

  #give<Table>(table: Table | undefined): Table | undefined {
    if (table !== undefined) this.given += 1;
    return structuredClone(table);
  }

  async close(): Promise<void> {
    await Promise.resolve();
    this.closed += 1;
  }
}

function tableOf(bytes: Buffer): Promise<PayloadTable | undefined> {
  return readPayloadTable(sourceOf(bytes));
}

function sourceOf(bytes: Buffer) {
  const read = (position: number, room: Buffer): number =>
    bytes.copy(room, 0, position, position + room.length);
  return { size: bytes.length, read };
}

/** The report with tables, made here or elsewhere, which has to be the one without them: no window is so small. */
async function compare(contents: ReadonlyMap<string, Buffer>, left?: readonly string[]) {
  const disk = MemoryDisk.of(contents);
  const alone = await verifyLog(directory, { files: disk, windowBytes: 16 });
  expect(await verifyLog(directory, { files: disk })).toEqual(alone);
  const tables = new Tables(contents, left);
  const report = await verifyLog(directory, { files: disk, readAhead: () => tables });
  expect(report).toEqual(alone);
  expect(new Set(tables.asked).size).toBe(tables.asked.length);
  expect(tables.closed).toBe(1);
  return { report, tables };
}

function changed(path: string, change: (bytes: Buffer) => Buffer | undefined) {
  const copy = new Map(files);
  const bytes = change(Buffer.from(copy.get(path)!));
  if (bytes === undefined) copy.delete(path);
  else copy.set(path, bytes);
  return copy;
}

function framesOf(bytes: Buffer): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (let at = 0; at + 12 <= bytes.length && bytes.readUInt32BE(at) > 0;) {
    const end = at + 12 + bytes.readUInt32BE(at);
    found.push([at, end]);
    at = end;
  }
  return found;
}

function resealed(bytes: Buffer, start: number): Buffer {
  const end = start + 12 + bytes.readUInt32BE(start);
  bytes.writeUInt32BE(crc32(bytes.subarray(start + 8, end)), start + 4);
  return bytes;
}

test("every table of a whole log is used, and where one is missing its file is read", async () => {
  const { report, tables } = await compare(files);
  expect(report).toMatchObject({ state: "intact", payloads: { missing: 0, erased: 0 } });
  expect(tables.given).toBe(payloads.length + segments.length);
  for (const path of [...payloads, ...segments]) {
    const without = await compare(files, [path]);
    expect(without.report.state).toBe("intact");
    expect(without.tables.given).toBe(payloads.length + segments.length - 1);
  }
});

test("with any byte of a payload file changed, the report is the same", async () => {
  for (const path of payloads) {
    const { length } = files.get(path)!;
    const end = framesOf(files.get(path)!).at(-1)![1];
    for (let at = 0; at < length; at += at < end + 8 ? 149 : 2039) {
      const { report } = await compare(
        changed(path, (bytes) => {
          bytes[at]! ^= 1 << (at % 8);
          return bytes;
        }),
      );
      expect(report.ok).toBe(false);
    }
  }
});

test("with a frame changed under a right checksum, erased or left out, it is the same", async () => {
  for (const path of payloads) {
    const frames = framesOf(files.get(path)!);
    const some = frames.filter((_, place) => place < 2 || place % 24 === 0);
    for (const [start, end] of new Set([...some, frames.at(-1)!])) {
      for (const place of [8, 11, 12, 13, 20, 21, end - start - 3]) {
        await compare(
          changed(path, (bytes) => {
            bytes[start + place]! ^= 1;
            return resealed(bytes, start);
          }),
        );
      }
      const erased = changed(path, (bytes) => {
        bytes[start + 12] = 0x45;
        return resealed(bytes.fill(0, start + 21, end), start);
      });
      await compare(erased);
      const half = changed(path, (bytes) => {
        bytes[start + 12] = 0x45;
        return resealed(bytes.fill(0, start + 22, end), start);
      });
      await compare(half);
      const out = changed(path, (bytes) => {
        bytes.copyWithin(start, end);
        return bytes.fill(0, bytes.length - (end - start));
      });
      const twice = changed(path, (bytes) => {
        bytes.copyWithin(end, start);
        return bytes;
      });
      expect((await compare(out)).report.ok).toBe(false);
      expect((await compare(twice)).report.ok).toBe(false);
    }
  }
});

test("with any byte of a segment changed, the report is the same", async () => {
  for (const path of segments) {
    const bytes = files.get(path)!;
    const end = framesOf(bytes).at(-1)![1];
    for (let at = 0; at < bytes.length; at += at < end + 8 ? 149 : 2039) {
      const { report } = await compare(
        changed(path, (copy) => {
          copy[at]! ^= 1 << (at % 8);
          return copy;
        }),
      );
      expect(report.ok).toBe(false);
    }
  }
});

test("with a record changed under a right checksum, left out or twice, it is the same", async () => {
  for (const path of segments) {
    const frames = framesOf(files.get(path)!);
    for (const [start, end] of frames.filter((_, place) => place < 3 || place % 15 === 0)) {
      for (const place of [8, 11, 12, 13, end - start - 20, end - start - 1]) {
        await compare(
          changed(path, (bytes) => {
            bytes[start + place]! ^= 1;
            return resealed(bytes, start);
          }),
        );
      }
      await compare(
        changed(path, (bytes) => {
          bytes.copyWithin(start, end);
          return bytes.fill(0, bytes.length - (end - start));
        }),
      );
      await compare(
        changed(path, (bytes) => {
          bytes.copyWithin(end, start);
          return bytes;
        }),
      );
    }
  }
});

test("with a file cut, emptied, removed, grown or exchanged, it is the same", async () => {
  for (const path of [...payloads, ...segments]) {
    const other = files.get(payloads.find((each) => each !== path)!)!;
    const changes: readonly ((bytes: Buffer) => Buffer | undefined)[] = [
      () => undefined,
      () => Buffer.alloc(0),
      () => Buffer.from(other),
      (bytes) => bytes.subarray(0, bytes.length - 1),
      (bytes) => bytes.subarray(0, bytes.length / 2),
      (bytes) => bytes.fill(0),
      (bytes) => Buffer.concat([bytes, Buffer.alloc(4096)]),
    ];
    for (const change of changes) await compare(changed(path, change));
    for (const second of payloads) {
      const both = changed(path, (bytes) => bytes.fill(0, bytes.length / 4));
      both.delete(second);
      await compare(both);
    }
  }
});

test("a table of a file that was another when the verification began proves nothing more", async () => {
  const path = payloads[1]!;
  const [, [start]] = framesOf(files.get(path)!) as [unknown, readonly [number, number]];
  const disk = MemoryDisk.of(files);
  const worse = changed(path, (bytes) => {
    bytes[start + 30]! ^= 1;
    return bytes;
  });
  const report = await verifyLog(directory, { files: disk, readAhead: () => new Tables(worse) });
  // The file that is there is in order, and is what was read once the table did not fit.
  expect(report.state).toBe("intact");
});

test("frames at every place around the end of a window are read whole", async () => {
  const header = [...files.get(payloads[0]!)!.subarray(...framesOf(files.get(payloads[0]!)!)[0]!)];
  const payload = Buffer.from(
    files.get(payloads[0]!)!.subarray(...framesOf(files.get(payloads[0]!)!)[1]!),
  );
  for (const gap of [0, 1, 11, 12, 13, 21, payload.length - 1, payload.length]) {
    const until = 2 * 1024 * 1024 - header.length - gap;
    const large = Buffer.alloc(until, 0x61);
    large.writeUInt32BE(until - 12, 0);
    large.writeUInt32BE(0, 13);
    large[12] = 0x50;
    const content = Buffer.concat([Buffer.from(header), resealed(large, 0), payload, payload]);
    const table = (await tableOf(Buffer.concat([content, Buffer.alloc(5000)])))!;
    expect([...table.lengths]).toEqual([until - 21, payload.length - 21, payload.length - 21]);
    const small = (await tableOf(files.get(payloads[0]!)!))!;
    expect(table.digests.slice(32, 64)).toEqual(small.digests.slice(0, 32));
    const dirty = Buffer.concat([content, Buffer.alloc(5000)]);
    dirty[dirty.length - 1] = 1;
    expect(await tableOf(dirty)).toBeUndefined();
  }
});
