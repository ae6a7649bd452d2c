import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openLog, verifyLog } from "@holdfast/log";
import { afterAll, beforeAll, expect, test } from "vitest";
import { killWriters } from "./chaos.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "holdfast-kill-"));
/** More rounds for a longer look: HOLDFAST_KILLS=1000. */
const rounds = Number(process.env["HOLDFAST_KILLS"] ?? 12);

beforeAll(() => {
  // The child runs the built package: built now, so that it is the one under test.
  execFileSync(join(root, "node_modules", ".bin", "tsc"), ["-b", "packages/log"], { cwd: root });
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

test(
  "a writer killed at random moments loses no acknowledged record",
  async () => {
    const result = await killWriters(directory, rounds, 20_261_121);
    expect(result.broken).toEqual([]);
    expect(result.acknowledged).toBeGreaterThan(100);
    // The lock of a killed writer is free at once, and the log goes on.
    const origin = "example.org/chaos";
    const log = await openLog({ directory, origin, now: () => 1, segmentBytes: 256 * 1024 });
    await log.close();
    expect(await verifyLog(directory, { held: log.head })).toMatchObject({ ok: true });
  },
  60_000 + rounds * 1000,
);
