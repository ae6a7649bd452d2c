import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "@holdfast/model";
import type { Guard } from "@holdfast/runtime";
import { readPolicyFolder } from "@holdfast/runtime";
import { expect, test } from "vitest";
import { guardOn, permitted, refused, request, scratch } from "./support.ts";

const policy = `
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: p}
spec: {match: {tools: [fs.write, fs.make]}, rules: [{id: grant, effect: allow}]}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: q}
spec:
  match: {tools: [fs.make]}
  rules: [{id: lure, effect: modify, when: has(args.lure), set: {args.at: "'icies'"}}]
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: fs.write}
spec: {labels: [write]}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: fs.make}
spec:
  labels: [write]
  resources: [{type: file, id: "args.base + args.at + '/' + args.name"}]
  schema:
    type: object
    properties: {base: {type: string}, at: {type: string}, name: {type: string}, lure: {type: integer}}
    required: [base, at, name]
`;

/** A policy folder whose one file, and one folder, are links to elsewhere. */
async function linked(): Promise<{ root: string; guard: Guard }> {
  const root = realpathSync(scratch());
  for (const folder of ["policies", "team", "shared", "work", "data"])
    mkdirSync(join(root, folder));
  writeFileSync(join(root, "team", "all.yaml"), policy);
  writeFileSync(join(root, "team", "other.yaml"), "");
  symlinkSync("../team/all.yaml", join(root, "policies", "all.yaml"));
  symlinkSync("../shared", join(root, "policies", "shared"));
  const guard = await guardOn(join(root, "data"), {
    policies: join(root, "policies"),
    workingDirectory: join(root, "work"),
  });
  return { root, guard };
}

async function rulesOn(guard: Guard, tool: string, args: JsonObject): Promise<readonly string[]> {
  return refused(await guard.begin(request(tool, args))).decision.rules;
}

const protectedRule = ["holdfast/protected-paths"];

test("a policy file that is a link is protected where it lies, and so is a linked folder", async () => {
  const { root, guard } = await linked();
  for (const path of ["team/all.yaml", "shared/new.yaml", "shared", "policies/all.yaml"]) {
    const rules = await rulesOn(guard, "fs.write", { path: join(root, path) });
    expect(rules, path).toEqual(protectedRule);
  }
  permitted(await guard.begin(request("fs.write", { path: join(root, "team/other.yaml") })));
});

test("a file URL is read as the URL standard reads it, whatever stands around it", async () => {
  const { root, guard } = await linked();
  const file = `${root}/policies/x.yaml`;
  for (const path of [
    `file://${file}`,
    ` file://${file}`,
    `\tfile://${file}\n`,
    `\u0000\u001ffile://${file}`,
    `fi\nle://${file}`,
    `f\ti\rle:${file}`,
    `FILE://LOCALHOST${file}?x#y`,
    `file://127.0.0.1${file}`,
    `file://example.org${file}`,
    `file://${root}/policies%2fx.yaml`,
    `file://${root}/%70olicies/x.yaml`,
    `file:${file}`,
    `file:\\\\\\${file}`,
    "file:../policies/x.yaml",
    "file://../policies/x.yaml",
    `url:file://${file}`,
    ` URL:url:file://${file}`,
    "file://%zz/x",
    "file:///%ff",
    ` ${file}`,
    `${file} `,
    `/proc/self/root${file}`,
  ]) {
    const rules = await rulesOn(guard, "fs.write", { path });
    expect(rules, JSON.stringify(path)).toEqual(protectedRule);
  }
  for (const path of [
    `file://${root}/work/x`,
    "file:x",
    "https://example.org/file:/x",
    "profile:x",
  ]) {
    permitted(await guard.begin(request("fs.write", { path })));
  }
});

test("a path that the tool joins from two arguments is looked at as one", async () => {
  const { root, guard } = await linked();
  for (const args of [
    { dir: root, file: "policies/x.yaml" },
    { dir: `${root}/work/deep`, file: "../../policies/x.yaml" },
    { dir: root, files: ["a", { name: "/policies/x.yaml" }] },
    { dir: `file://${root}`, file: "team/all.yaml" },
  ]) {
    expect(await rulesOn(guard, "fs.write", args), JSON.stringify(args)).toEqual(protectedRule);
  }
  permitted(await guard.begin(request("fs.write", { dir: root, file: "work/policies/x.yaml" })));
  const many = Array.from({ length: 300 }, (_, i) => `/nowhere/${i}`);
  expect(await rulesOn(guard, "fs.write", { many })).toEqual(protectedRule);
});

test("a resource that the Tool document derives is looked at like an argument", async () => {
  const { root, guard } = await linked();
  // No part reaches, nor do two of them joined: only what the expression makes of them.
  const base = { base: `${root}/pol`, name: "x.yaml" };
  expect(await rulesOn(guard, "fs.make", { ...base, at: "icies" })).toEqual(protectedRule);
  permitted(await guard.begin(request("fs.make", { ...base, at: "en" })));
  const lured = await rulesOn(guard, "fs.make", { ...base, at: "en", lure: 1 });
  expect(lured).toEqual(protectedRule);
});

test("policy files count in any letter case, and what only looks like one is refused", () => {
  const folder = scratch();
  for (const name of [
    "a.yaml",
    "b.YAML",
    "c.Yml",
    ".hidden.yaml",
    "README.md",
    "LICENSE",
    "run.sh",
  ]) {
    writeFileSync(join(folder, name), `# ${name}\n`);
  }
  const texts = readPolicyFolder(folder).map(({ text }) => text);
  expect(texts).toEqual(["# a.yaml\n", "# b.YAML\n", "# c.Yml\n"]);
  for (const name of ["d.json", "d.yaml.bak", "d.yml~", "d.YAML.disabled", "d.toml", "d.yaml "]) {
    const other = scratch();
    writeFileSync(join(other, name), "");
    expect(() => readPolicyFolder(other), name).toThrow(
      expect.objectContaining({ code: "policy_folder" }),
    );
  }
});
