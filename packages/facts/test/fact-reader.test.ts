import fc from "fast-check";
import { createFactReader, givenArguments, openSqlParser } from "@holdfast/facts";
import type { FactPorts, FactReader, FactTool } from "@holdfast/facts";
import { factNames, factsSchema } from "@holdfast/model";
import type { Facts, JsonObject } from "@holdfast/model";
import { expect, test } from "vitest";
import { madeFiles } from "./made-files.ts";

const sqlParser = await openSqlParser();
const files = madeFiles({ "/w": "folder", "/w/link": { target: "/etc" }, "/etc": "folder" });

function read(
  tool: Partial<FactTool> | undefined,
  args: JsonObject,
  rest: Partial<Parameters<FactReader>[0]> = {},
  ports: FactPorts = { files, sqlParser },
): Facts {
  const whole = tool === undefined ? undefined : { labels: ["write"], arguments: {}, ...tool };
  return createFactReader(ports)({ tool: whole, args, names: factNames, ...rest });
}

function codeOf(facts: Facts, name: keyof Facts): string | undefined {
  const answer = facts[name];
  return answer !== undefined && "error" in answer ? answer.error.code : undefined;
}

test("every name that is asked has an answer, and no other", () => {
  const annotations = { command: "shell", query: "sql", at: "url" } as const;
  const tool = { root: "/w", arguments: annotations };
  const args = { command: "ls", query: "select 1", at: "https://a.example/x" };
  const facts = read(tool, args);
  expect(Object.keys(facts)).toEqual([...factNames]);
  expect(facts.shell).toMatchObject({ value: { commands: [{ name: "ls" }], opaque: false } });
  expect(facts.sql).toMatchObject({ value: { statements: [{ kind: "select" }], writes: false } });
  expect(facts.urls).toMatchObject({ value: [{ arg: "at", host: "a.example" }] });
  expect(codeOf(facts, "paths")).toBe("unannotated");
  expect(codeOf(facts, "content")).toBe("unannotated");
  expect(read(tool, args, { names: ["urls"] })).toEqual({ urls: facts.urls });
});

test("arguments of one kind are one fact, entries of lists too", () => {
  const tool = {
    root: "/w",
    arguments: { path: "path", "items[].path": "path", "deep.list[]": "path", "a.b": "path" },
  } as const;
  const args = {
    path: "link/passwd",
    items: [{ path: "one" }, {}, { path: "/two" }],
    deep: { list: ["three"] },
    "a.b": "four",
  };
  expect(read(tool, args).paths).toMatchObject({
    value: [
      { arg: "path", real: "/etc/passwd", link: true, mode: "write" },
      { arg: "items[].path", real: "/w/one" },
      { arg: "items[].path", real: "/two" },
      { arg: "deep.list[]", real: "/w/three" },
      { arg: "a.b", real: "/w/four" },
    ],
  });
});

test("only a tool whose labels are all read-like reads its paths", () => {
  const modeOf = (labels: readonly string[]): unknown =>
    read({ labels, root: "/w", arguments: { path: "path" } }, { path: "x" }).paths;
  expect(modeOf(["read", "pii"])).toMatchObject({ value: [{ mode: "read" }] });
  for (const labels of [["read", "write"], ["untrusted"], ["read", "own-label"], []]) {
    expect(modeOf(labels)).toMatchObject({ value: [{ mode: "write" }] });
  }
});

test("an absent argument is unannotated, one of another form invalid", () => {
  const tool = { root: "/w", arguments: { "items[].path": "path", command: "shell" } } as const;
  expect(codeOf(read(tool, {}), "paths")).toBe("unannotated");
  expect(codeOf(read(tool, { items: [{}] }), "paths")).toBe("unannotated");
  for (const items of ["/etc/passwd", { path: "/etc/passwd" }, ["/etc/passwd"], null, [null]]) {
    expect(codeOf(read(tool, { items }), "paths")).toBe("invalid");
  }
  for (const command of [["ls"], { a: "ls" }, null, 1]) {
    expect(codeOf(read(tool, { command }), "shell")).toBe("invalid");
  }
  expect(codeOf(read(tool, { items: [{ path: 7 }] }), "paths")).toBe("invalid");
});

test("what nothing here computes is unavailable, and a kind that throws is an error", () => {
  const tool = { root: "/w", arguments: { path: "path", query: "sql", yaml: "k8s" } } as const;
  const args = { path: "x", query: "select 1", yaml: "kind: Pod" };
  const throwing: FactPorts = {
    files: {
      entry() {
        throw new Error("the disk is gone");
      },
    },
  };
  const facts = read(tool, args, {}, throwing);
  expect(codeOf(facts, "paths")).toBe("unavailable");
  expect(codeOf(facts, "sql")).toBe("unavailable");
  const overflowing: FactPorts = {
    files: {
      entry() {
        throw new RangeError("call stack");
      },
    },
  };
  expect(codeOf(read(tool, args, {}, overflowing), "paths")).toBe("limit");
});

test("the place of content is where it stands, that of anything else its annotation", () => {
  const places = givenArguments(
    { "parts[].text": "content", "parts[].at": "url" },
    { parts: [{ text: "a", at: "b" }, { text: "c" }] },
  );
  expect(places.given.map(({ arg }) => arg)).toEqual([
    "parts[0].text",
    "parts[1].text",
    "parts[].at",
  ]);
  expect(places.misfits).toEqual([]);
});

test("any arguments at all have facts that can be recorded, the same each time", () => {
  const annotations = { "a.b": "path", "a[].c": "url", a: "shell", b: "sql" } as const;
  const value = fc.jsonValue({ maxDepth: 3 });
  fc.assert(
    fc.property(fc.record({ a: value, b: value }, { requiredKeys: [] }), (given) => {
      const args = JSON.parse(JSON.stringify(given)) as JsonObject;
      const facts = read({ root: "/w", arguments: annotations }, args);
      expect(factsSchema.safeParse(facts).success).toBe(true);
      expect(Object.keys(facts)).toEqual([...factNames]);
      expect(read({ root: "/w", arguments: annotations }, args)).toEqual(facts);
    }),
    { numRuns: 200 },
  );
});
