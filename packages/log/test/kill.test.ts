import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openLog, verifyLog } from "@holdfast/log";
import type { Log } from "@holdfast/log";
import { afterAll, beforeAll, expect, test } from "vitest";
import { appendChild, killWriters } from "./chaos.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "holdfast-kill-"));
const chaos = join(directory, "chaos");
/** More rounds for a longer look: HOLDFAST_KILLS=1000. */
const rounds = Number(process.env["HOLDFAST_KILLS"] ?? 12);

beforeAll(() => {
  // The child runs the built package: built now, so that it is the one under test.
  execFileSync(join(root, "node_modules", ".bin", "tsc"), ["-b", "packages/log"], { cwd: root });
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("a writer in another process keeps others out until it is gone, and verify sees it", async () => {
  const path = join(directory, "locked");
  const args = [appendChild, path, "4", "other"];
  const writer = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const closed = new Promise((resolve) => writer.once("close", resolve));
  await new Promise((resolve) => writer.stdout.once("data", resolve));
  writer.stdout.resume();
  const opening = (): Promise<Log> =>
    openLog({ directory: path, origin: "example.org/chaos", now: () => 1 });
  await expect(opening()).rejects.toMatchObject({ code: "log_locked" });
  const during = await verifyLog(path);
  expect(during).toMatchObject({ ok: true, live: true });
  expect(during.covered).toContain("held by a writer");
  writer.kill("SIGKILL");
  await closed;
  const log = await opening();
  expect(log.size).toBeGreaterThanOrEqual(during.head.size);
  await log.close();
  expect(await verifyLog(path, { held: during.head })).toMatchObject({ ok: true, live: false });
});

test(
  "a writer killed at random moments loses no acknowledged record",
  async () => {
    const result = await killWriters(chaos, rounds, 20_261_121);
    expect(result.broken).toEqual([]);
    expect(result.acknowledged).toBeGreaterThan(100);
    // The lock of a killed writer is free at once, and the log goes on.
    const origin = "example.org/chaos";
    const log = await openLog({ directory: chaos, origin, now: () => 1, segmentBytes: 256 * 1024 });
    await log.close();
    expect(await verifyLog(chaos, { held: log.head })).toMatchObject({ ok: true });
  },
  60_000 + rounds * 1000,
);
