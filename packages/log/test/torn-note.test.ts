import { Notary, openFileSigner, openLog, rotateKey, verifyLog } from "@holdfast/log";
import { expect, test } from "vitest";
import { MemoryDisk } from "./memory-disk.ts";
import { directory, now, origin, sample } from "./small-log.ts";

const notes = `${directory}/checkpoints`;
const shown = `${directory}/checkpoint`;
const sectorBytes = 512;
const seed = (): Uint8Array => new Uint8Array(32).fill(7);

/** Appends a record and signs it, so many times over. */
async function sign(files: MemoryDisk, times: number): Promise<void> {
  const log = await openLog({ directory, origin, now, files, segmentBytes: 4096 });
  const signers = [await openFileSigner({ files, directory, origin, seed })];
  const notary = await Notary.open({ files, directory, log, signers });
  for (let time = 0; time < times; time += 1) {
    await log.append(sample(log.size).body).durable;
    await notary.sign();
  }
  await notary.close();
  await log.close();
}

/** A log whose last note lies in two sectors, as it was before that note was shown. */
async function twoSectors(): Promise<{ files: Map<string, Buffer>; start: number; end: number }> {
  const disk = new MemoryDisk();
  for (let start = 0; ;) {
    const before = disk.contents().get(shown);
    await sign(disk, 1);
    const files = disk.contents();
    const end = files.get(notes)!.length;
    if (before !== undefined && Math.floor(start / sectorBytes) < Math.floor(end / sectorBytes)) {
      return { files: files.set(shown, before), start, end };
    }
    start = end;
  }
}

/** The log with some of the bytes of its last note lost. */
function torn(files: ReadonlyMap<string, Buffer>, spans: readonly (readonly [number, number])[]) {
  const bytes = Buffer.from(files.get(notes)!);
  for (const [from, to] of spans) bytes.fill(0, from, to);
  return new Map(files).set(notes, bytes);
}

test("a note that lost sectors or their ends in a crash is cut off, and the next one signed", async () => {
  const { files, start, end } = await twoSectors();
  const boundary = (Math.floor(start / sectorBytes) + 1) * sectorBytes;
  for (let from = start; from < boundary; from += 13) {
    for (const tail of [end, end - 1, boundary]) {
      const changed = torn(files, [
        [from, boundary],
        [tail, end],
      ]);
      const disk = MemoryDisk.of(changed);
      const place = `lost from ${from} to ${boundary} and from ${tail}`;
      const { state, problems } = await verifyLog(directory, { files: disk });
      expect(state, `${place}: ${problems[0]?.message}`).toBe("torn");
      if (tail !== boundary) continue;
      await sign(disk, 1);
      expect((await verifyLog(directory, { files: disk })).state, place).toBe("intact");
    }
  }
});

test("bytes that a note lost otherwise are damage, and so are those of a note that was shown", async () => {
  const { files, start, end } = await twoSectors();
  const middle = torn(files, [[start + 3, start + 4]]);
  expect((await verifyLog(directory, { files: MemoryDisk.of(middle) })).state).toBe("damaged");
  const boundary = (Math.floor(start / sectorBytes) + 1) * sectorBytes;
  const whole = files.get(notes)!.subarray(start, end);
  const seen = torn(files, [[start, boundary]]).set(shown, Buffer.from(whole));
  const { problems } = await verifyLog(directory, { files: MemoryDisk.of(seen) });
  expect(problems.map(({ code }) => code)).toContain("log_checkpoint_missing");
});

async function rotate(files: MemoryDisk): Promise<void> {
  const log = await openLog({ directory, origin, now, files, segmentBytes: 4096 });
  const next = (): Uint8Array => new Uint8Array(32).fill(9);
  await rotateKey({ files, directory, log, timeMs: 1, seed: next });
  await log.close();
}

test("the note that ends a change of keys may be torn anywhere, and the change be finished", async () => {
  const disk = new MemoryDisk();
  await sign(disk, 2);
  const start = disk.contents().get(notes)!.length;
  const before = disk.contents().get(shown)!;
  let files = disk.contents();
  disk.options = {
    watch: (seen) => {
      const now = seen.contents();
      const isKept = now.get(notes)!.length > start && now.get(shown)!.equals(before);
      if (isKept) files = now;
    },
  };
  await rotate(disk);
  const whole = files.get(notes)!;
  const first = whole.indexOf("\n", whole.indexOf("\n\n", start) + 2) + 1;
  expect(whole.length).toBeGreaterThan(first);
  for (const end of [start + 1, first - 1, first, first + 1, first + 4, first + 40, whole.length]) {
    for (const zeros of [0, 30]) {
      const bytes = Buffer.concat([whole.subarray(0, end), Buffer.alloc(zeros)]);
      const torn = MemoryDisk.of(new Map(files).set(notes, bytes));
      const { state, problems } = await verifyLog(directory, { files: torn });
      const isWhole = end === whole.length && zeros === 0;
      expect(state, `${end} and ${zeros} zeros: ${problems[0]?.message}`).toBe(
        isWhole ? "intact" : "torn",
      );
      await rotate(torn);
      expect((await verifyLog(directory, { files: torn })).problems, `${end}`).toEqual([]);
      await sign(torn, 1);
      expect((await verifyLog(directory, { files: torn })).problems, `${end}`).toEqual([]);
    }
  }
});
