import { cpSync, existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { verifyLog } from "@holdfast/log";
import { expect, test } from "vitest";
import { dataDirectory, guardOn, permitted, refused, request } from "./support.ts";

function removeFiles(folder: string): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
}

test.for([
  ["is removed", (data: string) => rmSync(data, { recursive: true })],
  ["is moved", (data: string) => renameSync(data, `${data}.away`)],
  [
    "is replaced by a copy",
    (data: string) => {
      renameSync(data, `${data}.away`);
      cpSync(`${data}.away`, data, { recursive: true });
    },
  ],
  ["has lost its segments", (data: string) => removeFiles(join(data, "seg"))],
  ["has lost its payloads", (data: string) => removeFiles(join(data, "payload"))],
] as const)("no action is allowed any more when the data folder %s", async ([, take]) => {
  const data = dataDirectory();
  const guard = await guardOn(data);
  const write = () => guard.begin(request("fs.write", { path: "x" }));
  const before = permitted(await write());
  take(data);
  const answer = refused(await write());
  expect(answer.decision).toMatchObject({ effect: "deny", code: "audit_unavailable" });
  for (let turn = 0; turn < 3; turn += 1) {
    expect(refused(await write()).decision.code).toBe("audit_unavailable");
  }
  // What was granted before is not shown: that it was seen could not be recorded.
  expect(await guard.end(before, { status: "success", result: "x" })).toMatchObject({
    released: false,
  });
  const there = existsSync(data);
  await guard.close();
  // Nothing makes it anew behind everybody's back.
  expect(existsSync(data)).toBe(there);
  expect(there).toBe(existsSync(join(data, "log.json")));
});

test("a folder that is back in its place is gone on with by the next guard", async () => {
  const data = dataDirectory();
  const guard = await guardOn(data);
  const act = async (with_ = guard) => with_.begin(request("fs.write", { path: "x" }));
  permitted(await act());
  renameSync(data, `${data}.away`);
  refused(await act());
  renameSync(`${data}.away`, data);
  expect(refused(await act()).decision.code).toBe("audit_unavailable");
  await guard.close();
  permitted(await act(await guardOn(data)));
  expect((await verifyLog(data)).problems).toEqual([]);
  expect(existsSync(`${data}.away`)).toBe(false);
});
