import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folderOf, program, quickstart } from "./command.ts";

/** Runs the built command as its own process, with a server that leaves a mark when it starts. */
function wrap(
  options: readonly string[],
  stdin = "",
): { code: number | null; stderr: string; started: boolean } {
  const mark = join(folderOf(), "started");
  const server = `require("fs").writeFileSync(${JSON.stringify(mark)}, ""); process.stdin.resume(); process.stdin.on("end", () => process.exit(42));`;
  const args = [program, "wrap", "mcp", ...options, "--", process.execPath, "-e", server];
  const ran = spawnSync(process.execPath, args, {
    input: stdin,
    encoding: "utf8",
    timeout: 30_000,
  });
  return { code: ran.status, stderr: ran.stderr, started: existsSync(mark) };
}

test("wrap returns the server's own exit code", () => {
  const ran = wrap(["--policy", quickstart, "--data", join(folderOf(), "log")]);
  expect(ran).toMatchObject({ code: 42, started: true });
});

test("policies that do not compile start nothing, exit 3", () => {
  const policies = folderOf({
    "a.yaml": "apiVersion: holdfast.dev/v1\nkind: Polcy\nmetadata: {name: a}\nspec: {}\n",
  });
  const ran = wrap(["--policy", policies, "--data", join(folderOf(), "log")]);
  expect(ran).toMatchObject({ code: 3, started: false });
  expect(ran.stderr).toContain("did you mean `Policy`?");
});

test("no policy folder starts nothing, exit 2", () => {
  const ran = wrap(["--policy", "/nowhere", "--data", join(folderOf(), "log")]);
  expect(ran).toMatchObject({ code: 2, started: false });
});

test("a damaged log starts nothing, exit 7", () => {
  const data = join(folderOf(), "log");
  expect(wrap(["--policy", quickstart, "--data", data]).code).toBe(42);
  writeFileSync(join(data, "log.json"), "{}");
  const ran = wrap(["--policy", quickstart, "--data", data]);
  expect(ran).toMatchObject({ code: 7, started: false });
  expect(ran.stderr).toContain("log.json");
});

test("a server that cannot be started is 125 and says so", () => {
  const args = [
    program,
    "wrap",
    "mcp",
    "--policy",
    quickstart,
    "--data",
    join(folderOf(), "log"),
    "--",
    "/nowhere/server",
  ];
  const ran = spawnSync(process.execPath, args, { encoding: "utf8", input: "", timeout: 30_000 });
  expect(ran.status).toBe(125);
  expect(ran.stderr).toContain("/nowhere/server");
});

test("wrap says what governs, and a data folder that is a file starts nothing", () => {
  const file = join(folderOf({ file: "" }), "file");
  const ran = wrap(["--policy", quickstart, "--data", file]);
  expect(ran).toMatchObject({ code: 2, started: false });
  expect(ran.stderr).not.toContain("    at ");
  const told = wrap([
    "--policy",
    quickstart,
    "--data",
    join(folderOf(), "log"),
    "--agent",
    "writer",
  ]);
  expect(told.stderr).toMatch(
    /holdfast: 5 rules of .*agent writer, server mcp, environment development/u,
  );
});

test("a reader that stops early is no error", () => {
  const many = spawnSync(
    "bash",
    ["-c", `${process.execPath} ${program} schema Policy | head -c 10`],
    {
      encoding: "utf8",
    },
  );
  expect(many).toMatchObject({ status: 0, stderr: "" });
});
