import type { FactSubject } from "@holdfast/facts";
import type { Facts } from "@holdfast/model";
import { mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { FactPool } from "../src/fact/fact-pool.ts";
import type { FactPoolOptions } from "../src/fact/fact-pool.ts";

const pools: FactPool[] = [];

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

function poolOf(options?: FactPoolOptions): FactPool {
  const pool = new FactPool(options);
  pools.push(pool);
  return pool;
}

/** A thread that gets ready and then does this with the first question, and answers `{}` to others. */
function threadOf(first: string, start = 'parentPort.postMessage({ state: "ready" });'): URL {
  const text = `
    import { parentPort } from "node:worker_threads";
    let asked = 0;
    parentPort.on("message", ({ id, subject }) => {
      asked += 1;
      ${first}
    });
    ${start}`;
  return new URL(`data:text/javascript,${encodeURIComponent(text)}`);
}

const shell = (command: string): FactSubject => ({
  tool: { labels: ["exec"], arguments: { command: "shell" }, root: "/tmp" },
  args: { command },
  names: ["shell"],
});

function errorOf({ shell: answer }: Facts): unknown {
  return answer !== undefined && "error" in answer ? answer.error : undefined;
}

test("facts of every kind come from one thread, with the machine's own files", async () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-facts-"));
  writeFileSync(join(folder, "real"), "");
  symlinkSync("real", join(folder, "link"));
  const facts = await poolOf({ deadlineMs: 5_000 }).factsOf({
    tool: {
      labels: ["read"],
      arguments: { command: "shell", query: "sql", path: "path", url: "url" },
      root: folder,
    },
    args: { command: "cat link", query: "select 1", path: "link", url: "https://a.example" },
    names: ["shell", "sql", "urls", "paths", "k8s"],
  });
  expect(facts).toMatchObject({
    shell: { value: { reads: [join(folder, "real")] } },
    sql: { value: { statements: [{ kind: "select" }] } },
    urls: { value: [{ host: "a.example" }] },
    paths: { value: [{ real: join(folder, "real"), link: true, mode: "read" }] },
    k8s: { error: { code: "unannotated" } },
  });
});

test("URLs are read at once, and start no thread", () => {
  const pool = poolOf({ worker: new URL("file:///nowhere.mjs") });
  const subject: FactSubject = {
    tool: { labels: ["egress"], arguments: { url: "url" } },
    args: { url: "https://a.example/" },
    names: ["urls"],
  };
  expect(pool.factsOf(subject)).toMatchObject({ urls: { value: [{ host: "a.example" }] } });
  const long = { ...subject, args: { url: `https://a.example/${"a".repeat(8_192)}` } };
  expect(pool.factsOf(long)).toBeInstanceOf(Promise);
});

test("a thread that hangs is killed at the deadline and replaced", async () => {
  const worker = threadOf("for (;;);");
  const pool = poolOf({ deadlineMs: 50, worker });
  for (const _ of [1, 2, 3]) {
    expect(errorOf(await pool.factsOf(shell("ls")))).toEqual({
      code: "limit",
      reason: "not computed within 50 ms",
    });
  }
});

test("a question that kills its thread takes no other with it", async () => {
  const worker = threadOf(`
    if (subject.args.command === "die") process.exit(1);
    if (subject.args.command === "throw") throw new Error("broken");
    const facts = { shell: { error: { code: "invalid", reason: "seen" } } };
    parentPort.postMessage({ state: "done", id, facts: JSON.stringify(facts) });`);
  const pool = poolOf({ worker, deadlineMs: 10_000 });
  const commands = ["ls", "die", "ls", "throw", "ls"];
  const answers = await Promise.all(commands.map(async (one) => pool.factsOf(shell(one))));
  const ended = { code: "unavailable", reason: "the thread that computes facts has ended" };
  const seen = { code: "invalid", reason: "seen" };
  expect(answers.map(errorOf)).toEqual([seen, ended, seen, ended, seen]);
});

const garbage: Readonly<Record<string, string>> = {
  "no JSON": "'{'",
  "no text": "{ shell: { value: 1 } }",
  nothing: "undefined",
  "another fact": '\'{"sql":{"value":1}}\'',
  "one fact too many": '\'{"shell":{"value":1},"sql":{"value":1}}\'',
  "no answer to the name": "'{}'",
  "an answer that is neither": '\'{"shell":{"value":1,"error":{"code":"limit","reason":""}}}\'',
  "an unknown code": '\'{"shell":{"error":{"code":"fine","reason":""}}}\'',
  "a name twice": '\'{"shell":{"value":1},"shell":{"value":2}}\'',
};

test.each(Object.entries(garbage))("an answer that is %s is an error", async (_name, facts) => {
  const worker = threadOf(`parentPort.postMessage({ state: "done", id, facts: ${facts} });`);
  const answer = await poolOf({ worker, deadlineMs: 10_000 }).factsOf(shell("ls"));
  expect(Object.keys(answer)).toEqual(["shell"]);
  expect(errorOf(answer)).toEqual({
    code: "unavailable",
    reason: "the thread that computes facts gave no answer that can be read",
  });
});

test("an answer to another question is an error", async () => {
  const facts = '\'{"shell":{"value":1}}\'';
  const worker = threadOf(
    `parentPort.postMessage({ state: "done", id: id - 1, facts: ${facts} });`,
  );
  expect(errorOf(await poolOf({ worker }).factsOf(shell("ls")))).toMatchObject({
    code: "unavailable",
  });
});

test("loading a parser has its own time, once", async () => {
  const facts = '\'{"shell":{"error":{"code":"invalid","reason":"seen"}}}\'';
  const worker = threadOf(`
    parentPort.postMessage({ state: "loading" });
    setTimeout(() => {
      parentPort.postMessage({ state: "loaded" });
      parentPort.postMessage({ state: "done", id, facts: ${facts} });
    }, 300);`);
  const pool = poolOf({ worker, deadlineMs: 100 });
  expect(errorOf(await pool.factsOf(shell("ls")))).toMatchObject({ reason: "seen" });
  expect(errorOf(await pool.factsOf(shell("ls")))).toMatchObject({ code: "unavailable" });
});

test("a thread that cannot start, or never gets ready, answers with errors", async () => {
  const missing = poolOf({ worker: new URL("file:///nowhere/at-all.mjs") });
  const broken = poolOf({ worker: threadOf("", 'throw new Error("no start");') });
  for (const pool of [missing, broken]) {
    const answers = await Promise.all([1, 2, 3].map(async () => pool.factsOf(shell("ls"))));
    for (const answer of answers) expect(errorOf(answer)).toMatchObject({ code: "unavailable" });
  }
});

test("whoever runs it hears why threads end, once and not at every denial", async () => {
  const told: string[] = [];
  const notice = (text: string): unknown => told.push(text);
  const missing = poolOf({ worker: new URL("file:///nowhere/at-all.mjs"), notice });
  for (let count = 0; count < 3; count += 1) await missing.factsOf(shell("ls"));
  expect(told).toEqual(["facts: the thread that computes facts has ended"]);
  const slow = poolOf({ worker: threadOf("for (;;);"), deadlineMs: 20, notice });
  await slow.factsOf(shell("ls"));
  expect(told.slice(1)).toEqual(["facts: not computed within 20 ms"]);
});

test("closing answers what is open, and nothing is computed after it", async () => {
  const pool = poolOf({ worker: threadOf("for (;;);"), deadlineMs: 60_000 });
  const open = [1, 2, 3, 4].map(() => pool.factsOf(shell("ls")));
  await pool.close();
  const closed = { code: "unavailable", reason: "the guard is closed" };
  for (const each of open) expect(errorOf(await each)).toEqual(closed);
  expect(errorOf(await pool.factsOf(shell("ls")))).toEqual(closed);
});
