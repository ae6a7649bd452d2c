import { openLog, readLog, verifyLog } from "@holdfast/log";
import type { LogFiles } from "@holdfast/log";
import { beforeAll, expect, test } from "vitest";
import { MemoryDisk } from "./memory-disk.ts";
import { directory, now, origin, sample } from "./small-log.ts";

/** Where a payload file holds what only records of later segments than its first one name. */
interface LaterPart {
  readonly path: string;
  readonly start: number;
  readonly until: number;
}

const records = 16;
let shared: MemoryDisk;
let parts: LaterPart[];

/** A log whose writer is still at work: its payload files go over several segments each. */
beforeAll(async () => {
  shared = new MemoryDisk();
  const log = await openLog({ directory, origin, now, files: shared, segmentBytes: 4096 });
  for (let i = 0; i < records; i += 1) {
    const options = i % 4 < 2 ? { payload: true, pad: 40 } : { pad: 1400 };
    const { body, payload } = sample(i, options);
    await log.append(body, payload).durable;
  }
  parts = laterParts();
  expect(parts.length).toBeGreaterThan(1);
});

function laterParts(): LaterPart[] {
  const contents = [...shared.contents()].sort(([a], [b]) => (a < b ? -1 : 1));
  const firstOf = (path: string): number => Number(/(\d+)\.\w+$/u.exec(path)![1]);
  const segments = contents.map(([path]) => path).filter((path) => path.endsWith(".seg"));
  return contents.flatMap(([path, bytes]) => {
    if (!path.endsWith(".pay")) return [];
    const later = segments.map(firstOf).find((first) => first > firstOf(path));
    const until = bytes.findLastIndex((byte) => byte !== 0) + 1;
    let at = 12 + bytes.readUInt32BE(0);
    while (at < until && bytes.readBigUInt64BE(at + 13) < BigInt(later ?? records)) {
      at += 12 + bytes.readUInt32BE(at);
    }
    return at < until ? [{ path, start: at, until }] : [];
  });
}

/**
 * The disk for a reader whose first read of a file has zeros in `[from, to)`; with `each`, the
 * first of each attempt, which begins with a look at the folders.
 */
function missingOnce(path: string, from: number, to: number, each?: MemoryDisk): LogFiles {
  let isFirst = true;
  const disk = each ?? shared;
  return {
    open: async (name, mode) => {
      const file = await disk.open(name, mode);
      if (name !== path || !isFirst) return file;
      isFirst = false;
      const read = async (position: number, length: number): Promise<Buffer> => {
        const bytes = await file.read(position, length);
        return bytes.fill(0, Math.min(from, bytes.length), Math.min(to, bytes.length));
      };
      return { ...file, read };
    },
    list: (folder) => {
      isFirst ||= each !== undefined;
      return disk.list(folder);
    },
    rename: (name, next) => disk.rename(name, next),
    remove: (name) => disk.remove(name),
    makeDirectory: (folder) => disk.makeDirectory(folder),
    syncDirectory: (folder) => disk.syncDirectory(folder),
    syncWay: (folder) => disk.syncWay(folder),
    lock: (folder) => disk.lock(folder),
    isLocked: (folder) => disk.isLocked(folder),
  };
}

/** How many payloads a reader of the whole log is given. */
async function readPayloads(files: LogFiles): Promise<number> {
  let present = 0;
  for await (const { payload } of readLog(directory, { files })) {
    if (typeof payload === "object") present += 1;
  }
  return present;
}

test("a payload half written when its file was read is whole for who reads its record later", async () => {
  for (const { path, start, until } of parts) {
    for (let from = start; from < until; from += 13) {
      // What came last is seen or not, as the read came by before the writer or after.
      for (const to of [Math.min(from + 90, until), until]) {
        const place = `${path} without ${from} to ${to}`;
        expect(await readPayloads(missingOnce(path, from, to)), place).toBe(records / 2);
        const report = await verifyLog(directory, { files: missingOnce(path, from, to) });
        expect(report.problems, place).toEqual([]);
        expect(report.payloads.present, place).toBe(records / 2);
      }
    }
  }
});

test("payloads of a group that was added after the records were read are no damage", async () => {
  const disk = new MemoryDisk();
  const log = await openLog({ directory, origin, now, files: disk, segmentBytes: 65_536 });
  const add = async (): Promise<void> => {
    for (let i = 0; i < 3; i += 1) {
      const { body, payload } = sample(log.size, { payload: true, pad: 300 });
      await log.append(body, payload).durable;
    }
  };
  await add();
  const before = disk.contents();
  await add();
  const after = disk.contents();
  const path = [...after.keys()].find((name) => name.endsWith(".pay"));
  const endOf = (bytes: Buffer): number => bytes.findLastIndex((byte) => byte !== 0) + 1;
  const [start, until] = [endOf(before.get(path!)!), endOf(after.get(path!)!)];
  const mixed = MemoryDisk.of(new Map([...before, [path!, after.get(path!)!]]));
  await mixed.lock(directory);
  for (let from = start; from < until; from += 13) {
    for (const to of [Math.min(from + 90, until), until]) {
      const files = missingOnce(path!, from, to, mixed);
      const report = await verifyLog(directory, { files });
      expect(report.problems, `without ${from} to ${to}`).toEqual([]);
    }
  }
});

test("a payload that is damaged is told however often its file is read", async () => {
  for (const { path, start } of parts) {
    const contents = shared.contents();
    const bytes = Buffer.from(contents.get(path)!);
    bytes[start + 40]! ^= 1;
    const damaged = MemoryDisk.of(new Map([...contents, [path, bytes]]));
    await damaged.lock(directory);
    const report = await verifyLog(directory, { files: damaged });
    const told = report.problems.map(({ code, offset }) => ({ code, offset }));
    expect(told).toEqual([{ code: "log_payload_frame", offset: start }]);
  }
});
