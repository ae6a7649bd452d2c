import { chmodSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { replaceFile } from "../src/file-replacement.ts";
import { folderOf, holdfast } from "./command.ts";

const flawed = `apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: pay.refund}
spec: {labels:   [money]}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: refunds}
spec: {match: {tools: [pay.refund, pay.refund]}, rules: [{id: grant, effect: allow}]}
---
apiVersion: holdfast.dev/v1
kind: PolicyTest
metadata: {name: refunds}
spec:
  cases:
    - name: allowed
      request: {agent: {id: bot}, tool: pay.refund, args: {}}
      expect: {effect: deny}
`;

test.each([
  ["fmt", (folder: string) => ["fmt", folder]],
  ["lint --fix", (folder: string) => ["lint", folder, "--fix"]],
  ["test --update", (folder: string) => ["test", "--policy", folder, "--update"]],
])("`%s` keeps a link a link, the mode of its file, and leaves nothing else", async (_, args) => {
  const folder = folderOf({ "kept/refunds.yaml": flawed, "policies/README.md": "" });
  const [kept, link] = [join(folder, "kept/refunds.yaml"), join(folder, "policies/refunds.yaml")];
  symlinkSync(kept, link);
  chmodSync(kept, 0o666);
  expect((await holdfast(args(join(folder, "policies")))).code).toBe(0);
  expect(readFileSync(kept, "utf8")).not.toBe(flawed);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(statSync(kept).mode & 0o777).toBe(0o666);
  expect([...readdirSync(join(folder, "kept")), ...readdirSync(join(folder, "policies"))]).toEqual([
    "refunds.yaml",
    "README.md",
    "refunds.yaml",
  ]);
});

test("what was written by somebody else meanwhile is left as it is", () => {
  const folder = folderOf({ "a.yaml": "old\n" });
  const path = join(folder, "a.yaml");
  writeFileSync(path, "theirs\n");
  expect(() => replaceFile({ path, text: "old\n" }, "new\n")).toThrow("changed by somebody else");
  expect(readFileSync(path, "utf8")).toBe("theirs\n");
  expect(readdirSync(folder)).toEqual(["a.yaml"]);
});
