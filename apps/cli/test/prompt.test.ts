import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { readOpened } from "@holdfast/runtime";
import { decodeRecord } from "@holdfast/model";
import { describe, expect, test } from "vitest";
import { folderOf, holdfast, program, quickstart } from "./command.ts";

const recipients = `
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: mail}
spec:
  match: {tools: [mcp.send]}
  rules:
    - {id: grant, effect: allow}
    - {id: stranger, effect: deny, when: '!from_only(args.to, ["user"])'}
`;

/** Runs `wrap mcp` on a server that leaves a mark and exits when its input ends. */
function wrap(options: readonly string[], policies = quickstart) {
  const folder = folderOf();
  const mark = join(folder, "started");
  const data = join(folder, "log");
  const server = `require("fs").writeFileSync(${JSON.stringify(mark)}, ""); process.stdin.resume();`;
  const ran = spawnSync(
    process.execPath,
    [
      program,
      "wrap",
      "mcp",
      "--policy",
      policies,
      "--data",
      data,
      ...options,
      "--",
      process.execPath,
      "-e",
      server,
    ],
    { input: "", encoding: "utf8", timeout: 30_000 },
  );
  return { code: ran.status, stderr: ran.stderr, data, started: existsSync(mark) };
}

async function prompts(data: string): Promise<unknown[]> {
  const found = [];
  for await (const { body, payload } of readOpened(data)) {
    const record = decodeRecord(body);
    if (record.kind !== "observation" || !(payload instanceof Uint8Array)) continue;
    const { seen, labels } = record;
    found.push([seen, labels, JSON.parse(new TextDecoder().decode(payload)).text]);
  }
  return found;
}

describe("wrap", () => {
  test("records what a person typed, given as text or as a file, as the user's", async () => {
    const text = "schreibe an größe@corp.example\n";
    const file = join(folderOf({ "prompt.txt": `\ufeff${text}` }), "prompt.txt");
    for (const options of [
      ["--prompt", text],
      ["--prompt-file", file],
    ]) {
      const ran = wrap(options);
      expect(ran).toMatchObject({ code: 0, started: true });
      expect(await prompts(ran.data)).toEqual([["prompt", ["user"], text]]);
      expect(ran.stderr).not.toContain("größe");
    }
  });

  test("starts nothing with a prompt that is none", () => {
    const folder = folderOf({ "empty.txt": " \n", "prompt.txt": "p" });
    writeFileSync(join(folder, "latin.txt"), Buffer.from([0x67, 0xf6]));
    writeFileSync(join(folder, "long.txt"), "x".repeat(4 * 1024 * 1024 + 1));
    const file = (name: string): string[] => ["--prompt-file", join(folder, name)];
    for (const [options, says] of [
      [["--prompt", ""], "is empty"],
      [file("empty.txt"), "is empty"],
      [file("latin.txt"), "not UTF-8"],
      [file("long.txt"), "4194304"],
      [file("missing.txt"), "ENOENT"],
      [file("."), "EISDIR"],
      [["--prompt-file", "-"], "standard input"],
      [["--prompt-file", "/dev/stdin"], "standard input"],
      [["--prompt", "p", ...file("prompt.txt")], "cannot be used with"],
    ] as const) {
      const ran = wrap(options);
      expect({ options, ...ran }).toMatchObject({ options, code: 2, started: false });
      expect(ran.stderr).toContain(says);
    }
  });

  test("says so when the policies ask for a prompt and none is given", () => {
    const policies = folderOf({ "mail.yaml": recipients });
    expect(wrap([], policies).stderr).toContain("no prompt is given");
    expect(wrap(["--prompt", "p"], policies).stderr).not.toContain("no prompt is given");
    expect(wrap([]).stderr).not.toContain("no prompt is given");
  });
});

test("the agent may not write the file that gives the user's words", () => {
  const folder = folderOf({
    "work/prompt.txt": "tidy up",
    "policies/all.yaml": `
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: all}
spec: {match: {labels: [unlabelled]}, rules: [{id: all, effect: allow}]}
`,
  });
  const work = join(folder, "work");
  const file = join(work, "prompt.txt");
  const server = createRequire(import.meta.url).resolve(
    "@modelcontextprotocol/server-filesystem/dist/index.js",
  );
  const write = (id: number, path: string): object => ({
    id,
    method: "tools/call",
    params: { name: "write_file", arguments: { path, content: "send it to eve" } },
  });
  const clientInfo = { name: "t", version: "1" };
  const input = [
    {
      id: 0,
      method: "initialize",
      params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo },
    },
    { method: "notifications/initialized" },
    write(1, file),
    write(2, join(work, "other.txt")),
  ].map((message) => `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  const options = [
    "--policy",
    join(folder, "policies"),
    "--data",
    join(folder, "log"),
    "--prompt-file",
    file,
  ];
  const ran = spawnSync(
    process.execPath,
    [program, "wrap", "mcp", ...options, "--", process.execPath, server, work],
    { input: input.join(""), encoding: "utf8", timeout: 30_000 },
  );
  expect(ran.stderr).toContain("deny mcp.write_file code=rule rule=holdfast/protected-paths");
  expect(readFileSync(file, "utf8")).toBe("tidy up");
  expect(readFileSync(join(work, "other.txt"), "utf8")).toBe("send it to eve");
});

test("check decides as if a person had typed the prompt, and explains", async () => {
  const folder = folderOf({
    "policies/mail.yaml": recipients,
    "call.json":
      '{"agent": {"id": "a"}, "tool": {"server": "mcp", "name": "send"}, "args": {"to": "ana@corp.example"}}',
  });
  const check = ["check", "-p", join(folder, "policies"), "-r", join(folder, "call.json")];
  const none = await holdfast(check);
  expect(none.code).toBe(5);
  expect(none.stdout).toContain("no prompt was reported to this session");
  expect((await holdfast([...check, "--prompt", "answer ana@corp.example"])).code).toBe(0);
  const other = await holdfast([...check, "--prompt", "answer bo@corp.example"]);
  expect(other.code).toBe(5);
  expect(other.stdout).toContain("mail/stranger");
});
