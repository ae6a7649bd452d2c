import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lookUps, MadeFiles, resolverOf } from "./corpus/made-world.ts";
import type { ScoreSheet } from "./corpus/score.ts";
import { scoreCorpora } from "./corpus/scoring.ts";

const data = mkdtempSync(join(tmpdir(), "holdfast-corpus-"));
const unknown: string[] = [];
let sheet: ScoreSheet;

/** Writes rows, packed when the name says so. */
function write(path: string, rows: readonly object[]): void {
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  mkdirSync(dirname(join(data, path)), { recursive: true });
  writeFileSync(join(data, path), path.endsWith(".gz") ? gzipSync(text) : text);
}

const shell = (id: string, expect: string, command: string, more = {}): object => {
  return { id, kind: "shell", policy: "P-SHELL-RO", expect, payload: { command }, ...more };
};
const path = (id: string, expect: string, payload: object, more = {}): object => {
  return { id, kind: "path", policy: "P-PATH", expect, payload, ...more };
};
const url = (id: string, expect: string, address: string, env?: object): object => {
  const payload = { method: "GET", url: address };
  return { id, kind: "url", policy: "P-URL-EGRESS", expect, payload, ...(env && { env }) };
};

beforeAll(async () => {
  const swap = "replace /workspace/swap by symlink->/etc";
  write("bypass/shell.jsonl", [
    shell("s1", "allow", "ls docs | wc -l"),
    shell("s2", "deny", "cat here", { setup: { symlinks: { "/workspace/here": "/etc" } } }),
    shell("s3", "deny", "rm -r docs"),
    shell("wrong-1", "deny", "ls"),
    shell("wrong-2", "allow", "rm x"),
    shell("fault", "deny", "ls", { setup: { sockets: ["/workspace/s"] } }),
  ]);
  write("bypass/path.jsonl", [
    path("p1", "allow", { op: "read", path: "docs/ok" }),
    path("p2", "deny", { op: "write", path: "README.md" }),
    path("p3", "allow", { op: "read", path: "swap/x" }),
    path("p4", "deny", { op: "read", path: "swap/x" }, { sequence: ["decide", swap, "execute"] }),
    path("p5", "deny", { op: "chown", path: "README.md" }),
  ]);
  write("bypass/url.jsonl", [
    url("u1", "allow", "http://a.example/"),
    url("u2", "deny", "http://a.example/", { dns: { "*": ["10.0.0.1"] } }),
    url("u3", "deny", "http://a.example/", { redirects: { "http://a.example/": "//10.0.0.1/" } }),
    url("u4", "deny", "http://a.example/", { dns_sequence: [["93.184.216.34"], ["127.0.0.1"]] }),
    url("u5", "deny", "http://a.example/", { dns: { "a.example": "SERVFAIL" } }),
  ]);
  write("bypass/mcp.jsonl", [{ ...shell("m1", "deny", ""), kind: "mcp", policy: "P-MCP" }]);
  write("sql/agents.jsonl.gz", [
    { code: "SELECT count(*) FROM pets", label: "benign" },
    { code: "SELECT name FROM pets", label: "benign" },
    { code: "SELECT name FROM", label: "benign" },
    { code: "DELETE FROM pets", label: "benign" },
  ]);
  write("path/walks.jsonl", [
    { payload: "../../{FILE}", label: "traversal" },
    { payload: "..2f..2f{FILE}", label: "traversal" },
  ]);
  write("tau/traces.jsonl", [{ reward: 1 }]);
  const policies = fileURLToPath(new URL("../policies", import.meta.url));
  sheet = await scoreCorpora({ data, policies, unknown: (each) => unknown.push(each) });
});

afterAll(() => rmSync(data, { recursive: true, force: true }));

test("counts what was executed, what was not, faults of its own and what it cannot judge", () => {
  const counts = sheet.scores().map((score) => Object.values(score).slice(0, 9).join(" "));
  // attacks, through, benign, blocked, errors, skipped
  expect(counts).toEqual([
    "bypass mcp P-MCP 0 0 0 0 0 1",
    "bypass path P-PATH 3 0 2 0 0 0",
    "bypass shell P-SHELL-RO 3 1 2 1 1 0",
    "bypass url P-URL-EGRESS 4 0 1 0 0 0",
    "walks traversal P-PATH 1 0 0 0 0 0",
    "walks traversal, stays inside P-PATH 0 0 1 0 0 0",
    "agents query P-SQL-RO 0 0 2 1 0 0",
    "agents query, unparsed P-SQL-RO 0 0 1 1 0 0",
    "agents change P-SQL-RO 1 0 0 0 0 0",
  ]);
  for (const { attacks, benign, p50_us: half, p99_us: most } of sheet.scores()) {
    expect(half > 0).toBe(attacks + benign > 0);
    expect(most).toBeGreaterThanOrEqual(half);
  }
});

test("names each row that went wrong, and files that nothing reads", () => {
  const wrong = sheet.misses.map(({ id, miss, why }) => `${id} ${miss} ${why}`);
  expect(wrong).toEqual([
    "wrong-1 through allow",
    "wrong-2 blocked shell-readonly/elsewhere",
    "fault error fault",
    "agents-1 blocked sql-readonly/rows",
    "agents-2 blocked sql invalid",
  ]);
  expect(unknown).toEqual(["tau/traces.jsonl"]);
});

test("a made file system has the folders above what is put into it", () => {
  const files = new MadeFiles();
  files.add({ files: ["/a/b/c"], hardlinks: { "/a/d": "/e" }, fifo: ["/a/f"] });
  expect(files.entry("/a/b")?.kind).toBe("folder");
  expect(files.entry("/a/d")?.links).toBe(2);
  expect(files.entry("/a/f")?.kind).toBe("other");
  const copy = files.copy();
  files.remove("/a/d");
  expect([files.entry("/a/d"), copy.entry("/a/d")?.kind]).toEqual([undefined, "file"]);
});

test("a resolver answers as the case says, one look-up after the other", () => {
  const env = { dns_sequence: { "a.example": [["1.1.1.1"], ["127.0.0.1"]] } };
  expect(lookUps(env)).toBe(2);
  expect([0, 1, 2].map((turn) => resolverOf(env, turn)("a.example"))).toEqual([
    ["1.1.1.1"],
    ["127.0.0.1"],
    ["127.0.0.1"],
  ]);
  expect(resolverOf(env, 0)("b.example")).toEqual([]);
  expect(resolverOf({}, 0)("b.example")).toHaveLength(1);
});
