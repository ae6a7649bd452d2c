import { LogDamagedError, LogTail, openLog, readLog, readPlaces } from "@holdfast/log";
import type { LogEntry, TailEntry } from "@holdfast/log";
import { describe, expect, test } from "vitest";
import { MemoryDisk } from "./memory-disk.ts";
import { directory, now, origin, sample, writeLog } from "./small-log.ts";

async function rest(tail: LogTail): Promise<TailEntry[]> {
  const entries: TailEntry[] = [];
  for (let group = await tail.next(); group !== undefined; group = await tail.next()) {
    entries.push(...group);
  }
  return entries;
}

async function all(disk: MemoryDisk): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for await (const entry of readLog(directory, { files: disk })) entries.push(entry);
  return entries;
}

/** How many records there are, or what is damaged. */
async function outcome(reading: Promise<readonly unknown[]>) {
  try {
    return { records: (await reading).length };
  } catch (error) {
    if (error instanceof LogDamagedError) return error.damage;
    throw error;
  }
}

const bodies = (entries: readonly { readonly index: number; readonly body: Uint8Array }[]) =>
  entries.map(({ index, body }) => [index, Buffer.from(body).toString()]);

/** Groups enough for several segments of one block. */
const groups = [1, 3, 2, 9, 1, 1, 12, 4, 2, 2, 8];

describe("a follower of a log", () => {
  test("gives what a reader gives, over the ends of segments", async () => {
    const disk = new MemoryDisk();
    await writeLog(disk, groups);
    const tail = await LogTail.open(directory, { files: disk });
    const found = await rest(tail);
    expect(new Set(found.map(({ segment }) => segment)).size).toBeGreaterThan(2);
    expect(bodies(found)).toEqual(bodies(await all(disk)));
    expect(await tail.next()).toBeUndefined();
  });

  test("gives each record once, as soon as its group is whole, while a writer is at work", async () => {
    const disk = new MemoryDisk({ readBytes: 64 });
    const log = await openLog({ directory, origin, now, files: disk, segmentBytes: 4096 });
    const tail = await LogTail.open(directory, { files: disk });
    const found: TailEntry[] = [];
    for (const size of groups) {
      let last: Promise<void> | undefined;
      for (let i = 0; i < size; i += 1) {
        const { body, payload } = sample(log.size, { payload: i % 2 === 0 });
        last = log.append(body, payload).durable;
        if (i % 3 === 0) found.push(...(await rest(tail)));
      }
      await last;
      found.push(...(await rest(tail)));
      expect(found).toHaveLength(log.size);
    }
    await log.close();
    expect(bodies(found)).toEqual(bodies(await all(disk)));
  });

  test("goes on from any place it was at, with nothing twice and nothing left out", async () => {
    const disk = new MemoryDisk();
    await writeLog(disk, groups);
    const first = await LogTail.open(directory, { files: disk });
    const seen: TailEntry[] = [];
    for (;;) {
      const again = await LogTail.open(directory, { files: disk, place: first.place });
      expect(bodies([...seen, ...(await rest(again))])).toEqual(bodies(await all(disk)));
      const group = await first.next();
      if (group === undefined) break;
      seen.push(...group);
    }
  });

  test("begins with any record, or with what is yet to come", async () => {
    const disk = new MemoryDisk();
    const { size } = await writeLog(disk, groups);
    for (const from of [0, 1, 7, 20, size - 1]) {
      const tail = await LogTail.open(directory, { files: disk, from });
      expect((await rest(tail))[0]?.index).toBe(from);
    }
    const late = await LogTail.open(directory, { files: disk, from: Number.MAX_SAFE_INTEGER });
    expect(await rest(late)).toEqual([]);
    expect(late.size).toBe(size);
  });

  test("does not go on in another log, nor where history was cut or changed", async () => {
    const disk = new MemoryDisk();
    await writeLog(disk, groups);
    const tail = await LogTail.open(directory, { files: disk });
    await rest(tail);
    const other = new MemoryDisk();
    await writeLog(other, groups.slice(0, 5));
    await expect(
      LogTail.open(directory, { files: other, place: tail.place }),
    ).rejects.toMatchObject({ code: "log_place" });
    const frontier = tail.place.frontier.map((hash) =>
      hash.replace(/^./u, (c) => (c === "0" ? "1" : "0")),
    );
    await expect(
      LogTail.open(directory, { files: disk, place: { ...tail.place, frontier } }),
    ).rejects.toMatchObject({ code: "log_place" });
  });

  test("stops at a byte that was changed, after the groups before it", async () => {
    const disk = new MemoryDisk();
    await writeLog(disk, groups);
    const found = await rest(await LogTail.open(directory, { files: disk }));
    const broken = found[10];
    if (broken === undefined) throw new Error("too small a log");
    const path = `${directory}/seg/${String(broken.segment).padStart(20, "0")}.seg`;
    const file = await disk.open(path, "write");
    await file.write(Buffer.from("!"), broken.offset + 40);
    const tail = await LogTail.open(directory, { files: disk });
    await expect(rest(tail)).rejects.toMatchObject({ code: "log_damaged" });
    expect(tail.size).toBeLessThanOrEqual(10);
  });

  test("stops at any changed byte of the last segment, as a reader does, and not where it may be torn", async () => {
    const disk = new MemoryDisk();
    await writeLog(disk, groups);
    const found = await rest(await LogTail.open(directory, { files: disk }));
    const last = found.at(-1)!.segment;
    const path = `${directory}/seg/${String(last).padStart(20, "0")}.seg`;
    const contents = disk.contents();
    const right = contents.get(path)!;
    const verdicts = new Set<string>();
    for (const change of [(byte: number) => byte ^ 4, () => 0]) {
      for (let at = 0; at < right.length; at += 3) {
        const bytes = Buffer.from(right);
        bytes[at] = change(bytes[at] ?? 0);
        const changed = MemoryDisk.of(new Map([...contents, [path, bytes]]));
        const said = await outcome(rest(await LogTail.open(directory, { files: changed })));
        const whole = await outcome(all(changed));
        expect({ at, ...said }).toEqual({ at, ...whole });
        verdicts.add("code" in whole ? whole.code : `${whole.records} records`);
      }
    }
    expect(verdicts.size).toBeGreaterThan(1);
  });
});

describe("records read where they lie", () => {
  test("are those that a reader gives, payloads too, in any number", async () => {
    const disk = new MemoryDisk();
    await writeLog(disk, groups);
    const found = await rest(await LogTail.open(directory, { files: disk }));
    const whole = await all(disk);
    for (const step of [1, 2, 7, 19]) {
      const places = found.filter(({ index }) => index % step === 0);
      const read: LogEntry[] = [];
      for await (const entry of readPlaces(directory, places, { payloads: true, files: disk })) {
        read.push(entry);
      }
      expect(read).toEqual(whole.filter(({ index }) => index % step === 0));
    }
  });

  test("are refused where a place holds none", async () => {
    const disk = new MemoryDisk();
    await writeLog(disk, groups);
    const [, second] = await rest(await LogTail.open(directory, { files: disk }));
    if (second === undefined) throw new Error("too small a log");
    const wrong = [{ ...second, offset: second.offset + 1 }];
    const read = readPlaces(directory, wrong, { files: disk });
    await expect(read.next()).rejects.toMatchObject({ code: "log_damaged" });
  });
});
