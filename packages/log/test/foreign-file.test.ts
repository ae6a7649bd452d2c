import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeFiles, openLog, readLog, verifyLog } from "@holdfast/log";
import { expect, onTestFinished, test } from "vitest";
import { encodeFrame, frameType } from "../src/frame.ts";
import { readSegmentTable } from "../src/segment-table.ts";
import { now, origin, writeLog } from "./small-log.ts";

/*
 * Files that no writer of a log makes, in its place: they may be wrong, but may not cost who reads them
 * its process, its memory or its time.
 */

async function smallLog(): Promise<string> {
  const base = mkdtempSync(join(tmpdir(), "holdfast-foreign-"));
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  const directory = join(base, "log");
  await writeLog(nodeFiles, [2, 3, 2], { directory, segmentBytes: 8192 });
  return directory;
}

function lastOf(directory: string, folder: string): string {
  const name = readdirSync(join(directory, folder)).filter((each) => /^\d/u.test(each));
  return `${folder}/${name.sort().at(-1)}`;
}

async function readThrough(directory: string): Promise<void> {
  for await (const _ of readLog(directory));
}

const folders = ["seg", "payload"] as const;

test.each(folders)("a file in `%s` that is larger than any can be is damage", async (folder) => {
  const directory = await smallLog();
  const file = lastOf(directory, folder);
  const damage = { code: "log_file_size", file, message: /has 3221225472 bytes/u };
  const said = { ...damage, message: expect.stringMatching(damage.message) as string };
  truncateSync(join(directory, file), 3 * 1024 ** 3);
  const { problems } = await verifyLog(directory);
  expect(problems).toContainEqual(expect.objectContaining(said));
  const opened = openLog({ directory, origin, now });
  await expect(opened).rejects.toMatchObject({ code: "log_damaged", damage: said });
  if (folder === "payload") return;
  await expect(readThrough(directory)).rejects.toMatchObject({ damage: said });
});

test("an outsize payload file that no record names is damage, too", async () => {
  const directory = await smallLog();
  const file = lastOf(directory, "payload").replace(/\d{20}/u, "7".padStart(20, "0"));
  writeFileSync(join(directory, file), "");
  truncateSync(join(directory, file), 3 * 1024 ** 3);
  const { problems } = await verifyLog(directory);
  expect(problems).toContainEqual(expect.objectContaining({ code: "log_file_size", file }));
});

test.runIf(process.platform !== "win32").each(folders)(
  "a pipe by the name of a file in `%s` is damage, and not waited for",
  async (folder) => {
    const directory = await smallLog();
    const file = lastOf(directory, folder);
    rmSync(join(directory, file));
    execFileSync("mkfifo", [join(directory, file)]);
    const { problems } = await verifyLog(directory);
    expect(problems).toContainEqual(expect.objectContaining({ code: "log_file_size", file }));
    const opened = openLog({ directory, origin, now });
    await expect(opened).rejects.toMatchObject({ code: "log_damaged" });
  },
);

test("a frontier in a header that is no text makes no memory", async () => {
  const frontier = Array.from({ length: 3 }, () => ({ length: 4e9 }));
  const content = Buffer.from(JSON.stringify({ batch: 1, first: 7, frontier }));
  const bytes = Buffer.alloc(4096);
  encodeFrame(frameType.header, 1, content).copy(bytes);
  const read = (from: number, room: Buffer) => bytes.copy(room, 0, from);
  expect(await readSegmentTable({ size: bytes.length, read }, { digest: false })).toBeUndefined();
});

test("of a file that is larger than any can be, nothing is read", async () => {
  const read = () => expect.unreachable("nothing is asked for");
  expect(await readSegmentTable({ size: 2 ** 40, read }, { digest: false })).toBeUndefined();
});
