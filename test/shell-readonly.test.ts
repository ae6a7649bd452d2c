/** The pack `shell-readonly` is decided on facts of real commands, with the files that its tests name. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createEngine, loadPolicySet, runPolicyTests } from "@holdfast/engine";
import type { FactReader } from "@holdfast/engine";
import { shellFact } from "@holdfast/facts";
import type { FileEntry } from "@holdfast/facts";

const folder = new URL("../policies/shell-readonly/", import.meta.url);
const read = (path: string) => {
  const text = readFileSync(new URL(path, folder), "utf8");
  // Here is a disk with links, so nothing has to be stated of them.
  return { path, text: text.replaceAll(/^ +given: \{facts: .*\n/gmu, "") };
};

const entries: Readonly<Record<string, FileEntry>> = {
  "/workspace": { kind: "folder", links: 2 },
  "/workspace/README.md": { kind: "file", links: 1 },
  "/workspace/link-in": { kind: "link", target: "README.md", links: 1 },
  "/workspace/link-out": { kind: "link", target: "/etc", links: 1 },
  "/etc": { kind: "folder", links: 2 },
};

const factReader: FactReader = ({ tool, args }) => {
  const annotated = [{ arg: "command", use: "shell", value: args["command"] ?? null }] as const;
  return { shell: shellFact(annotated, { root: tool?.root, files: { entry: (p) => entries[p] } }) };
};

test("every case of the pack is decided as it says, and every rule decides one", () => {
  const loaded = loadPolicySet(["policy.yaml", "tests.yaml"].map(read), {});
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
  const { results, coverage } = runPolicyTests(createEngine(loaded.bundle), { factReader });
  const failed = results.filter(({ passed }) => !passed);
  expect(failed.map(({ name, decision }) => [name, decision?.rules])).toEqual([]);
  expect(results.length).toBeGreaterThan(60);
  expect(coverage.filter(({ cases }) => cases === 0)).toEqual([]);
});
