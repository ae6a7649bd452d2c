import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readLog } from "@holdfast/log";
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

test.runIf(existsSync("/proc/self"))(
  "a data folder that cannot be made ends at once, exit 2",
  () => {
    const ran = wrap(["--policy", quickstart, "--data", "/proc/holdfast/log"]);
    expect(ran).toMatchObject({ code: 2, started: false });
    expect(ran.stderr).toContain("cannot make the folder `/proc/holdfast`: ENOENT");
    const options = { encoding: "utf8", timeout: 30_000 } as const;
    const args = [program, "demo", "--data", "/proc/holdfast"];
    const demo = spawnSync(process.execPath, args, options);
    expect(demo).toMatchObject({ status: 2, stdout: "" });
    expect(demo.stderr).toContain("cannot make the folder `/proc/holdfast`: ENOENT");
  },
);

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

test.skipIf(process.platform === "win32")(
  "SIGHUP puts changed policies in force, and keeps the old ones when they do not compile",
  async () => {
    const policy = (rules: string): string =>
      `apiVersion: holdfast.dev/v1\nkind: Policy\nmetadata: {name: a}\nspec: {rules: [${rules}]}\n`;
    const allow = "{id: all, effect: allow, when: 'tool.name == \"x\"'}";
    const policies = folderOf({ "a.yaml": policy(allow) });
    const data = join(folderOf(), "log");
    const server = "process.stdin.resume(); process.stdin.on('end', () => process.exit(0));";
    const args = [program, "wrap", "mcp", "--policy", policies, "--data", data];
    const child = spawn(process.execPath, [...args, "--", process.execPath, "-e", server]);
    let said = "";
    child.stderr.on("data", (part: Buffer) => (said += part.toString("utf8")));
    const hears = async (words: string): Promise<void> => {
      for (const until = Date.now() + 30_000; !said.includes(words);) {
        if (Date.now() > until) throw new Error(`never said \`${words}\`: ${said}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const file = join(policies, "a.yaml");
    await hears("1 rule of");
    writeFileSync(file, policy(`${allow}, {id: none, effect: deny}`));
    child.kill("SIGHUP");
    await hears("holdfast: 2 rules in force");
    writeFileSync(file, policy("{id: none, effect: dney}"));
    child.kill("SIGHUP");
    await hears("the policies in force stay as they are");
    expect(said).toContain("did you mean `deny`?");
    child.stdin.end();
    const [code] = (await once(child, "exit")) as [number | null];
    expect(code).toBe(0);
    const records: unknown[] = [];
    for await (const { body } of readLog(data))
      records.push(JSON.parse(new TextDecoder().decode(body)));
    const kinds = records.filter((one) => (one as { kind: string }).kind === "policy");
    expect(kinds).toHaveLength(3);
    expect(kinds.at(-1)).toMatchObject({ refused: { code: "policy_invalid" } });
  },
);
