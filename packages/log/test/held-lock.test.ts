import { verifyLog } from "@holdfast/log";
import type { LogHead, VerifyReport } from "@holdfast/log";
import { beforeAll, expect, test } from "vitest";
import { MemoryDisk } from "./memory-disk.ts";
import { directory, writeLog } from "./small-log.ts";

const segment = `${directory}/seg/00000000000000000000.seg`;
const payload = `${directory}/payload/00000000000000000000.pay`;
let files: Map<string, Buffer>;
let head: LogHead;

beforeAll(async () => {
  const disk = new MemoryDisk();
  head = await writeLog(disk, [2, 3, 2], { segmentBytes: 8192 });
  files = disk.contents();
});

/** Verifies a changed copy whose lock someone holds who writes nothing. */
async function held(
  path: string,
  change: (bytes: Buffer) => void,
  options: { readonly held?: LogHead } = {},
): Promise<VerifyReport> {
  const bytes = Buffer.from(files.get(path) ?? Buffer.alloc(8192));
  change(bytes);
  const disk = MemoryDisk.of(new Map(files).set(path, bytes));
  await disk.lock(directory);
  return verifyLog(directory, { files: disk, ...options });
}

function endOf(path: string): number {
  return files.get(path)!.findLastIndex((byte) => byte !== 0) + 1;
}

test("a log in use is intact as far as it was read, and the report says so", async () => {
  const report = await held(segment, () => undefined);
  expect(report).toMatchObject({ state: "intact", live: true, tail: "clean", head });
  expect(report.covered).toContain("held by a writer");
  expect(report.covered).toContain(`nothing behind record ${head.size}`);
  expect(report.covered).not.toContain("every byte");
});

test("a lock that someone holds excuses no damage", async () => {
  const end = endOf(segment);
  const behind = endOf(payload);
  const damaged: Record<string, VerifyReport> = {
    "a zero in the last group": await held(segment, (bytes) => bytes.fill(0, end - 300, end - 299)),
    "text behind the last group": await held(segment, (bytes) =>
      bytes.write("GARBAGE-AND-MORE", end),
    ),
    "text behind the last payload": await held(payload, (bytes) => {
      bytes.write("HIDDEN-DATA-AND-MORE", behind);
    }),
    "a payload written twice": await held(payload, (bytes) => {
      bytes.copy(bytes, behind, behind - 153, behind);
    }),
    "a filled prepared segment": await held(`${directory}/seg/prepared`, (bytes) => bytes.fill(65)),
    "a filled prepared payload file": await held(`${directory}/payload/prepared`, (bytes) => {
      bytes.fill(65, 77, 78);
    }),
  };
  for (const [what, report] of Object.entries(damaged)) {
    expect(report, what).toMatchObject({ state: "damaged", ok: false });
  }
});

test("a last group turned to zeros is vouched for by nobody, and missed by a held head", async () => {
  const bytes = files.get(segment)!;
  const commits: number[] = [];
  for (let at = 0; bytes.readUInt32BE(at) > 0; at += 12 + bytes.readUInt32BE(at)) {
    if (bytes[at + 12] === 0x43) commits.push(at + 12 + bytes.readUInt32BE(at));
  }
  const cut = (copy: Buffer): void => void copy.fill(0, commits.at(-2));
  // Its payloads are still there, as while a writer is about to write the records.
  const alone = await held(segment, cut);
  expect(alone).toMatchObject({ tail: "writing", head: { size: 5 } });
  expect(alone.covered).toContain("nothing behind record 5");
  const report = await held(segment, cut, { held: head });
  expect(report).toMatchObject({ state: "damaged", problems: [{ code: "log_behind_held" }] });
});
