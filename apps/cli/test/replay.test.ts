import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { createEngine } from "@holdfast/engine";
import type { Bundle, Engine } from "@holdfast/engine";
import { openGuard } from "@holdfast/runtime";
import { describe, expect, test } from "vitest";
import { folderOf, holdfast, quickstart } from "./command.ts";

/** A log of a read that ran and was ended, a read that ran, and a write that was denied. */
async function writtenLog(make: (bundle: Bundle) => Engine = createEngine): Promise<string> {
  const data = join(folderOf(), "log");
  const pep = { type: "test", id: "t", version: "0" };
  const guard = await openGuard({ policies: quickstart, data, pep, createEngine: make });
  const session = { id: (await guard.openSession({ agent: "writer" })).id };
  const act = (name: string, args: Record<string, string>) =>
    guard.begin({ agent: { id: "writer" }, session, tool: { server: "files", name }, args });
  const read = await act("read_text_file", { path: "brief.md" });
  if (!read.granted) throw new Error("the brief must be readable");
  await guard.end(read, { status: "success", durationMs: 3, result: { content: [] } });
  await act("read_text_file", { path: "." });
  await act("write_file", { path: "config.json", content: "{}" });
  await guard.close();
  return data;
}

/** The quickstart's policies without the brief among what may be read. */
function withoutBrief(): string {
  const names = ["files.yaml", "history.yaml", "tools.yaml"];
  const texts = names.map((name) => [name, readFileSync(join(quickstart, name), "utf8")] as const);
  return folderOf(
    Object.fromEntries(
      texts.map(([name, text]) => [name, text.replace('items: [".", brief.md,', 'items: [".",')]),
    ),
  );
}

describe("replay by the bundles that decided", () => {
  test("finds every decision to be the same", async () => {
    const data = await writtenLog();
    const ran = await holdfast(["replay", "--data", data]);
    expect(ran).toEqual({
      code: 0,
      stdout: "same  4 of 4 decisions recompute to the bytes recorded\n",
      stderr: "",
    });
    const { stdout } = await holdfast(["replay", "--data", data, "--since", "1d", "-o", "json"]);
    expect(JSON.parse(stdout)).toEqual({
      decisions: 4,
      same: 4,
      different: 0,
      unknown: 0,
      lost: 0,
      redacted: 0,
    });
  });

  test("exits with 9 and says which field differs when one does not", async () => {
    const data = await writtenLog((bundle) => {
      const engine = createEngine(bundle);
      const decide: Engine["decide"] = (input) => {
        const decision = engine.decide(input);
        return decision.effect === "deny" ? { ...decision, code: "limit" } : decision;
      };
      return { ...engine, decide };
    });
    const ran = await holdfast(["replay", "--data", data]);
    expect(ran.code).toBe(9);
    expect(ran.stdout).toMatch(/^different {2}3 of 4/u);
    expect(ran.stdout).toMatch(/first difference: record \d+, phase call/u);
    expect(ran.stdout).toContain('code: recorded "limit", now "rule"');
    expect(ran.stdout).toContain("it read the same history and decided otherwise");
    const asData = await holdfast(["replay", "--data", data, "-o", "json"]);
    expect(JSON.parse(asData.stdout)).toMatchObject({
      different: 1,
      first: { cause: "decision", fields: [{ field: "code" }] },
    });
  });
});

describe("replay by other policies", () => {
  test("groups what changes by the rules that made and would make it", async () => {
    const data = await writtenLog();
    const policy = withoutBrief();
    const ran = await holdfast(["replay", "-d", data, "-p", policy]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain("1 newly denied (1 had succeeded), 0 newly allowed");
    expect(ran.stdout).toMatch(
      /1 +newly denied +call +allow reading\/listed +deny default_deny +1 +#\d+ writer files\.read_text_file/u,
    );
    const gate = await holdfast([
      "replay",
      "-d",
      data,
      "-p",
      policy,
      "--fail-on-change",
      "-o",
      "json",
    ]);
    expect(gate.code).toBe(9);
    expect(JSON.parse(gate.stdout)).toMatchObject({
      newlyDenied: { count: 1, succeeded: 1 },
      newlyAllowed: 0,
    });
  });

  test("finds nothing under the same policies", async () => {
    const data = await writtenLog();
    const ran = await holdfast(["replay", "-d", data, "-p", quickstart, "--fail-on-change"]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/^0 of 4 recorded decisions change/u);
  });
});

describe("replay of runs", () => {
  const runs = [
    {
      id: "one",
      user_prompt: "read the brief",
      utility: true,
      calls: [
        { i: 0, tool: "read_text_file", args: { path: "brief.md" }, result: "text", error: null },
        { i: 1, tool: "write_file", args: { path: "x", content: "" }, result: "done", error: null },
      ],
    },
    {
      id: "two",
      calls: [{ tool: "list_directory", args: { path: "." }, result: "", error: null }],
    },
  ];
  const text = runs.map((run) => JSON.stringify(run)).join("\n");
  const ask = (file: string, ...more: string[]) =>
    holdfast([
      "replay",
      "--runs",
      file,
      "-p",
      quickstart,
      "--agent",
      "writer",
      "--tool-server",
      "files",
      ...more,
    ]);

  test("says where runs were made that the policies do not know", async () => {
    const made = runs.map((run) => JSON.stringify({ ...run, environment: "moon" })).join("\n");
    const folder = folderOf({ "moon.jsonl": made, "runs.jsonl": text });
    const away = await ask(join(folder, "moon.jsonl"));
    expect([away.code, away.stdout]).toEqual([0, expect.stringContaining("invalid_request")]);
    expect(away.stderr).toMatch(
      /^3 calls were made in `moon`, which the policies do not declare, and so denied; declared: /u,
    );
    expect((await ask(join(folder, "runs.jsonl"))).stderr).toBe("");
  });

  test("decides each call in order, from lines and from gzip", async () => {
    const folder = folderOf({ "runs.jsonl": text });
    const plain = await ask(join(folder, "runs.jsonl"));
    expect(plain.code).toBe(0);
    expect(plain.stdout).toMatch(/^2 runs with 3 calls: 2 allow, 1 deny; 1 run has a call/u);
    expect(plain.stdout).toMatch(/1 +deny +default_deny/u);
    writeFileSync(join(folder, "runs.jsonl.gz"), gzipSync(text));
    expect(await ask(join(folder, "runs.jsonl.gz"))).toEqual(plain);
    const lines = await ask(join(folder, "runs.jsonl"), "-o", "jsonl");
    expect(
      lines.stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { id: "one", calls: 2, effects: { allow: 1, deny: 1 }, changedResults: 0, firstStopped: 1 },
      { id: "two", calls: 1, effects: { allow: 1 }, changedResults: 0 },
    ]);
  });

  test("says where a line is no run", async () => {
    const folder = folderOf({ "a.jsonl": `${text}\n{"id":"three"}\n`, "b.jsonl": "{" });
    const noRun = await ask(join(folder, "a.jsonl"));
    expect(noRun.code).toBe(2);
    expect(noRun.stderr).toContain("a.jsonl:3: not a run: `calls`");
    expect((await ask(join(folder, "b.jsonl"))).stderr).toContain("b.jsonl:1:");
    expect((await ask(join(folder, "none.jsonl"))).code).toBe(2);
  });
});

test.each([
  [["replay", "--data", "/nowhere"], "there is no log"],
  [["replay", "--fail-on-change", "--data", "/tmp"], "there is no log"],
  [["replay", "-o", "jsonl"], "is for `--runs`"],
])("%s is an argument error", async (args, words) => {
  const ran = await holdfast(args);
  expect(ran).toMatchObject({ code: 2, stdout: "" });
  expect(ran.stderr).toContain(words);
});
