import { nodeFiles, verifyLog } from "@holdfast/log";
import type { LogFiles } from "@holdfast/log";
import { expect, test } from "vitest";
import { dataDirectory, guardOn, permitted, refused, request } from "./support.ts";

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
  expect(refused(answer).decision).toMatchObject({ effect: "deny", code: "unavailable" });
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
