import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canonicalBytes } from "@holdfast/model";
import { openLog } from "@holdfast/log";
import type { Log } from "@holdfast/log";
import { expect, onTestFinished, test } from "vitest";
import { frameType, readFrame } from "../src/frame.ts";
import { recordFrameLengthMax } from "../src/limits.ts";
import { now, origin } from "./small-log.ts";

/*
 * Between the opening of a log, which proves it, and the reading that folds it, files may be changed: what
 * is folded has to be what was proven, to the last record.
 */

const records = 40;
const opening = (directory: string): Promise<Log> =>
  openLog({ directory, origin, now, segmentBytes: 8192 });

async function written(told: string): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-changed-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const log = await opening(directory);
  for (let each = 0; each < records; each += 1) {
    const body = { v: 1, kind: "decision", told, number: each, pad: "p".repeat(200) };
    await log.append(canonicalBytes(body)).durable;
  }
  await log.close();
  return directory;
}

function segmentsOf(directory: string): string[] {
  const names = readdirSync(join(directory, "seg")).filter((name) => /^\d/u.test(name));
  return names.sort().map((name) => join(directory, "seg", name));
}

/** Overwrites a file where it is, as its writer has it open. */
function overwrite(path: string, bytes: Buffer): void {
  writeFileSync(path, bytes, { flag: "r+" });
}

function endOfFirstGroup(bytes: Buffer): number {
  for (let at = 0; ;) {
    const frame = readFrame(bytes, at, recordFrameLengthMax);
    if (!frame.ok) throw new Error("no whole group");
    if (frame.type === frameType.commit) return frame.end;
    at = frame.end;
  }
}

async function numbersOf(log: Log, from: number, to: number): Promise<number[]> {
  const numbers: number[] = [];
  for await (const { index } of log.read(from, to)) numbers.push(index);
  return numbers;
}

const changes = {
  "emptied behind a whole group": (path: string) => {
    const bytes = readFileSync(path);
    overwrite(path, bytes.fill(0, endOfFirstGroup(bytes)));
  },
  emptied: (path: string) => overwrite(path, Buffer.alloc(readFileSync(path).length)),
  removed: (path: string) => rmSync(path),
};

test.each(Object.entries(changes))(
  "a segment %s once the log is open is damage for its reader, not the end",
  async (_, change) => {
    const directory = await written("the truth");
    const log = await opening(directory);
    try {
      expect(await numbersOf(log, 0, log.size)).toHaveLength(records);
      change(segmentsOf(directory).at(-1)!);
      const read = numbersOf(log, 0, log.size);
      await expect(read).rejects.toMatchObject({ code: "log_damaged" });
      await expect(numbersOf(log, records - 1, records)).rejects.toMatchObject({
        code: "log_damaged",
      });
      expect(await numbersOf(log, 0, 5)).toEqual([0, 1, 2, 3, 4]);
    } finally {
      await log.close();
    }
  },
);

test("segments of another history once the log is open are damage, right as they are in themselves", async () => {
  const directory = await written("the truth");
  const other = segmentsOf(await written("anything"));
  const log = await opening(directory);
  try {
    const own = segmentsOf(directory);
    expect(own.map((path) => path.slice(-24))).toEqual(other.map((path) => path.slice(-24)));
    for (const [place, path] of own.entries()) overwrite(path, readFileSync(other[place]!));
    const damage = { code: "log_root" };
    await expect(numbersOf(log, 0, log.size)).rejects.toMatchObject({ damage });
    await expect(numbersOf(log, records - 1, records)).rejects.toMatchObject({ damage });
  } finally {
    await log.close();
  }
});
