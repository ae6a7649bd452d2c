import { readLog, readLogBatches } from "@holdfast/log";
import { crc32 } from "node:zlib";
import { beforeAll, expect, test } from "vitest";
import { MemoryDisk } from "./memory-disk.ts";
import { directory, writeLog } from "./small-log.ts";

let files: Map<string, Buffer>;
let names: readonly string[];

beforeAll(async () => {
  const disk = new MemoryDisk();
  await writeLog(disk, [1, 3, 2, 6, 4, 1, 5, 3, 9, 40, 40]);
  files = disk.contents();
  names = [...files.keys()].filter((name) => /\.(pay|seg)$/u.test(name)).sort();
});

/** All that a reader is given, and how it ends. */
async function readingOf(disk: MemoryDisk) {
  const given: unknown[] = [];
  try {
    for await (const { index, body, payload } of readLog(directory, { files: disk })) {
      const bytes = payload instanceof Uint8Array ? Buffer.from(payload).toString("hex") : payload;
      given.push([index, Buffer.from(body).toString(), bytes]);
    }
  } catch (error) {
    const { damage } = error as { readonly damage?: object };
    return { given, error: { text: String(error), damage } };
  }
  return { given, error: undefined };
}

/** Holds reading through windows to reading whole files, which is how a log is read that is written to. */
async function compare(contents: ReadonlyMap<string, Buffer>) {
  const locked = MemoryDisk.of(contents);
  await locked.lock(directory);
  const whole = await readingOf(locked);
  const streamed = await readingOf(MemoryDisk.of(contents));
  expect(streamed).toEqual(whole);
  return streamed;
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

test("a whole log reads through windows as it does whole", async () => {
  const { given, error } = await compare(files);
  expect(error).toBeUndefined();
  expect(given).toHaveLength(114);
});

test("with any byte changed, the same records come, and then the same damage", async () => {
  let damaged = 0;
  for (const path of names) {
    const { length } = files.get(path)!;
    const end = framesOf(files.get(path)!).at(-1)![1];
    for (let at = 0; at < length; at += at < end + 8 ? 97 : 2039) {
      const { error } = await compare(
        changed(path, (bytes) => {
          bytes[at]! ^= 1 << (at % 8);
          return bytes;
        }),
      );
      if (error !== undefined) damaged += 1;
    }
  }
  expect(damaged).toBeGreaterThan(100);
});

test("with frames changed under a right checksum, erased, left out or twice, it is the same", async () => {
  for (const path of names) {
    const frames = framesOf(files.get(path)!);
    for (const [start, end] of frames.filter((_, place) => place < 3 || place % 25 === 0)) {
      const sealed = (bytes: Buffer): Buffer => {
        bytes.writeUInt32BE(crc32(bytes.subarray(start + 8, end)), start + 4);
        return bytes;
      };
      for (const place of [8, 11, 12, 13, 20, 21, end - start - 3]) {
        await compare(
          changed(path, (bytes) => {
            bytes[start + place]! ^= 1;
            return sealed(bytes);
          }),
        );
      }
      await compare(
        changed(path, (bytes) => {
          bytes[start + 12] = 0x45;
          return sealed(bytes.fill(0, start + 21, end));
        }),
      );
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
  for (const path of names) {
    const other = files.get(names.find((each) => each !== path)!)!;
    const changes: readonly ((bytes: Buffer) => Buffer | undefined)[] = [
      () => undefined,
      () => Buffer.alloc(0),
      () => Buffer.from(other),
      (bytes) => bytes.subarray(0, bytes.length - 1),
      (bytes) => bytes.subarray(0, bytes.length / 2),
      (bytes) => bytes.fill(0),
      (bytes) => bytes.fill(0, bytes.length / 4),
      (bytes) => Buffer.concat([bytes, Buffer.alloc(4096)]),
    ];
    for (const change of changes) await compare(changed(path, change));
  }
});

test("every file is closed, also where reading stops in the middle", async () => {
  const disk = MemoryDisk.of(files);
  let open = 0;
  const counted = new Proxy(disk, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (name !== "open") return typeof member === "function" ? member.bind(target) : member;
      return async (...asked: Parameters<MemoryDisk["open"]>) => {
        const file = await target.open(...asked);
        open += 1;
        return Object.assign(Object.create(file) as typeof file, {
          async close() {
            open -= 1;
            await file.close();
          },
        });
      };
    },
  });
  for (const to of [1, 20, 1000]) {
    for await (const batch of readLogBatches(directory, { files: counted, to })) {
      expect(batch.length).toBeGreaterThan(0);
      expect(open).toBeLessThan(4);
    }
    expect(open).toBe(0);
  }
  for await (const batch of readLogBatches(directory, { files: counted })) {
    expect(batch.length).toBeGreaterThan(0);
    break;
  }
  expect(open).toBe(0);
});
