import { openLog, verifyLog } from "@holdfast/log";
import type { VerifyReport } from "@holdfast/log";
import { readLogAhead } from "@holdfast/runtime";
import { canonicalBytes, digestOfBytes } from "@holdfast/model";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

let folder: string;
let data: string;
/** payload files and segments, below the folder of the log */
let payloads: readonly string[];
let segments: readonly string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-ahead-"));
  data = join(folder, "log");
  const log = await openLog({ directory: data, origin: "test", now: () => 0, segmentBytes: 4096 });
  for (let number = 0; number < 120; number += 1) {
    const bytes = canonicalBytes({ number, pad: "p".repeat(number) });
    const payload = { scheme: "plain-1", digest: digestOfBytes(bytes), bytes: bytes.length };
    const body = canonicalBytes({ v: 1, kind: "decision", time: number, id: `${number}`, payload });
    await log.append(body, { scheme: "plain-1", bytes }).durable;
  }
  await log.close();
  payloads = readdirSync(join(data, "payload")).map((name) => join("payload", name));
  segments = readdirSync(join(data, "seg")).map((name) => join("seg", name));
  expect(payloads.length).toBeGreaterThan(2);
  expect(segments.length).toBeGreaterThan(2);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The report with threads, which run `worker`, and how many tables they gave when they had `headMs`. */
async function threaded(directory: string, headMs: number, worker?: URL) {
  let tables = 0;
  let isFirst = true;
  const how = { worthBytes: 0, ...(worker === undefined ? {} : { worker }) };
  const report = await verifyLog(directory, {
    readAhead(files) {
      const ahead = readLogAhead(files, how);
      const after = async <Table>(asked: () => Promise<Table | undefined>) => {
        if (isFirst) await new Promise((resolve) => setTimeout(resolve, headMs));
        isFirst = false;
        const table = await asked();
        if (table !== undefined) tables += 1;
        return table;
      };
      return (
        ahead && {
          payloads: (path) => after(() => ahead.payloads(path)),
          segment: (path) => after(() => ahead.segment(path)),
          close: () => ahead.close(),
        }
      );
    },
  });
  return { report, tables };
}

test("a thread and no thread say the same, of a whole log and of damaged ones", async () => {
  const alone = await verifyLog(data);
  expect(alone.state).toBe("intact");
  // However slow threads start here, with enough of a head start one gives tables.
  let headMs = 50;
  for (; headMs < 30_000; headMs *= 3) {
    const { report, tables } = await threaded(data, headMs);
    expect(report).toEqual(alone);
    if (tables >= 6) break;
  }
  expect(headMs).toBeLessThan(30_000);
  for (const path of [...payloads.slice(0, 3), ...segments.slice(0, 3)]) {
    for (const at of [5, 1200]) {
      const copy = join(folder, "damaged");
      cpSync(data, copy, { recursive: true });
      const bytes = readFileSync(join(copy, path));
      bytes[at]! ^= 4;
      writeFileSync(join(copy, path), bytes);
      const report: VerifyReport = await verifyLog(copy);
      expect(report.ok).toBe(false);
      expect((await threaded(copy, headMs)).report).toEqual(report);
      rmSync(copy, { recursive: true });
    }
  }
});

test("a thread that does not start, dies, or ends without a word changes nothing", async () => {
  const alone = await verifyLog(data);
  const broken = [
    "data:text/javascript,this is no program",
    "data:text/javascript,process.exit(3)",
    "data:text/javascript,",
    "file:///nowhere/thread.js",
  ];
  for (const worker of broken) {
    const { report, tables } = await threaded(data, 50, new URL(worker));
    expect(report).toEqual(alone);
    expect(tables).toBe(0);
  }
  // It claims every file, and ends.
  const claiming = `import { workerData } from "node:worker_threads";
    new Int32Array(workerData.shared).fill(1, 1);`;
  const url = new URL(`data:text/javascript,${encodeURIComponent(claiming)}`);
  expect((await threaded(data, 300, url)).report).toEqual(alone);
});

test("a small log is not worth a thread", () => {
  const files = payloads.map((path) => join(data, path));
  const tabled = files.map((path) => ({ kind: "payload", path, isLast: false }) as const);
  expect(readLogAhead(tabled)).toBeUndefined();
});
