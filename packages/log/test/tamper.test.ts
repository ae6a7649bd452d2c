import { crc32 } from "node:zlib";
import { openLog, verifyLog } from "@holdfast/log";
import type { LogHead, VerifyReport } from "@holdfast/log";
import { beforeAll, expect, test } from "vitest";
import { MemoryDisk } from "./memory-disk.ts";
import { directory, now, origin, sample, writeLog } from "./small-log.ts";

let files: Map<string, Buffer>;
let head: LogHead;
/** the segments and payload files, oldest first */
let segments: string[];
let payloads: string[];

beforeAll(async () => {
  const disk = new MemoryDisk();
  head = await writeLog(disk, [1, 3, 2, 6, 4, 1, 5, 3]);
  files = disk.contents();
  const names = [...files.keys()].sort();
  segments = names.filter((name) => name.endsWith(".seg"));
  payloads = names.filter((name) => name.endsWith(".pay"));
});

function changed(path: string, change: (bytes: Buffer) => Buffer | undefined): MemoryDisk {
  const copy = new Map(files);
  const bytes = change(Buffer.from(copy.get(path)!));
  if (bytes === undefined) copy.delete(path);
  else copy.set(path, bytes);
  return MemoryDisk.of(copy);
}

async function verify(disk: MemoryDisk, held?: LogHead): Promise<VerifyReport> {
  return verifyLog(directory, { files: disk, ...(held === undefined ? {} : { held }) });
}

/** Frames of a segment as [start, end), by their length fields. */
function framesOf(bytes: Buffer): [number, number][] {
  const found: [number, number][] = [];
  for (let at = 0; at + 12 <= bytes.length && bytes.readUInt32BE(at) > 0;) {
    const end = at + 12 + bytes.readUInt32BE(at);
    found.push([at, end]);
    at = end;
  }
  return found;
}

test("the log the others change is intact and says what it covers", async () => {
  const report = await verify(MemoryDisk.of(files), head);
  expect(report).toMatchObject({ state: "intact", ok: true, head, problems: [], tail: "clean" });
  expect(segments.length).toBeGreaterThan(1);
  expect(report.covered).toContain("every byte");
  expect(report.anchor).toContain("not externally anchored");
  expect(report.payloads).toEqual({ named: 16, present: 16, erased: 0, missing: 0 });
});

test("every single-byte change of every file is found", async () => {
  let changes = 0;
  for (const [path, bytes] of files) {
    for (let at = 0; at < bytes.length; at += 1) {
      // One of the eight bits, a byte of zeros, and in the tail a brace: what frames end with.
      const values = [bytes[at]! ^ (1 << (at % 8)), 0, 0x7d].filter((value) => value !== bytes[at]);
      const value = values[at % values.length]!;
      const disk = changed(path, (copy) => (copy.writeUInt8(value, at), copy));
      const report = await verify(disk);
      changes += 1;
      if (report.ok) expect.fail(`${path} byte ${at} set to ${value} was not found`);
    }
  }
  expect(changes).toBeGreaterThan(8000);
}, 300_000);

test("a flipped bit in an acknowledged group is damage, and the log refuses to append", async () => {
  const last = segments.at(-1)!;
  const bytes = files.get(last)!;
  const frames = framesOf(bytes);
  for (const [start, end] of frames.slice(1)) {
    for (const at of [start + 5, start + 14, end - 1]) {
      const disk = changed(last, (copy) => (copy.writeUInt8(copy[at]! ^ 0x20, at), copy));
      expect(await verify(disk), `byte ${at}`).toMatchObject({ state: "damaged" });
      const before = disk.contents();
      const opening = openLog({ directory, origin, now, files: disk, segmentBytes: 4096 });
      await expect(opening).rejects.toMatchObject({ code: "log_damaged" });
      expect(disk.contents()).toEqual(before);
    }
  }
});

test("a cut at any byte of the last segment is damage, held head or not", async () => {
  const last = segments.at(-1)!;
  for (let size = 0; size < 4096; size += 7) {
    const disk = changed(last, (bytes) => Buffer.from(bytes.subarray(0, size)));
    expect(await verify(disk), `cut at ${size}`).toMatchObject({ state: "damaged", ok: false });
  }
});

test("a tail turned to zeros at any byte is torn or found against the held head", async () => {
  const last = segments.at(-1)!;
  const used = framesOf(files.get(last)!).at(-1)![1];
  for (let size = 0; size < used; size += 1) {
    const disk = changed(last, (bytes) => bytes.fill(0, size));
    const alone = await verify(disk);
    if (alone.ok && alone.head.size === head.size) expect.fail(`zeros from ${size} not found`);
    const { problems } = await verify(disk, head);
    expect(
      problems.map(({ code }) => code),
      `from ${size}`,
    ).toContain("log_behind_held");
  }
});

test("rival: capfence-tail-delete: records cut off the end are found against a held head", async () => {
  const last = segments.at(-1)!;
  const frames = framesOf(files.get(last)!);
  // Behind a commit frame the log looks whole, so only the held head can tell.
  const commits = frames.filter(([start]) => files.get(last)![start + 12] === 0x43);
  const cut = commits.at(-2)![1];
  const disk = changed(last, (bytes) => bytes.fill(0, cut));
  // The payloads left behind tell that something is gone, but not that it had been promised.
  const remains = await verify(disk);
  expect(remains).toMatchObject({ state: "torn" });
  const all = disk.contents();
  const path = payloads.at(-1)!;
  const orphans = framesOf(all.get(path)!).slice(1);
  const orphan = orphans.find(
    ([start]) => all.get(path)!.readUInt32BE(start + 17) >= remains.head.size,
  );
  all.get(path)!.fill(0, orphan![0]);
  expect(await verify(MemoryDisk.of(all))).toMatchObject({ state: "intact", ok: true });
  expect(await verify(MemoryDisk.of(all), head)).toMatchObject({
    state: "damaged",
    problems: [{ code: "log_behind_held", fromIndex: expect.any(Number) }],
    anchor: expect.stringContaining("does not contain the held head"),
  });
});

test("a log of the same size with another record is a fork of the held head", async () => {
  const disk = new MemoryDisk();
  await writeLog(disk, [25]);
  const report = await verify(disk, head);
  expect(report.head.size).toBe(head.size);
  const other = { ...head, root: "0".repeat(64) };
  expect(await verify(MemoryDisk.of(files), other)).toMatchObject({
    problems: [{ code: "log_fork" }],
  });
  expect(await verify(MemoryDisk.of(files), { size: 3, root: head.root })).toMatchObject({
    problems: [{ code: "log_fork" }],
  });
});

test("every earlier head that was true is still contained", async () => {
  for (const groups of [[1], [1, 3], [1, 3, 2, 6, 4]]) {
    const earlier = await writeLog(new MemoryDisk(), groups);
    expect(await verify(MemoryDisk.of(files), earlier)).toMatchObject({ state: "intact" });
  }
});

test("records swapped, doubled or taken out are found", async () => {
  for (const path of segments) {
    const frames = framesOf(files.get(path)!);
    for (const [place, [start, end]] of frames.entries()) {
      const frame = files.get(path)!.subarray(start, end);
      const before = files.get(path)!.subarray(0, start);
      const after = files.get(path)!.subarray(end);
      const removed = Buffer.concat([before, after, Buffer.alloc(frame.length)]);
      const doubled = Buffer.concat([before, frame, frame, after]).subarray(0, 4096);
      const next = frames[place + 1];
      const swapped =
        next === undefined
          ? removed
          : Buffer.concat([
              before,
              files.get(path)!.subarray(next[0], next[1]),
              frame,
              files.get(path)!.subarray(next[1]),
            ]);
      for (const [what, bytes] of Object.entries({ removed, doubled, swapped })) {
        const report = await verify(changed(path, () => Buffer.from(bytes)));
        if (report.ok) expect.fail(`${what} frame ${place} of ${path} was not found`);
      }
    }
  }
});

test("segments and payload files that are missing, renamed, swapped or added are found", async () => {
  for (const path of [...segments.slice(0, -1), ...payloads]) {
    expect(await verify(changed(path, () => undefined))).toMatchObject({ ok: false });
  }
  const last = segments.at(-1)!;
  expect(
    (
      await verify(
        changed(last, () => undefined),
        head,
      )
    ).ok,
  ).toBe(false);
  const renamed = new Map(files);
  renamed.set(last.replace(/\d{4}\.seg$/u, "9999.seg"), files.get(last)!);
  renamed.delete(last);
  expect(await verify(MemoryDisk.of(renamed))).toMatchObject({ ok: false });
  const swapped = new Map(files).set(segments[0]!, files.get(segments[1]!)!);
  expect(
    await verify(MemoryDisk.of(swapped.set(segments[1]!, files.get(segments[0]!)!))),
  ).toMatchObject({ ok: false });
  for (const name of ["seg/notes.txt", "payload/1.pay", "seg/00000000000000000007.seg"]) {
    const added = new Map(files).set(`${directory}/${name}`, Buffer.alloc(4096));
    expect(await verify(MemoryDisk.of(added)), name).toMatchObject({ ok: false });
    const opening = openLog({ directory, origin, now, files: MemoryDisk.of(added) });
    await expect(opening, name).rejects.toMatchObject({ code: "log_damaged" });
  }
});

test("bytes added behind the end of any file are found", async () => {
  for (const path of files.keys()) {
    for (const added of [Buffer.alloc(1), Buffer.alloc(4096), Buffer.alloc(4096, 7)]) {
      const report = await verify(changed(path, (bytes) => Buffer.concat([bytes, added])));
      if (report.ok) expect.fail(`${added.length} bytes behind ${path} were not found`);
    }
  }
});

test("without log.json nothing is opened or believed", async () => {
  const disk = changed(`${directory}/log.json`, () => undefined);
  const damage = { code: "log_description" };
  expect(await verify(disk)).toMatchObject({ state: "damaged", problems: [damage] });
  const opening = openLog({ directory, origin, now, files: disk });
  await expect(opening).rejects.toMatchObject({ code: "log_damaged", damage });
});

test("a missing payload is told apart from a damaged one, and each names its record", async () => {
  const path = payloads[0]!;
  const missing = await verify(changed(path, () => undefined));
  expect(missing.payloads.missing).toBeGreaterThan(0);
  expect(missing.problems[0]).toMatchObject({ code: "log_payload_missing" });
  expect(missing.head).toEqual(head);
  const [, , [start]] = framesOf(files.get(path)!) as [unknown, unknown, [number, number]];
  const damaged = await verify(
    changed(path, (b) => (b.writeUInt8(b[start + 30]! ^ 1, start + 30), b)),
  );
  expect(damaged.payloads).toMatchObject({ missing: 0, present: 15 });
  expect(damaged.problems).toMatchObject([{ code: "log_payload_frame", offset: start }]);
  expect(damaged.problems[0]!.message).toContain("record 2");
});

test("a lost sector is a torn write only in the last group, and stray bytes never are", async () => {
  const disk = new MemoryDisk();
  const log = await openLog({ directory, origin, now, files: disk, segmentBytes: 65_536 });
  const ends: number[] = [];
  const path = `${directory}/seg/00000000000000000000.seg`;
  for (let group = 0; group < 5; group += 1) {
    const appended = range(0, 6).map((i) => log.append(sample(group * 6 + i, { pad: 300 }).body));
    await appended.at(-1)!.durable;
    ends.push(
      disk
        .contents()
        .get(path)!
        .findLastIndex((byte) => byte !== 0) + 1,
    );
  }
  await log.close();
  const all = disk.contents();
  const [lastGroup, used] = ends.slice(-2) as [number, number];
  const states = new Map<number, string>();
  for (let sector = 0; sector < used; sector += 512) {
    const bytes = Buffer.from(all.get(path)!).fill(0, sector, sector + 512);
    const report = await verify(MemoryDisk.of(new Map(all).set(path, bytes)));
    states.set(sector, report.state);
    expect(report.state, `sector ${sector}`).toBe(sector < lastGroup ? "damaged" : "torn");
  }
  expect(new Set(states.values())).toEqual(new Set(["damaged", "torn"]));
  for (const behind of [used, used + 3000, 64_000]) {
    const at = Math.ceil(behind / 512) * 512 + 100;
    const bytes = Buffer.from(all.get(path)!).fill(9, at, at + 1);
    const report = await verify(MemoryDisk.of(new Map(all).set(path, bytes)));
    expect(report.problems, `stray at ${at}`).toMatchObject([{ code: "log_zero_tail" }]);
  }
});

/** The same bytes with the checksum of the frame at `start` made right. */
function resealed(bytes: Buffer, start: number): Buffer {
  const end = start + 12 + bytes.readUInt32BE(start);
  bytes.writeUInt32BE(crc32(bytes.subarray(start + 8, end)), start + 4);
  return bytes;
}

test("a payload exchanged with a right checksum does not have the digest its record names", async () => {
  for (const path of payloads) {
    for (const [start, end] of framesOf(files.get(path)!).slice(1)) {
      const disk = changed(path, (bytes) => {
        bytes[end - 5]! ^= 1;
        return resealed(bytes, start);
      });
      expect(await verify(disk)).toMatchObject({ problems: [{ code: "log_payload_digest" }] });
    }
  }
});

test("bookkeeping changed with a right checksum is found", async () => {
  let found = 0;
  for (const path of [...segments, ...payloads]) {
    const bytes = files.get(path)!;
    for (const [start, end] of framesOf(bytes)) {
      const isEntry = bytes[start + 12] === 0;
      for (const at of [start + 11, start + 12, ...(isEntry ? [] : range(start + 13, end))]) {
        // Digits and hex stay what they are, so that only their meaning is wrong.
        const old = bytes.readUInt8(at);
        const value = old === 0x31 ? 0x32 : 0x31;
        if (at > start + 12 && !/[0-9a-f]/u.test(String.fromCharCode(old))) continue;
        const disk = changed(path, (copy) => (copy.writeUInt8(value, at), resealed(copy, start)));
        const report = await verify(disk);
        if (report.ok) expect.fail(`${path} byte ${at} of frame ${start} was not found`);
        found += 1;
      }
    }
  }
  expect(found).toBeGreaterThan(1000);
}, 120_000);

test("a prepared file must be all zeros, and a leftover one is made anew", async () => {
  for (const folder of ["seg", "payload"]) {
    const path = `${directory}/${folder}/prepared`;
    const prepared = MemoryDisk.of(new Map(files).set(path, Buffer.alloc(4096)));
    expect(await verify(prepared)).toMatchObject({ ok: true });
    const marked = MemoryDisk.of(new Map(files).set(path, Buffer.alloc(4096).fill(1, 77, 78)));
    expect(await verify(marked)).toMatchObject({
      problems: [{ code: "log_zero_tail", file: `${folder}/prepared`, offset: 77 }],
    });
    const log = await openLog({ directory, origin, now, files: marked, segmentBytes: 4096 });
    await log.close();
    expect(await verify(marked)).toMatchObject({ ok: true, head });
  }
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
