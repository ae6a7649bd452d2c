import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { Account } from "./chaos-log/account.ts";
import { readSideFile } from "./chaos-log/side-file.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** How many processes are killed here; `npm run chaos:log` kills 1,000. */
const kills = 6;

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-chaos-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test(
  "guards killed under load lose nothing that was acknowledged and run nothing off the record",
  () => {
    execFileSync(join(root, "node_modules", ".bin", "tsc"), ["-b", "tools"], { cwd: root });
    const options = ["--kills", String(kills), "--seed", "3", "--no-record"];
    const run = spawnSync(process.execPath, ["tools/dist/chaos-log.js", ...options], {
      cwd: root,
      encoding: "utf8",
    });
    expect(run.stderr).toContain(`${kills} of ${kills} kills`);
    expect(run.stdout).toMatch(/ 0 lost; .* 0 without a record; .* 0 promises broken/u);
    expect(run.status).toBe(0);
  },
  kills * 60_000,
);

test("the account tells what a log misses of what was promised", async () => {
  const side = join(scratch(), "side");
  writeFileSync(
    side,
    "open\nsession s1\nobserved s1 a-1\nexecuted a-2 s1\nended a-2\nrefused a-3 s1\nexecuted a-4",
  );
  const promised = readSideFile(side);
  // The last line was cut off, and so promised to nobody.
  expect([...promised.executed.keys()]).toEqual(["a-2"]);
  const account = new Account();
  expect(account.lost(promised)).toEqual([
    "session s1",
    "observation s1 text of a-1",
    "refusal a-3",
    "permit a-2",
    "outcome a-2",
  ]);
  expect(account.unrecorded(promised)).toEqual(["a-2"]);
});
