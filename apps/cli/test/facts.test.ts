/** `check` and `test` compute what a guard would: facts of the arguments that tools annotate. */
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folderOf, holdfast, repository } from "./command.ts";

const policyOf = (root: string): string => `apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: db.query}
spec: {labels: [read], arguments: {text: sql}}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: files.read}
spec: {labels: [read], root: ${JSON.stringify(root)}, arguments: {path: path}}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: facts}
spec:
  rules:
    - id: select
      effect: allow
      when: tool.name == "query" && size(sql.statements) > 0 && sql.statements.all(s, s.kind == "select") && !sql.writes
    - id: below
      effect: allow
      when: tool.name == "read" && size(paths) > 0 && paths.all(p, under(p, ${JSON.stringify(root)}))
`;

const call = (server: string, name: string, args: object): string =>
  JSON.stringify({ agent: { id: "a" }, tool: { server, name }, args });

test("`check` reads the arguments, and the links of this machine", async () => {
  const folder = folderOf({ "work/plain": "" });
  const work = join(folder, "work");
  symlinkSync("/etc", join(work, "out"));
  const policy = folderOf({ "facts.yaml": policyOf(work) });
  const lines = [
    call("db", "query", { text: "select 1" }),
    call("db", "query", { text: "select 1; drop table t" }),
    call("db", "query", { text: "select from from" }),
    call("files", "read", { path: "plain" }),
    call("files", "read", { path: "out/passwd" }),
    call("files", "read", { path: "../work/plain" }),
    call("files", "read", {}),
  ];
  const ran = await holdfast(["check", "--policy", policy, "-o", "jsonl"], lines.join("\n"));
  const effects = ran.stdout.trim().split("\n");
  expect(effects.map((line) => (JSON.parse(line) as { effect: string }).effect)).toEqual([
    "allow",
    "deny",
    "deny",
    "allow",
    "deny",
    "allow",
    "deny",
  ]);
});

const testsOf = (effect: string): string => `apiVersion: holdfast.dev/v1
kind: PolicyTest
metadata: {name: facts}
spec:
  cases:
    - name: a query
      request: {agent: {id: a}, tool: db.query, args: {text: "select a from t"}}
      expect: {effect: ${effect}}
    - name: a path of no machine
      request: {agent: {id: a}, tool: files.read, args: {path: plain}}
      expect: {effect: allow}
    - name: a link that the case tells of
      request: {agent: {id: a}, tool: files.read, args: {path: out}}
      given: {facts: {paths: [{arg: path, raw: out, real: /etc}]}}
      expect: {effect: deny}
`;

describe("`test`", () => {
  test("computes what a case does not state, on a disk with nothing on it", async () => {
    const work = join(folderOf(), "work");
    const folder = folderOf({ "p/facts.yaml": policyOf(work), "p/tests.yaml": testsOf("allow") });
    symlinkSync("/etc", join(folder, "plain"));
    const ran = await holdfast(["test", join(folder, "p")]);
    expect([ran.stdout, ran.stderr]).toEqual([expect.stringContaining("3 passed"), ""]);
    expect(ran.code).toBe(0);
  });

  test("updates expectations by the same facts", async () => {
    const files = { "p/facts.yaml": policyOf("/work"), "p/tests.yaml": testsOf("deny") };
    const folder = folderOf(files);
    expect((await holdfast(["test", join(folder, "p")])).code).toBe(4);
    await holdfast(["test", join(folder, "p"), "--update"]);
    expect(readFileSync(join(folder, "p/tests.yaml"), "utf8")).toBe(testsOf("allow"));
  });

  test.each(["shell-readonly", "sql-readonly", "files-workspace", "egress-allowlist"])(
    "passes every case of the pack %s",
    async (pack) => {
      const ran = await holdfast(["test", join(repository, "policies", pack), "-o", "json"]);
      expect(ran.code, ran.stdout.slice(0, 2000)).toBe(0);
    },
  );
});
