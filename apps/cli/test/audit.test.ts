import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openLog, verifyLog } from "@holdfast/log";
import { openGuard } from "@holdfast/runtime";
import { folderOf, holdfast, quickstart } from "./command.ts";

/** A log with three decisions: a read that ran, a denied write, a read whose outcome is missing. */
async function writtenLog(): Promise<string> {
  const data = join(folderOf(), "log");
  const guard = await openGuard({
    policies: quickstart,
    data,
    pep: { type: "test", id: "t", version: "0" },
  });
  const session = await guard.openSession({ agent: "writer" });
  const act = (name: string, args: Record<string, string>) =>
    guard.begin({
      agent: { id: "writer" },
      session: { id: session.id },
      tool: { server: "files", name },
      args,
    });
  const read = await act("read_text_file", { path: "brief.md" });
  if (!read.granted) throw new Error("the brief must be readable");
  await guard.end(read, { status: "success", durationMs: 3, result: { content: [] } });
  await act("write_file", { path: "config.json", content: "{}" });
  await act("list_directory", { path: "." });
  await guard.close();
  return data;
}

function flipByte(path: string, offset: number): void {
  const bytes = readFileSync(path);
  bytes[offset] = (bytes[offset] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

function segmentOf(data: string): string {
  const [segment] = readdirSync(join(data, "seg"));
  return join(data, "seg", segment ?? "");
}

describe("audit verify", () => {
  test("an intact log exits with 0 and prints a head that it can be held to", async () => {
    const data = await writtenLog();
    const ran = await holdfast(["audit", "verify", "--data", data]);
    expect(ran).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^intact {2}\d+ records/u),
    });
    expect(ran.stdout).toContain("not externally anchored");
    const head = /head +(\S+)/u.exec(ran.stdout)?.[1] ?? "";
    const held = await holdfast(["audit", "verify", "--data", data, "--held", head, "-o", "json"]);
    expect(held.code).toBe(0);
    expect(JSON.parse(held.stdout)).toMatchObject({ state: "intact", ok: true, problems: [] });
  });

  test("one flipped byte exits with 7 and says where", async () => {
    const data = await writtenLog();
    flipByte(segmentOf(data), 300);
    const ran = await holdfast(["audit", "verify", "--data", data]);
    expect(ran).toMatchObject({
      code: 7,
      stdout: expect.stringMatching(/^damaged/u),
    });
    expect(ran.stdout).toMatch(/problem +.*seg\//u);
  });

  test("a head of another log is found to be a fork", async () => {
    const [data, other] = [await writtenLog(), await writtenLog()];
    const { stdout } = await holdfast(["audit", "verify", "--data", other]);
    const head = /head +(\S+)/u.exec(stdout)?.[1] ?? "";
    const ran = await holdfast(["audit", "verify", "--data", data, "--held", head]);
    expect(ran).toMatchObject({
      code: 7,
      stdout: expect.stringContaining("does not contain the held head"),
    });
  });

  test.each([
    ["--data", "/nowhere"],
    ["--data", "/tmp", "--held", "x"],
  ])("%s %s is an argument error", async (...args) => {
    expect(await holdfast(["audit", "verify", ...args])).toMatchObject({ code: 2, stdout: "" });
  });
});

describe("audit query", () => {
  test("each decision stands beside what became of it, newest first", async () => {
    const data = await writtenLog();
    const ran = await holdfast(["audit", "query", "--data", data]);
    expect(ran.code).toBe(0);
    const rows = ran.stdout
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.split(/ {2,}/u));
    expect(rows.map((row) => [row[3], row[4]])).toEqual([
      ["files.list_directory", "allow"],
      ["files.write_file", "deny"],
      ["files.read_text_file", "allow"],
    ]);
    expect(ran.stdout).toMatch(/list_directory.*ambiguous \(close\)/u);
    expect(ran.stdout).toMatch(/write_file.*refused/u);
    expect(ran.stdout).toMatch(/read_text_file.*success/u);
  });

  test("filters narrow, and arguments are shown only when asked for", async () => {
    const data = await writtenLog();
    const plain = await holdfast([
      "audit",
      "query",
      "--data",
      data,
      "--effect",
      "deny",
      "-o",
      "jsonl",
    ]);
    expect(plain.stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(plain.stdout).not.toContain("config.json");
    const full = await holdfast([
      "audit",
      "query",
      "-d",
      data,
      "--tool",
      "files.write_file",
      "--payloads",
      "-o",
      "json",
    ]);
    expect(JSON.parse(full.stdout)).toMatchObject([{ args: { path: "config.json" } }]);
  });

  test("nothing that matches is said, not shown as an empty table", async () => {
    const data = await writtenLog();
    expect(await holdfast(["audit", "query", "-d", data, "--agent", "nobody"])).toMatchObject({
      code: 0,
      stdout: "no decision matches\n",
    });
  });

  test("goes on behind the last row, by the index and without it", async () => {
    const data = await writtenLog();
    const ask = (...more: string[]) =>
      holdfast(["audit", "query", "-d", data, "--limit", "2", "-o", "json", ...more]);
    const first = await ask();
    const cursor = /--cursor (\d+)/u.exec(first.stderr)?.[1] ?? "";
    const second = await ask("--cursor", cursor);
    const listed = [first, second].flatMap(
      ({ stdout }) => JSON.parse(stdout) as { decision: { tool: { name: string } } }[],
    );
    expect(listed.map(({ decision }) => decision.tool.name)).toEqual([
      "list_directory",
      "write_file",
      "read_text_file",
    ]);
    expect(second.stderr).toBe("");
    expect(readdirSync(data)).toContain("index.db");
    expect(await ask("--no-index")).toEqual(first);
  });

  test("looks for words in records, and in payloads only when asked to", async () => {
    const data = await writtenLog();
    const names = async (...filter: string[]) => {
      const ran = await holdfast(["audit", "query", "-d", data, "-o", "json", ...filter]);
      return (JSON.parse(ran.stdout) as { decision: { tool: { name: string } } }[]).map(
        (row) => row.decision.tool.name,
      );
    };
    expect(await names("--text", "WRITE_file deny")).toEqual(["write_file"]);
    expect(await names("--text", "config.json")).toEqual([]);
    expect(await names("--payload-text", "config.json")).toEqual(["write_file"]);
    expect(await names("--code", "rule")).toEqual(["list_directory", "read_text_file"]);
  });
});

describe("audit export", () => {
  test("goes on from the cursor, and prints to standard output unless told otherwise", async () => {
    const data = await writtenLog();
    const cursor = join(folderOf(), "cursor");
    const ask = (...more: string[]) => holdfast(["audit", "export", "-d", data, ...more]);
    const first = await ask("--cursor-file", cursor);
    expect(first.code).toBe(0);
    const records = first.stdout.trimEnd().split("\n").length;
    expect(first.stderr).toBe(`${records} records exported; the next is record ${records}\n`);
    expect(await ask("--cursor-file", cursor)).toMatchObject({ code: 0, stdout: "" });
    const rows = await ask("--format", "csv");
    expect(rows.stdout).toMatch(/^sequence,time,kind/u);
    expect(await ask("--format", "csv", "--cursor-file", cursor)).toMatchObject({ code: 2 });
  });

  test.each([
    [["--to", "ftp://x/y"], "write an http or https URL"],
    [["--to", "http://127.0.0.1:1/", "--header", "nonsense"], "is no header"],
    [["--to", "http://127.0.0.1:1/", "--header", "A: $NOT_SET"], "not set in the environment"],
  ])("%s is an argument error", async (more, words) => {
    const ran = await holdfast(["audit", "export", "-d", await writtenLog(), ...more]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(words);
  });
});

describe("audit erase", () => {
  test("destroys what was personal, says how much, and verify still passes", async () => {
    const data = await writtenLog();
    const erase = ["audit", "erase", "--data", data, "--reason", "asked for"];
    const ran = await holdfast([...erase, "--subject", "agent:writer"]);
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout).toMatch(/^erased {4}5 payloads are zeros now; record \d+ says so\n$/u);
    expect((await holdfast(["audit", "verify", "--data", data])).stdout).toContain("5 erased");
    const { size } = (await verifyLog(data)).head;
    const again = await holdfast([...erase, "--subject", "agent:writer"]);
    expect(again).toMatchObject({ code: 2, stdout: "" });
    expect(again.stderr).toContain("no payload of `agent:writer` is there to be erased");
    const slip = await holdfast([...erase, "--subject", "agent:wirter"]);
    expect(slip.code).toBe(2);
    expect(slip.stderr).toContain(
      "`agent:wirter` is there to be erased; did you mean `agent:writer`?",
    );
    // Nothing is recorded of what found nothing.
    expect((await verifyLog(data)).head.size).toBe(size);
    const unknown = await holdfast([...erase, "--subject", "writer"]);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain("write user:ID, agent:ID or session:ID");
  });

  test("leaves queries, exports, sessions and replay at work on what is left", async () => {
    const data = await writtenLog();
    const erase = ["audit", "erase", "--data", data, "--reason", "asked for"];
    await holdfast([...erase, "--subject", "agent:writer"]);
    const rows = await holdfast(["audit", "query", "-d", data, "--payloads", "-o", "json"]);
    expect(JSON.parse(rows.stdout)).toHaveLength(3);
    expect(rows.stdout).not.toContain("config.json");
    const words = ["audit", "query", "-d", data, "--payload-text", "config.json"];
    expect(await holdfast(words)).toMatchObject({ code: 0, stdout: "no decision matches\n" });
    const spans = await holdfast(["audit", "export", "-d", data, "-f", "otel", "--payloads"]);
    expect(spans.code).toBe(0);
    expect(spans.stdout).not.toContain("config.json");
    const replayed = await holdfast(["replay", "-d", data]);
    expect(replayed.code).toBe(0);
    expect(replayed.stdout).toMatch(
      /\d+ records are erased or pruned and not decided again; \d+ decisions? read them as history/u,
    );
  });
});

test("audit prune is followed by queries and replays that say where the log begins", async () => {
  const data = join(folderOf(), "log");
  // Begun in small segments, which double.
  await (
    await openLog({
      directory: data,
      origin: "holdfast",
      now: () => 0,
      segmentBytes: 16_384,
    })
  ).close();
  const pep = { type: "test", id: "t", version: "0" };
  const guard = await openGuard({ policies: quickstart, data, pep });
  const session = await guard.openSession({ agent: "writer" });
  const tool = { server: "files", name: "read_text_file" };
  const read = (path: string) =>
    guard.begin({
      agent: { id: "writer" },
      session: { id: session.id },
      tool,
      args: { path },
    });
  for (let i = 0; i < 5; i += 1) {
    await Promise.all(Array.from({ length: 60 }, (_, item) => read(`${i}-${item}`)));
  }
  await guard.close();
  const whole = await holdfast(["audit", "query", "-d", data]);
  expect(whole.stderr).not.toContain("pruned");
  const month = await holdfast(["audit", "prune", "--older-than", "5", "-d", data]);
  expect(month).toMatchObject({ code: 2 });
  const pruned = await holdfast(["audit", "prune", "--older-than", "0s", "-d", data]);
  const [, minimum] = /the log begins with record (\d+)/u.exec(pruned.stdout) ?? [];
  expect(minimum).toBeDefined();
  for (const ask of [["audit", "query"], ["audit", "export"], ["replay"]]) {
    const ran = await holdfast([...ask, "-d", data]);
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain(
      `records before ${minimum} are pruned; the log begins with record ${minimum}\n`,
    );
  }
});

test("audit verify-proof asks for a key, and prove for a checkpoint", async () => {
  expect(await holdfast(["audit", "verify-proof", "x"])).toMatchObject({
    code: 2,
  });
  const data = await writtenLog();
  rmSync(join(data, "checkpoint"));
  const ran = await holdfast(["audit", "prove", "1", "-d", data]);
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain("name another with --checkpoint");
});

test("audit fsck says how far the index is behind, and that a damaged one is made anew", async () => {
  const data = await writtenLog();
  const line = async () => {
    const { stdout } = await holdfast(["audit", "fsck", "-d", data]);
    return stdout.split("\n").find((each) => each.startsWith("index")) ?? "";
  };
  expect(await line()).toMatch(/^index +derived +absent/u);
  await holdfast(["audit", "query", "-d", data]);
  expect(await line()).toMatch(/^index +derived +good +0 records behind/u);
  writeFileSync(join(data, "index.db"), "no database ".repeat(1000));
  expect(await line()).toMatch(/^index +derived +rebuilt +.*was damaged and is made anew/u);
  expect(await line()).toMatch(/^index +derived +absent/u);
});
