import { readFileSync, readdirSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import {
  createEngine,
  createReferenceEngine,
  loadPolicySet,
  runPolicyTests,
} from "@holdfast/engine";
import type { Bundle, FactReader } from "@holdfast/engine";
import { openSqlParser, pathFact, sqlFact, urlFact } from "@holdfast/facts";
import type { AnnotatedArgument, FileEntry, FilePort, SqlParser } from "@holdfast/facts";

const packs = ["sql-readonly", "files-workspace", "egress-allowlist"];

/** The set of a pack; without what its cases state of facts when these are to be computed. */
function compile(pack: string, stated: boolean): Bundle {
  const folder = new URL(`../policies/${pack}/`, import.meta.url);
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => {
      const text = readFileSync(new URL(name, folder), "utf8");
      const kept = stated ? text : text.replaceAll(/^ +given: \{facts: .*\}\n/gmu, "");
      return { path: `policies/${name}`, text: kept };
    });
  const loaded = loadPolicySet(files, { root: "policies" });
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(({ message }) => message).join("\n"));
  return loaded.bundle;
}

const entries: Readonly<Record<string, FileEntry>> = {
  "/etc": { kind: "folder", links: 2 },
  "/etc/passwd": { kind: "file", links: 1 },
  "/root": { kind: "folder", links: 2 },
  "/workspace": { kind: "folder", links: 4 },
  "/workspace/README.md": { kind: "file", links: 1 },
  "/workspace/docs": { kind: "folder", links: 2 },
  "/workspace/docs/up": { kind: "link", target: "../README.md", links: 1 },
  "/workspace/link": { kind: "link", target: "/etc", links: 1 },
  "/workspace/loop": { kind: "link", target: "loop", links: 1 },
  "/workspace/out": { kind: "folder", links: 2 },
  "/workspace/out/new": { kind: "link", target: "/root/.bashrc", links: 1 },
  "/workspace/out/pipe": { kind: "other", links: 1 },
  "/workspace/twice": { kind: "file", links: 2 },
};
const files: FilePort = {
  entry: (path) => (Object.hasOwn(entries, path) ? entries[path] : undefined),
};

const names = ["api.example.com", "a.b.cdn.example.com", "cdn.example.com", "example.org"];
const addresses = Object.fromEntries(names.map((name) => [name, ["93.184.216.34"]]));

/** What the parsers find; on a case that wants a name to be private, nobody pinned it. */
function factReader(parser: SqlParser): FactReader {
  return ({ tool, args }) => {
    const annotated = Object.entries(tool?.arguments ?? {}).flatMap(
      ([arg, use]): AnnotatedArgument[] => {
        const value = args[arg];
        return value === undefined ? [] : [{ arg, use, value }];
      },
    );
    const mode = tool?.labels.includes("write") === true ? "write" : "read";
    return {
      sql: sqlFact(annotated, { parser }),
      urls: urlFact(annotated, { addresses }),
      paths: pathFact(annotated, { mode, root: tool?.root, files }),
    };
  };
}

/** Cases of which nobody but the case itself can state the fact: what a resolver answered. */
const worldly = new Set(["a name with a private address"]);

describe.each(packs)("policies/%s", (pack) => {
  let parser: SqlParser;
  beforeAll(async () => {
    parser = await openSqlParser();
  });

  test("its policy tests pass in both engines", () => {
    const bundle = compile(pack, true);
    for (const engine of [createEngine(bundle), createReferenceEngine(bundle)]) {
      const { results } = runPolicyTests(engine);
      expect(results.length).toBeGreaterThan(10);
      expect(results.filter(({ passed }) => !passed)).toEqual([]);
    }
  });

  test("they pass alike when the facts are not stated but found", () => {
    const { results } = runPolicyTests(createEngine(compile(pack, false)), {
      factReader: factReader(parser),
    });
    const missed = results.filter(({ name, passed }) => !passed && !worldly.has(name));
    expect(missed).toEqual([]);
  });
});
