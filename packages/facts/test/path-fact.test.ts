import { lstatSync, mkdirSync, mkdtempSync, readlinkSync, realpathSync, rmSync } from "node:fs";
import { symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { pathFact, resolvePath } from "@holdfast/facts";
import type { FileEntry, FilePort } from "@holdfast/facts";
import type { Json } from "@holdfast/model";
import { expectFact, keepCases, readCases } from "./fact-case.ts";
import type { FactCases } from "./fact-case.ts";
import { madeFiles } from "./made-files.ts";
import type { MadeEntry } from "./made-files.ts";

interface PathInput {
  readonly path: Json;
  readonly mode: "read" | "write";
  readonly root?: string;
}

type PathCases = FactCases<PathInput> & { readonly files: Record<string, MadeEntry> };

describe("the cases of conformance/facts/path.json", () => {
  const file = readCases("path") as PathCases;
  const files = madeFiles(file.files);
  afterAll(() => keepCases("path", file));
  test.each(file.cases.map((each) => [each.name, each] as const))("%s", (_, each) => {
    const { path, mode, root } = each.input;
    const answer = pathFact([{ arg: "path", use: "path", value: path }], { mode, root, files });
    expectFact(each, answer, (value) => (value as readonly Json[])[0] ?? null);
  });
});

const nothing: FilePort = { entry: () => undefined };

describe("the fact `paths`", () => {
  test("needs an annotated argument, and has an entry for each in order", () => {
    const settings = { mode: "read", root: "/w", files: nothing } as const;
    const url = { arg: "u", use: "url", value: "a" } as const;
    expect(pathFact([url], settings)).toMatchObject({ error: { code: "unannotated" } });
    const paths = ["b", "a"].map((value) => ({ arg: value, use: "path", value }) as const);
    expect(pathFact([url, ...paths], settings)).toMatchObject({
      value: [{ arg: "b" }, { arg: "a" }],
    });
  });

  test("is an error as a whole when one of them has none", () => {
    const paths = ["a", "b".repeat(256)].map(
      (value) => ({ arg: "p", use: "path", value }) as const,
    );
    expect(pathFact(paths, { mode: "read", root: "/w", files: nothing })).toMatchObject({
      error: { code: "limit" },
    });
  });

  test("has at most 1,000 entries", () => {
    const path = { arg: "p", use: "path", value: "a" } as const;
    const many = (count: number): object =>
      pathFact(
        Array.from({ length: count }, () => path),
        { mode: "read", root: "/", files: nothing },
      );
    expect(many(1000)).toHaveProperty("value");
    expect(many(1001)).toMatchObject({ error: { code: "limit" } });
  });

  test("asks for few entries however the links are laid", () => {
    let asked = 0;
    const files: FilePort = {
      entry(path): FileEntry {
        asked += 1;
        const target = `${"a/../".repeat(400)}l`;
        return path.endsWith("l")
          ? { kind: "link", target, links: 1 }
          : { kind: "folder", links: 2 };
      },
    };
    expect(resolvePath("l/".repeat(2000), { root: "/w", files })).toBeUndefined();
    expect(asked).toBeLessThan(40_100);
  });
});

const names = fc.constantFrom("a", "b", "c", "..", ".", "", "l", "m", "x.txt");
const someText = fc.array(names, { maxLength: 9 }).map((parts) => parts.join("/"));

/** A tree of folders, files and links below `/`, whose parents all exist. */
const someTree = fc
  .array(
    fc.tuple(someText, fc.oneof(fc.constantFrom("file", "folder", "denied", "other"), someText)),
    {
      maxLength: 12,
    },
  )
  .map((entries) => {
    const tree: Record<string, MadeEntry> = {};
    for (const [text, what] of entries) {
      const parts = text.split("/").filter((part) => part !== "" && !part.startsWith("."));
      const at = parts.map((_, index) => `/${parts.slice(0, index + 1).join("/")}`);
      const last = at.pop();
      if (last === undefined || at.some((path) => (tree[path] ?? "folder") !== "folder")) continue;
      for (const path of at) tree[path] = "folder";
      const made = ["file", "folder", "denied", "other"].includes(what);
      tree[last] ??= made ? (what as MadeEntry) : { target: what };
    }
    return tree;
  });

describe("for every text and tree", () => {
  test("the fact is an answer, and the same one again", () => {
    fc.assert(
      fc.property(fc.oneof(someText, fc.string({ unit: "binary" })), someTree, (text, tree) => {
        const once = (): object =>
          pathFact([{ arg: "p", use: "path", value: text }], {
            mode: "read",
            root: "/a",
            files: madeFiles(tree),
          });
        expect(once()).toEqual(once());
      }),
    );
  });

  test("what is resolved has no links left, and resolves to itself", () => {
    fc.assert(
      fc.property(someText, someTree, (text, tree) => {
        const place = { root: "/a", files: madeFiles(tree) };
        const found = resolvePath(text, place);
        if (found === undefined) return;
        expect(found.real).toMatch(/^\/(?:$|(?!.*(?:\/\/|\/\.{1,2}(?:\/|$))))/u);
        expect(resolvePath(found.real, place)).toEqual({ ...found, link: false });
      }),
      { numRuns: 500 },
    );
  });
});

describe("beside the kernel", () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-path-")));
  afterAll(() => rmSync(folder, { recursive: true }));
  const real: FilePort = {
    entry(path) {
      const found = lstatSync(path, { throwIfNoEntry: false });
      if (found === undefined) return undefined;
      const links = found.nlink;
      if (found.isSymbolicLink()) return { kind: "link", target: readlinkSync(path), links };
      return { kind: found.isFile() ? "file" : found.isDirectory() ? "folder" : "other", links };
    },
  };

  for (const path of ["a", "a/b", "a/b/c", "d"]) mkdirSync(join(folder, path));
  for (const path of ["f", "a/f", "a/b/f", "d/f"]) writeFileSync(join(folder, path), "");
  const laid = {
    l: "a/b",
    "a/up": "..",
    "d/l": "../a/up/d",
    "a/b/m": "../../l/c",
    "d/out": "/",
    n: "l/f",
  };
  for (const [path, target] of Object.entries(laid)) symlinkSync(target, join(folder, path));

  /** Where the kernel ends, or nothing where it finds nothing. */
  function kernelPath(path: string): string | undefined {
    try {
      return realpathSync.native(path);
    } catch {
      return undefined;
    }
  }

  const parts = fc.constantFrom("a", "b", "c", "d", "f", "l", "m", "n", "up", "out", "..", ".", "");
  const text = fc.array(parts, { minLength: 1, maxLength: 8 }).map((path) => path.join("/"));

  test("what exists is found where the kernel finds it, or not judged", () => {
    let judged = 0;
    fc.assert(
      fc.property(text, (path) => {
        const kernel = kernelPath(`${folder}/${path}`);
        const found = resolvePath(`./${path}`, { root: folder, files: real });
        if (kernel === undefined || found === undefined) return;
        judged += 1;
        expect(found.real).toBe(kernel);
        expect(found.kind).not.toBe("absent");
      }),
      { numRuns: 3000 },
    );
    expect(judged).toBeGreaterThan(200);
  });
});
