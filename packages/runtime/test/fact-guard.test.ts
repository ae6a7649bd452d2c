import { createEngine } from "@holdfast/engine";
import { canonicalJson } from "@holdfast/model";
import { replayRecorded } from "@holdfast/runtime";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dataDirectory, guardOn, permitted, refused, request, scratch } from "./support.ts";

function policyOf(root: string): string {
  return `
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: fs.read}
spec: {labels: [read], root: ${JSON.stringify(root)}, arguments: {path: path}}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: ops.run}
spec: {labels: [exec], root: ${JSON.stringify(root)}, arguments: {command: shell}}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: note.add}
spec: {labels: [write]}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: facts}
spec:
  rules:
    - id: below
      effect: allow
      when: tool.name == "read" && size(paths) > 0 && paths.all(p, under(p, ${JSON.stringify(root)}))
    - id: list
      effect: allow
      when: tool.name == "run" && size(shell.commands) > 0 && shell.commands.all(c, c.name == "ls")
    - id: rewrite
      effect: modify
      when: tool.name == "run" && args.command == "list"
      set: {args.command: "'ls -l'"}
    - {id: note, effect: allow, when: tool.name == "add"}
`;
}

function workspace(): string {
  const root = join(scratch(), "w");
  mkdirSync(root);
  writeFileSync(join(root, "plain"), "");
  symlinkSync("/etc", join(root, "out"));
  return root;
}

const options = (root: string) => {
  const policy = policyOf(root);
  const path = join(scratch(), "holdfast.yaml");
  writeFileSync(path, "facts: {deadline_ms: 10000}\n");
  return { policy, configuration: path };
};

test("facts decide, are recorded, and replay needs nothing of the world", async () => {
  const root = workspace();
  const data = dataDirectory();
  const guard = await guardOn(data, options(root));
  const inside = permitted(await guard.begin(request("fs.read", { path: "plain" })));
  await guard.end(inside, { status: "success", result: "x" });
  const outside = refused(await guard.begin(request("fs.read", { path: "out/passwd" })));
  expect(outside.decision.code).toBe("default_deny");
  permitted(await guard.begin(request("ops.run", { command: "ls" })));
  refused(await guard.begin(request("ops.run", { command: "ls; rm -rf x" })));
  const changed = permitted(await guard.begin(request("ops.run", { command: "list" })));
  expect(changed.args).toEqual({ command: "ls -l" });
  expect((await guard.decide(request("ops.run", { command: "ls" }))).effect).toBe("allow");
  await guard.close();
  // The world changes: what was judged does not.
  symlinkSync("/etc/passwd", join(root, "later"));
  const facts: unknown[] = [];
  for await (const replayed of replayRecorded(data, createEngine)) {
    expect(canonicalJson({ ...replayed.recomputed })).toBe(canonicalJson({ ...replayed.recorded }));
    expect(replayed.state.recomputed).toBe(replayed.state.recorded);
    facts.push(replayed.entry.payload.input.facts);
    if (replayed.phase === "call") expect(replayed.entry.record.commit).toHaveProperty("facts");
  }
  expect(facts).toMatchObject([
    { original: { paths: { value: [{ real: join(root, "plain") }] } } },
    undefined,
    { original: { paths: { value: [{ real: "/etc/passwd", link: true }] } } },
    { original: { shell: { value: { opaque: false } } } },
    { original: { shell: { value: { commands: [{ name: "ls" }, { name: "rm" }] } } } },
    { decided: { shell: { value: { commands: [{ name: "ls", flags: ["-l"] }] } } } },
  ]);
});

const says = (text: string): URL =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`
      import { parentPort } from "node:worker_threads";
      parentPort.on("message", ({ id }) => { ${text} });
      parentPort.postMessage({ state: "ready" });`)}`,
  );

const broken: Readonly<Record<string, string>> = {
  hangs: "for (;;);",
  dies: "process.exit(1);",
  throws: 'throw new Error("broken");',
  "answers with garbage": 'parentPort.postMessage({ state: "done", id, facts: "{}" });',
};

test.each(Object.entries(broken))(
  "a thread that %s denies and harms nothing else",
  async (_, text) => {
    const root = workspace();
    const path = join(scratch(), "holdfast.yaml");
    writeFileSync(path, "facts: {deadline_ms: 100}\n");
    const guard = await guardOn(dataDirectory(), {
      policy: policyOf(root),
      configuration: path,
      factWorker: says(text),
    });
    const refusal = refused(await guard.begin(request("fs.read", { path: "plain" })));
    expect(refusal.decision.code).toBe("default_deny");
    expect(refusal.sequence).toBeDefined();
    permitted(await guard.begin(request("note.add")));
  },
);

test("of one agent, actions are decided in the order of the calls, and an id is used once", async () => {
  const root = workspace();
  const guard = await guardOn(dataDirectory(), options(root));
  const twice = request("fs.read", { path: "plain" });
  const answers = await Promise.all([
    guard.begin(twice),
    guard.begin(request("note.add")),
    guard.begin(twice),
    guard.begin(request("fs.read", { path: "plain" })),
  ]);
  const sequences = answers.map(({ sequence }) => sequence ?? -1);
  expect(answers.map(({ granted }) => granted)).toEqual([true, true, false, true]);
  expect(sequences[0]).toBeLessThan(sequences[1] ?? -1);
  expect(sequences[1]).toBeLessThan(sequences[3] ?? -1);
  expect(sequences[2]).toBe(sequences[0]);
});

test("what is no valid request stays refused while it waits for its turn", async () => {
  const root = workspace();
  const guard = await guardOn(dataDirectory(), options(root));
  const [first, second] = await Promise.all([
    guard.begin(request("fs.read", { path: "plain" })),
    guard.begin({ ...request("note.add"), nowhere: true } as ReturnType<typeof request>),
  ]);
  permitted(first);
  expect(refused(second).decision.code).toBe("invalid_request");
});
