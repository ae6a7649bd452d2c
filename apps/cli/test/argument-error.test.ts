import { spawn } from "node:child_process";
import { once } from "node:events";
import { nodeFiles, openLog } from "@holdfast/log";
import { expect, onTestFinished, test } from "vitest";
import { folderOf, holdfast, repository } from "./command.ts";

test.each([
  ["--daat x", "unknown option `--daat`"],
  ["chekc", "unknown command `chekc`, did you mean `check`?"],
  ["audit vrify", "unknown command `vrify`, did you mean `verify`?"],
  ["audit verify --dat x", "unknown option `--dat`, did you mean `--data`?"],
  ["audit verify --data", "`--data <dir>` needs a value"],
  [
    "audit verify -o xml",
    "`xml` is no value of `--output <format>`: write table, json, jsonl or yaml",
  ],
  ["audit verify a b", "2 arguments, and `verify` takes none"],
  ["audit prove", "missing argument `<index>`"],
  ["audit rotate-key x", "1 argument, and `rotate-key` takes none"],
])("`holdfast %s` says %s, and where help is, with exit 2", async (command, message) => {
  const { code, stdout, stderr } = await holdfast(command.split(" "));
  expect(stderr).toBe(`${message}\n(add \`--help\` for usage and examples)\n`);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
});

/** A process that holds the writer lock of a log until the test is over. */
const holder = `
const { openLog } = await import(process.argv[1]);
await openLog({ directory: process.argv[2], origin: "example.org/held", now: () => 1 });
console.log("open");
setInterval(() => {}, 1000);
`;

test("a log that another process writes to says which, and what to do, with exit 2", async () => {
  const data = folderOf();
  const module = `${repository}/packages/log/dist/index.js`;
  const args = ["--input-type=module", "--eval", holder, module, data];
  const other = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void other.kill("SIGKILL"));
  await once(other.stdout, "data");
  const who = process.platform === "linux" ? `the process ${other.pid}` : "";
  const { code, stderr } = await holdfast(["audit", "rotate-key", "--data", data]);
  expect(stderr).toContain("log_locked log in");
  expect(stderr).toContain(`is being written by ${who}`);
  expect(stderr).toContain("; stop it, and try again");
  expect(code).toBe(2);
  other.kill("SIGKILL");
  await once(other, "exit");
  const log = await openLog({ directory: data, origin: "example.org/held", now: () => 1 });
  expect(await nodeFiles.isLocked(data)).toBe(true);
  await log.close();
});
