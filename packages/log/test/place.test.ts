import { LogDamagedError, Notary, openFileSigner, openLog, verifyLog } from "@holdfast/log";
import type { Log, LogPlace } from "@holdfast/log";
import { expect, test } from "vitest";
import { MemoryDisk } from "./memory-disk.ts";
import { directory, hasPayload, now, origin, sample } from "./small-log.ts";

const seed = (): Uint8Array => new Uint8Array(32).fill(7);
const segmentBytes = 8192;

interface Placed {
  readonly contents: Map<string, Buffer>;
  readonly place: LogPlace;
  readonly size: number;
}

const opening = (disk: MemoryDisk, place?: LogPlace): Promise<Log> => {
  const options = { directory, origin, now, files: disk, segmentBytes };
  return openLog(place === undefined ? options : { ...options, place });
};

async function append(log: Log, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    const { body, payload } = sample(log.size, { payload: hasPayload(log.size) });
    await log.append(body, payload).durable;
  }
}

/** A log of groups of one record: so many before a place, its signature, and so many behind it. */
async function placed(before: number, behind: number, isSigned = true): Promise<Placed> {
  const disk = new MemoryDisk();
  const log = await opening(disk);
  await append(log, before);
  const { place } = await log.standHere();
  if (place === undefined) throw new Error("no place behind a whole group");
  if (isSigned) {
    const signers = [await openFileSigner({ files: disk, directory, origin, seed })];
    const notary = await Notary.open({ files: disk, directory, log, signers });
    await notary.sign();
    await notary.close();
  }
  await append(log, behind);
  await log.close();
  return { contents: disk.contents(), place, size: before + behind };
}

/** What opening says: how many records, or what is damaged where. */
async function verdict(disk: MemoryDisk, place?: LogPlace): Promise<unknown> {
  try {
    const log = await opening(disk, place);
    await log.close();
    return { head: log.head, recovery: log.recovery };
  } catch (error) {
    if (error instanceof LogDamagedError) return error.damage;
    throw error;
  }
}

test("a log opened at a place is the log it is, and goes on over the ends of its segments", async () => {
  for (const before of [1, 7, 13, 33]) {
    for (const behind of [0, 1, 12, 40]) {
      const { contents, place, size } = await placed(before, behind);
      const whole = await verdict(MemoryDisk.of(new Map(contents)));
      const disk = MemoryDisk.of(contents);
      const log = await opening(disk, place);
      expect(log.openedAt?.size, `${before} and ${behind}`).toBe(before);
      expect({ head: log.head, recovery: log.recovery }).toEqual(whole);
      const read = [];
      for await (const { index } of log.read(before, size)) read.push(index);
      expect(read).toEqual(Array.from({ length: behind }, (_, i) => before + i));
      await append(log, 30);
      const again = await log.standHere();
      await append(log, 3);
      await log.close();
      const report = await verifyLog(directory, { files: disk });
      expect(report).toMatchObject({ state: "intact", head: { size: size + 33 } });
      expect(again.place?.size).toBe(size + 30);
    }
  }
});

/** Appends the next record, whatever it is. */
function appendNext(log: Log): Promise<void> {
  const { body, payload } = sample(log.size, { payload: hasPayload(log.size) });
  return log.append(body, payload).durable;
}

test("its writer reads what is durable while it goes on, over the ends of its files", async () => {
  const disk = new MemoryDisk();
  const log = await opening(disk);
  let last: Promise<void> | undefined;
  while (log.size < 150) {
    last = appendNext(log);
    // Groups of one, of two and of many, and readers that begin while one is on its way.
    if (log.size % 7 !== 0 && log.size % 2 === 0) await last;
    for (const from of [0, Math.max(0, log.head.size - 3)]) {
      const { size } = log.head;
      let next = from;
      for await (const { index, body, payload } of log.read(from, log.size)) {
        const right = sample(next, { payload: hasPayload(next) });
        expect(index).toBe(next);
        expect(Buffer.from(body).equals(right.body)).toBe(true);
        expect(payload).toEqual(right.payload && new Uint8Array(right.payload.bytes));
        next += 1;
        if (next % 50 === 0) last = appendNext(log);
      }
      expect(next).toBe(size);
    }
  }
  await last;
  await log.close();
});

test("a place that no checkpoint proves is passed over", async () => {
  const unsigned = await placed(9, 4, false);
  const { contents, place } = await placed(9, 4);
  const forged = (change: Partial<LogPlace>): LogPlace => ({ ...place, ...change });
  const other = (await placed(8, 0)).place;
  const cases: readonly (readonly [Map<string, Buffer>, LogPlace])[] = [
    [unsigned.contents, unsigned.place],
    [contents, forged({ size: 10 })],
    [contents, forged({ batch: place.batch + 1 })],
    [contents, forged({ offset: place.offset + 1 })],
    [contents, forged({ offset: 0 })],
    [contents, forged({ segment: place.segment + 1 })],
    [contents, forged({ log: `sha256:${"0".repeat(64)}` })],
    [contents, forged({ digest: `sha256:${"0".repeat(64)}` })],
    [contents, forged({ frontier: place.frontier.map(() => "0".repeat(64)) })],
    [contents, forged({ frontier: other.frontier })],
    [contents, forged({ payload: { file: 9999, offset: 1 } })],
    [contents, forged({ payload: { file: place.payload?.file ?? 0, offset: 5 } })],
  ];
  for (const [files, wrong] of cases) {
    const log = await opening(MemoryDisk.of(new Map(files)), wrong);
    expect(log.openedAt, JSON.stringify(wrong)).toBeUndefined();
    expect(log.size).toBe(13);
    await log.close();
  }
});

test("a changed byte of the last two segments is told as without a place", async () => {
  const { contents, place } = await placed(30, 6);
  const paths = [...contents.keys()].filter((path) => path.includes("/seg/")).sort();
  for (const path of paths.slice(-2)) {
    const original = contents.get(path) ?? Buffer.alloc(0);
    const end = original.findLastIndex((byte) => byte !== 0) + 1;
    for (let at = 0; at < end + 64; at += 97) {
      const bytes = Buffer.from(original);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      const files = new Map(contents).set(path, bytes);
      const told = await verdict(MemoryDisk.of(new Map(files)), place);
      expect(told, `${path} at ${at}`).toEqual(await verdict(MemoryDisk.of(files)));
      expect(told).not.toMatchObject({ head: { size: 36 } });
    }
  }
});

test("what an unfinished group left behind a place is cut off, and nothing else", async () => {
  const { contents, place } = await placed(9, 4);
  const path = [...contents.keys()]
    .filter((name) => name.includes("/payload/"))
    .sort()
    .at(-1);
  const seg = [...contents.keys()]
    .filter((name) => name.includes("/seg/"))
    .sort()
    .at(-1);
  for (const torn of [seg, path]) {
    const original = contents.get(torn ?? "") ?? Buffer.alloc(0);
    const end = original.findLastIndex((byte) => byte !== 0) + 1;
    const cut = Buffer.from(original).fill(0, end - 20);
    const files = new Map(contents).set(torn ?? "", torn === seg ? cut : original);
    if (torn === path) {
      // The last record is lost, its payload is there.
      const records = Buffer.from(contents.get(seg ?? "") ?? Buffer.alloc(0));
      const stop = records.findLastIndex((byte) => byte !== 0) + 1;
      const start = records.lastIndexOf(0x43, stop - 120);
      files.set(seg ?? "", records.fill(0, Math.max(start, stop - 20)));
    }
    const disk = MemoryDisk.of(files);
    const whole = await verdict(MemoryDisk.of(new Map(files)));
    const log = await opening(disk, place);
    expect({ head: log.head, recovery: log.recovery }).toEqual(whole);
    expect(log.openedAt?.size).toBe(9);
    await append(log, 3);
    await log.close();
    expect((await verifyLog(directory, { files: disk })).state).toBe("intact");
  }
});
