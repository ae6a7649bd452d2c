/**
 * An agent that does not end, with what it started. Seen to fail: a process that the agent left holds the command
 * beyond its timeout, and lives on.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { runAgent } from "../src/stress/agent-run.ts";
import { folderOf, program, quickstart } from "./command.ts";

/** A process that tells of its life in a file, holds the agent's streams, and ends when the file's folder is gone. */
const living = `
setInterval(() => require("node:fs").appendFileSync(process.argv[1], "."), 20);
`;

/** An agent that starts one, waits until it lives, and then does as it is told. */
const agent = `
const fs = require("node:fs");
const [file, detached, then] = process.argv.slice(1);
const child = require("node:child_process").spawn(
  process.execPath, ["-e", ${JSON.stringify(living)}, file],
  { stdio: ["ignore", "inherit", "inherit"], detached: detached === "detached" },
);
child.unref();
console.log("begun");
const timer = setInterval(() => {
  if (!fs.existsSync(file)) return;
  if (then === "exits") process.exit(3);
}, 20);
`;

interface Kept {
  readonly file: string;
  readonly args: readonly string[];
}

function agentThat(then: "exits" | "stays", detached = ""): Kept {
  const file = join(folderOf(), "life");
  return { file, args: ["-e", agent, file, detached, then] };
}

/** Time in which two processes start on a busy machine. */
const timeoutMs = 6000;

async function ran({
  args,
}: Kept): Promise<{ readonly code: number | null; readonly said: string }> {
  const stderr = new PassThrough();
  let said = "";
  stderr.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
  const { execPath: command, env } = process;
  return { code: await runAgent({ command, args, env, stderr, timeoutMs }), said };
}

async function isLiving({ file }: Kept): Promise<boolean> {
  const { size } = statSync(file);
  await pause(1000);
  return statSync(file).size > size;
}

test("at the timeout an agent ends with what it has started, and nothing holds the command", async () => {
  const kept = [agentThat("stays"), agentThat("exits"), agentThat("exits", "detached")];
  const ends = await Promise.all(kept.map((each) => ran(each)));
  // One that had exited by itself left something running: its own exit code is what counts.
  expect(ends.map(({ code }) => code)).toEqual([null, 3, 3]);
  expect(ends.map(({ said }) => said)).toEqual(["begun\n", "begun\n", "begun\n"]);
  // What has left the agent's group is out of reach, and is not waited for.
  expect(await Promise.all(kept.map((each) => isLiving(each)))).toEqual([false, false, true]);
});

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "%s ends the command, the agent and what it started",
  async (signal) => {
    const kept = agentThat("stays");
    const args = ["stress", "run", "--policy", quickstart, "--mcp", "node", "--"];
    const command = spawn(process.execPath, [program, ...args, process.execPath, ...kept.args]);
    let said = "";
    command.stderr.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    while (!existsSync(kept.file)) await pause(50);
    command.kill(signal);
    const [code] = (await once(command, "close")) as [number | null];
    expect(code).toBe({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal]);
    expect(said).toContain(`stopped by ${signal}, and the agent with it`);
    expect(await isLiving(kept)).toBe(false);
  },
);
