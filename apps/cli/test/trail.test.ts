import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { run } from "holdfast";
import { openGuard } from "@holdfast/runtime";
import type { Guard } from "@holdfast/runtime";
import { describe, expect, onTestFinished, test } from "vitest";
import { folderOf, holdfast, quickstart } from "./command.ts";

async function opened(): Promise<{ data: string; guard: Guard }> {
  const data = join(folderOf(), "log");
  const pep = { type: "test", id: "t", version: "0" };
  const guard = await openGuard({ policies: quickstart, data, pep });
  onTestFinished(() => guard.close());
  return { data, guard };
}

const read = (guard: Guard, session: string, more: object = {}) =>
  guard.begin({
    agent: { id: "writer" },
    session: { id: session },
    tool: { server: "files", name: "read_text_file" },
    args: { path: "brief.md" },
    ...more,
  });

/** A session that saw a prompt and read twice, the second time because of the first, and one below it. */
async function played() {
  const { data, guard } = await opened();
  const root = (await guard.openSession({ agent: "writer", task: "weekly report" })).id;
  const seen = {
    kind: "prompt",
    text: "write the report",
    source: "user",
    labels: ["user"],
  } as const;
  await guard.observe(root, seen);
  const first = await read(guard, root, { id: "first" });
  if (!first.granted) throw new Error("the brief must be readable");
  await guard.end(first, { status: "success", durationMs: 3, result: "the brief" });
  await read(guard, root, { id: "second", parent: "first" });
  const child = (await guard.openSession({ agent: "writer", parent: root })).id;
  const delegation = [{ agent: { id: "boss" }, scopes: ["*"] }];
  await read(guard, child, { id: "third", delegation });
  await (
    await openOther(guard)
  ).end;
  return { data, guard, root, child };
}

async function openOther(guard: Guard) {
  const other = (await guard.openSession({ agent: "writer" })).id;
  return { end: read(guard, other, { id: "elsewhere" }) };
}

describe("audit session", () => {
  test("tells what happened in order, and what led to what", async () => {
    const { data, root, child } = await played();
    const ran = await holdfast(["audit", "session", root, "-d", data]);
    expect(ran.code).toBe(0);
    const [timeline = "", tree = ""] = ran.stdout.split("\n\n");
    const rows = timeline.trimEnd().split("\n").slice(1);
    expect(rows.map((row) => row.split(/ {2,}/u)[2])).toEqual([
      "session",
      "prompt",
      "action",
      "success",
      "action",
      "session",
      "action",
    ]);
    expect(ran.stdout).not.toContain("write the report");
    const lines = tree
      .trimEnd()
      .split("\n")
      .map((line) => line.replace(/#\d+/u, "#"));
    expect(lines).toEqual([
      `session ${root} writer`,
      "├─ # files.read_text_file  allow reading/listed, success in 3.0 ms",
      "│  └─ # files.read_text_file  allow reading/listed, open",
      `└─ session ${child} writer`,
      expect.stringMatching(/^ {3}└─ # files\.read_text_file {2}.*for boss > writer$/u),
    ]);
    expect(await holdfast(["audit", "session", root, "-d", data, "--no-index"])).toEqual(ran);
  });

  test("shows texts only when asked, and is the same as data", async () => {
    const { data, root, child } = await played();
    const shown = await holdfast(["audit", "session", root, "-d", data, "--payloads"]);
    expect(shown.stdout).toContain("write the report");
    expect(shown.stdout).toContain("weekly report");
    expect(shown.stdout).toContain("the brief");
    const { stdout } = await holdfast(["audit", "session", root, "-d", data, "-o", "json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      events: [{ kind: "session" }, { kind: "observation" }, { kind: "decision" }, {}, {}, {}, {}],
      graph: [{ session: root, actions: [{ children: [{}] }], sessions: [{ session: child }] }],
    });
    const only = await holdfast(["audit", "session", child, "-d", data, "-o", "jsonl"]);
    expect(only.stdout.trimEnd().split("\n")).toHaveLength(2);
  });

  test("says when there is no such session", async () => {
    const { data } = await played();
    const ran = await holdfast(["audit", "session", "nobody", "-d", data]);
    expect(ran).toMatchObject({ code: 2, stderr: "no record of session `nobody`\n" });
  });
});

describe("tail", () => {
  test("shows the newest records, as text and as they are in the log", async () => {
    const { data } = await played();
    const ran = await holdfast(["tail", "-d", data, "-n", "2"]);
    const lines = ran.stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(
      /^\d{4}-.*Z {2}#\d+ {2}decision {2}writer {2}files\.read_text_file {2}allow reading\/listed$/u,
    );
    const raw = await holdfast(["tail", "-d", data, "-n", "2", "-o", "jsonl"]);
    const exported = await holdfast(["audit", "export", "-d", data]);
    expect(exported.stdout.endsWith(raw.stdout)).toBe(true);
    expect((await holdfast(["tail", "-d", data, "-n", "0"])).stdout).toBe("");
  });

  test("goes on with what is written meanwhile, until nobody reads it", async () => {
    const { data, guard } = await opened();
    const { id } = await guard.openSession({ agent: "writer" });
    const stdout = new PassThrough();
    let text = "";
    const arrived = async (words: string): Promise<void> => {
      while (!text.includes(words)) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
    const host = { stdin: Readable.from([]), stdout, stderr: new PassThrough(), env: {} };
    const following = run(["tail", "-f", "-d", data, "-n", "1", "-o", "jsonl"], host);
    await arrived('"kind":"session"');
    await read(guard, id, { id: "later" });
    await arrived('"id":"later"');
    await read(guard, id, { id: "even-later" });
    await arrived('"id":"even-later"');
    stdout.destroy();
    expect(await following).toBe(0);
    expect(text.trimEnd().split("\n")).toHaveLength(3);
  });
});
