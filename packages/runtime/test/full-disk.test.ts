import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nodeFiles, readLog, verifyLog } from "@holdfast/log";
import type { LogFiles } from "@holdfast/log";
import { decodeRecord } from "@holdfast/model";
import { expect, test } from "vitest";
import { needTool } from "../../../tools/need-tool.ts";
import { dataDirectory, guardOn, permitted, refused, request, scratch } from "./support.ts";

/** The real file system, on which no new file of the log can be made while it is full. */
function fillableFiles(): LogFiles & { full: boolean } {
  const files = {
    ...nodeFiles,
    full: false,
    open: async (path: string, mode: "read" | "write" | "create") => {
      if (files.full && mode === "create") {
        throw Object.assign(new Error("ENOSPC: planted"), { code: "ENOSPC" });
      }
      return nodeFiles.open(path, mode);
    },
  };
  return files;
}

test("on a full disk actions are refused one by one, and go on when there is room again", async () => {
  const data = dataDirectory();
  const files = fillableFiles();
  const guard = await guardOn(data, { files, snapshotRecords: 0 });
  const content = "x".repeat(32 * 1024);
  const write = () => guard.begin(request("fs.write", { path: "x", content }));
  permitted(await write());
  files.full = true;
  let granted = 0;
  let answer = await write();
  for (; answer.granted && granted < 100; granted += 1) {
    await guard.end(answer, { status: "success", result: content });
    answer = await write();
  }
  // It served from what was left, and stopped before it was used up.
  expect(granted).toBeGreaterThan(0);
  expect(refused(answer).decision).toMatchObject({ effect: "deny", code: "audit_unavailable" });
  expect(refused(answer).decision.reason).toContain("no room");
  for (let again = 0; again < 5; again += 1) expect((await write()).granted).toBe(false);
  files.full = false;
  let later = await write();
  for (let turn = 0; !later.granted && turn < 200; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    later = await write();
  }
  permitted(later);
  await guard.close();
  expect((await verifyLog(data)).ok).toBe(true);
});

/** Acts until the disk is full, makes it larger, acts on, and holds the log to what was executed. */
async function fillAndGoOn(disk: string, mount: string): Promise<void> {
  const data = join(disk, "data");
  mkdirSync(data, { mode: 0o700 });
  const guard = await guardOn(data);
  const content = "x".repeat(32 * 1024);
  const executed: string[] = [];
  const act = async (): Promise<string | undefined> => {
    const answer = await guard.begin(request("fs.write", { path: "x", content }));
    if (!answer.granted) return answer.decision.code;
    executed.push(answer.id);
    await guard.end(answer, { status: "success", result: content });
    return undefined;
  };
  let code: string | undefined;
  for (let turn = 0; code === undefined && turn < 200; turn += 1) code = await act();
  expect(code).toBe("audit_unavailable");
  const before = executed.length;
  expect(before).toBeGreaterThan(0);
  expect(await act()).toBe("audit_unavailable");
  // The disk is full indeed: the next file of the log has no room on it.
  const { bavail, bsize } = statfsSync(disk);
  expect(bavail * bsize).toBeLessThan(4 * 1024 * 1024);
  execFileSync(mount, ["-o", "remount,size=64m", disk]);
  for (let turn = 0; executed.length < before + 10 && turn < 500; turn += 1) {
    await act();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  expect(executed.length).toBe(before + 10);
  await guard.close();
  expect((await verifyLog(data)).problems).toEqual([]);
  const granted: string[] = [];
  let outcomes = 0;
  for await (const { body } of readLog(data)) {
    const record = decodeRecord(body);
    if (record.kind === "decision" && record.granted) granted.push(record.action.id);
    if (record.kind === "outcome") outcomes += 1;
  }
  expect(granted).toEqual(executed);
  expect(outcomes).toBe(executed.length);
}

/** Fills all that is left beside the log's own prepared files, and acts for people without a key. */
async function actForNewPeople(disk: string): Promise<void> {
  const data = join(disk, "data");
  mkdirSync(data, { mode: 0o700 });
  const guard = await guardOn(data);
  const act = async (id: string) => {
    const answer = await guard.begin(request("fs.write", { path: "x" }, { user: { id } }));
    return answer.granted ? "granted" : answer.decision.code;
  };
  expect(await act("ana")).toBe("granted");
  const fill = join(disk, "fill");
  expect(() => writeFileSync(fill, Buffer.alloc(300 * 1024 * 1024))).toThrow("ENOSPC");
  // Whose key is there goes on in the prepared file; whose key cannot be kept is refused.
  expect(await act("bo")).toBe("audit_unavailable");
  expect(await act("ana")).toBe("granted");
  rmSync(fill);
  expect(await act("bo")).toBe("granted");
  await guard.close();
  expect((await verifyLog(data)).problems).toEqual([]);
  let decisions = 0;
  for await (const { body } of readLog(data)) {
    if (decodeRecord(body).kind === "decision") decisions += 1;
  }
  expect(decisions).toBe(3);
}

/** Fills the disk beside the log's own prepared files while the index is kept in step. */
async function followOnFullDisk(disk: string): Promise<void> {
  const data = join(disk, "data");
  mkdirSync(data, { mode: 0o700 });
  const notices: string[] = [];
  const indexWorker = new URL("./index-thread.mjs", import.meta.url);
  const notice = (text: string): unknown => notices.push(text);
  const guard = await guardOn(data, { index: "live", indexWorker, notice });
  const act = async (): Promise<void> => {
    permitted(await guard.begin(request("fs.write", { path: "x" })));
  };
  const until = async (isSo: () => boolean): Promise<void> => {
    for (let turn = 0; turn < 2400 && !isSo(); turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    expect(isSo()).toBe(true);
  };
  await act();
  await until(() => guard.status().index.behind === 0);
  const { ino } = statSync(join(data, "index.db"));
  const fill = join(disk, "fill");
  expect(() => writeFileSync(fill, Buffer.alloc(300 * 1024 * 1024))).toThrow("ENOSPC");
  const told = (): number => notices.filter((text) => text.includes("index.db")).length;
  for (let turn = 0; turn < 300; turn += 1) await act();
  await until(() => told() > 0);
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  expect(guard.status().index).toMatchObject({ state: "live" });
  expect(guard.status().index.behind).toBeGreaterThan(0);
  rmSync(fill);
  await until(() => guard.status().index.behind === 0);
  expect(told()).toBe(1);
  expect(statSync(join(data, "index.db")).ino).toBe(ino);
  await guard.close();
}

test.for([
  ["keeps its index, says so once, and brings it up to the log later", "200m", followOnFullDisk],
  ["refuses what it cannot record, and loses nothing", "5m", fillAndGoOn],
  ["refuses those whose key it cannot keep, one by one", "200m", actForNewPeople],
] as const)("a real disk that is full %s", async ([, size, trial], context) => {
  const mount = needTool(context, "mount");
  const umount = needTool(context, "umount");
  const disk = join(scratch(), "disk");
  mkdirSync(disk);
  try {
    execFileSync(mount, ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", disk], { stdio: "pipe" });
  } catch {
    return context.skip("not run: mount of a tmpfs, which needs the right to");
  }
  try {
    await trial(disk, mount);
  } finally {
    execFileSync(umount, ["--lazy", disk]);
  }
});
