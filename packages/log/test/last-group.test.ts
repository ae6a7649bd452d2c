import { openLog, verifyLog } from "@holdfast/log";
import { expect, test } from "vitest";
import { MemoryDisk } from "./memory-disk.ts";
import { randomOf } from "./random.ts";
import { directory, now, origin, sample } from "./small-log.ts";

const path = `${directory}/seg/00000000000000000000.seg`;
const sectorBytes = 512;

interface SmallLog {
  readonly files: Map<string, Buffer>;
  /** where the last group begins and ends */
  readonly start: number;
  readonly end: number;
}

/** Two acknowledged groups in one segment; pads move frames against the sectors. */
async function twoGroups(pads: readonly number[]): Promise<SmallLog> {
  const disk = new MemoryDisk();
  const log = await openLog({ directory, origin, now, files: disk, segmentBytes: 8192 });
  const used = (): number =>
    disk
      .contents()
      .get(path)!
      .findLastIndex((byte) => byte !== 0) + 1;
  await log.append(sample(0).body).durable;
  const start = used();
  await Promise.all(pads.map((pad, i) => log.append(sample(i + 1, { pad }).body).durable));
  const end = used();
  await log.close();
  return { files: disk.contents(), start, end };
}

function changed(files: Map<string, Buffer>, change: (bytes: Buffer) => void): MemoryDisk {
  const bytes = Buffer.from(files.get(path)!);
  change(bytes);
  return MemoryDisk.of(new Map(files).set(path, bytes));
}

/** True when the byte could be the first that a torn sector misses: only zeros follow it there. */
function endsSector(bytes: Buffer, at: number): boolean {
  const sectorEnd = (Math.floor(at / sectorBytes) + 1) * sectorBytes;
  return bytes.subarray(at + 1, sectorEnd).every((byte) => byte === 0);
}

async function stateOf(files: MemoryDisk): Promise<string> {
  return (await verifyLog(directory, { files })).state;
}

test("one changed byte in the last acknowledged group is damage, wherever a sector cuts it", async () => {
  // Every place of a frame's head against the end of a sector comes up.
  for (let pad = 0; pad < 14; pad += 1) {
    const { files, start, end } = await twoGroups([330 + pad, 400, 20]);
    const original = files.get(path)!;
    let torn = 0;
    for (let at = start; at < end; at += 1) {
      const bit = original[at]! ^ (1 << ((at + pad) % 8));
      for (const value of [0, bit]) {
        if (value === original[at]) continue;
        const state = await stateOf(changed(files, (bytes) => bytes.writeUInt8(value, at)));
        const legal = value === 0 && endsSector(original, at);
        if (legal) torn += 1;
        if (state !== (legal ? "torn" : "damaged"))
          expect.fail(`pad ${pad}: ${at} -> ${value}: ${state}`);
      }
    }
    expect(torn).toBeLessThanOrEqual(8);
  }
}, 120_000);

test("a stray byte where the next group would begin is torn only where a crash can have left it", async () => {
  const { files, end } = await twoGroups([40, 30]);
  const number = 3;
  for (let offset = 0; offset < 13; offset += 1) {
    for (const value of [1, 2, number, 8]) {
      const state = await stateOf(changed(files, (bytes) => bytes.writeUInt8(value, end + offset)));
      // Nothing but a beginning of a length: all behind it would have been written after it.
      const isLength = offset === 2 || (offset === 3 && value > 1);
      if (state !== (isLength ? "torn" : "damaged")) expect.fail(`${offset} -> ${value}: ${state}`);
    }
  }
});

test("whatever byte of the last acknowledged group changes, a head that is held tells", async () => {
  const { files, start, end } = await twoGroups([40, 30]);
  const { head: held } = await verifyLog(directory, { files: MemoryDisk.of(files) });
  for (let at = start; at < end; at += 1) {
    const original = files.get(path)![at]!;
    for (const value of [0, original ^ (1 << (at % 8))]) {
      if (value === original) continue;
      const disk = changed(files, (bytes) => bytes.writeUInt8(value, at));
      const { problems } = await verifyLog(directory, { files: disk, held });
      if (!problems.some(({ code }) => code !== "log_torn_tail")) expect.fail(`${at} -> ${value}`);
    }
  }
});

test("every flipped bit of the last acknowledged group is damage, and the log refuses to append", async () => {
  const { files, start, end } = await twoGroups([40, 30]);
  const original = files.get(path)!;
  for (let at = start; at < end; at += 1) {
    for (let bit = 0; bit < 8; bit += 1) {
      const value = original[at]! ^ (1 << bit);
      if (value === 0 && endsSector(original, at)) continue;
      const disk = changed(files, (bytes) => bytes.writeUInt8(value, at));
      if ((await stateOf(disk)) !== "damaged") expect.fail(`byte ${at} bit ${bit}`);
      if (bit !== at % 8) continue;
      const before = disk.contents();
      const opening = openLog({ directory, origin, now, files: disk, segmentBytes: 8192 });
      await expect(opening).rejects.toMatchObject({ code: "log_damaged" });
      expect(disk.contents()).toEqual(before);
    }
  }
}, 120_000);

test("what a crash leaves of a group is never called damage, however its sectors are torn", async () => {
  const random = randomOf(11);
  let last: SmallLog | undefined;
  const states = new Map<string, number>();
  for (let round = 0; round < 3000; round += 1) {
    const pads = [0, 0, 0].map(() => Math.floor(random() * 700));
    if (last === undefined || round % 10 === 0) last = await twoGroups(pads);
    const { files, start, end } = last;
    const disk = changed(files, (bytes) => {
      for (let at = start; at < end; at = (Math.floor(at / sectorBytes) + 1) * sectorBytes) {
        const sectorEnd = Math.min((Math.floor(at / sectorBytes) + 1) * sectorBytes, end);
        const turn = random();
        // Half of the sectors are whole; some miss all, some an end, often only a byte or two.
        if (turn < 0.5) continue;
        const kept = turn < 0.6 ? 0 : Math.floor(random() * (sectorEnd - at));
        bytes.fill(0, turn < 0.8 ? at + kept : sectorEnd - 1 - Math.floor(random() * 3), sectorEnd);
      }
    });
    const report = await verifyLog(directory, { files: disk });
    states.set(report.state, (states.get(report.state) ?? 0) + 1);
    if (report.state === "damaged") expect.fail(`${round}: ${JSON.stringify(report.problems)}`);
  }
  expect(states.get("torn")).toBeGreaterThan(1000);
}, 120_000);

test("a crash that loses a frame's head is no damage, wherever a sector cuts the head", async () => {
  const unpadded = await twoGroups([0, 700, 600]);
  const { start: group, files: plain } = unpadded;
  const second = group + 12 + plain.get(path)!.readUInt32BE(group);
  // The head of the second frame of the group begins so many bytes before a sector ends.
  for (let before = 0; before < 14; before += 1) {
    const pad = (2 * sectorBytes - before - (second % sectorBytes)) % sectorBytes;
    const { files, start, end } = await twoGroups([pad, 700, 600]);
    const first = Math.floor(start / sectorBytes);
    const last = Math.floor((end - 1) / sectorBytes);
    for (let lost = 1; lost < 2 ** (last - first + 1); lost += 1) {
      const disk = changed(files, (bytes) => {
        for (let sector = first; sector <= last; sector += 1) {
          if ((lost & (1 << (sector - first))) === 0) continue;
          bytes.fill(0, Math.max(start, sector * sectorBytes), (sector + 1) * sectorBytes);
        }
      });
      if ((await stateOf(disk)) === "damaged") expect.fail(`${before} before, lost ${lost}`);
    }
  }
}, 120_000);
