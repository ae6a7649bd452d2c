import { Notary, openFileSigner, openLog, verifyLog } from "@holdfast/log";
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
