import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { needTool } from "../../../tools/need-tool.ts";
import { appendChild } from "./chaos.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Calls of one trace in the order they ended: `fdatasync`, a write to a file, or a word to us. */
function events(trace: string): { what: "sync" | "file" | "told"; fd: string }[] {
  const found: { what: "sync" | "file" | "told"; fd: string }[] = [];
  const unfinished = new Map<string, string>();
  for (const line of trace.split("\n")) {
    const [, thread = "", rest = ""] = /^(?:\[pid\s+)?(\d+)\]?\s+(.*)$/u.exec(line) ?? [];
    if (rest.includes("<unfinished")) unfinished.set(thread, rest);
    const resumed = /<\.\.\. (\w+) resumed>/u.test(rest) ? unfinished.get(thread) : undefined;
    if (rest.includes("<unfinished")) continue;
    const [, name = "", fd = ""] = /^(\w+)\((\d+)/u.exec(resumed ?? rest) ?? [];
    if (name === "fdatasync" && rest.endsWith("= 0")) found.push({ what: "sync", fd });
    if (name === "pwrite64") found.push({ what: "file", fd });
    if (name === "write" && fd === "1") found.push({ what: "told", fd });
  }
  return found;
}

interface Traced {
  /** acknowledgements that left the process */
  readonly acknowledged: number;
  /** of these, such that left while something written was not on stable storage */
  readonly early: number;
}

/** Runs a writer under strace until it has acknowledged some records, then kills it. */
async function traceWriter(...mode: readonly string[]): Promise<Traced> {
  execFileSync(join(root, "node_modules", ".bin", "tsc"), ["-b", "packages/log"], { cwd: root });
  const scratch = mkdtempSync(join(tmpdir(), "holdfast-strace-"));
  try {
    const out = join(scratch, "trace");
    const traced = ["-f", "-o", out, "-e", "trace=pwrite64,fdatasync,write", "--"];
    const writer = [process.execPath, appendChild, join(scratch, "log"), "1", "run", ...mode];
    const run = spawn("strace", [...traced, ...writer], {
      stdio: ["ignore", "pipe", "ignore"],
      detached: true,
    });
    let told = 0;
    await new Promise<void>((resolve) => {
      run.stdout.on("data", (text: Buffer) => {
        told += text.toString().split("\n").length - 1;
        // The group of processes that this test started, and no other.
        if (told > 30 && run.pid !== undefined) process.kill(-run.pid, "SIGKILL");
      });
      run.once("close", () => resolve());
    });
    return judgeTrace(readFileSync(out, "utf8"));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function judgeTrace(trace: string): Traced {
  const unsynced = new Set<string>();
  let acknowledged = -1;
  let early = 0;
  for (const { what, fd } of events(trace)) {
    if (what === "file") unsynced.add(fd);
    if (what === "sync") unsynced.delete(fd);
    if (what !== "told") continue;
    if (unsynced.size > 0) early += 1;
    acknowledged += 1;
  }
  return { acknowledged, early };
}

test("the kernel sees fdatasync end on both files before any acknowledgement", async (context) => {
  needTool(context, "strace");
  const { acknowledged, early } = await traceWriter();
  expect(early).toBe(0);
  expect(acknowledged).toBeGreaterThan(10);
});

// The disk that forgets catches the same writer: `durability.test.ts`, with `skipsSync`.
test("the same trace shows it when fdatasync is left out", async (context) => {
  needTool(context, "strace");
  const { acknowledged, early } = await traceWriter("drop-sync");
  expect(acknowledged).toBeGreaterThan(10);
  expect(early).toBeGreaterThan(10);
});
