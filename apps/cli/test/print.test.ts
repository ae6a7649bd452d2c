import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { program, repository } from "./command.ts";
import type { Ran } from "./command.ts";

/** A folder from which modules find the packages of the repository, with these files in it. */
function projectOf(files: Readonly<Record<string, string>>): string {
  const cache = join(repository, "node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "holdfast-print-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  return folder;
}

/** Runs the built command: modules are loaded by Node.js itself, as for a user. */
async function holdfast(folder: string, ...args: readonly string[]): Promise<Ran> {
  return await new Promise((resolve) => {
    const run = [program, ...args];
    execFile(process.execPath, run, { cwd: folder, encoding: "utf8" }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

const tools = `
import { allow, definePolicy, definePolicyTest, defineTool, deny } from "@holdfast/engine/define";
const tool = defineTool({
  name: "files.write",
  labels: ["write"],
  schema: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
});
`;
const policy = `
const writing = definePolicy({
  name: "writing",
  match: { tools: [tool] },
  rules: ({ args }) => [allow("report", { when: args.path.eq("report.md") })],
});
const tests = definePolicyTest({
  name: "writing",
  cases: [
    {
      name: "the report may be written",
      request: { agent: { id: "a" }, tool, args: { path: "report.md" } },
      expect: { effect: "allow" },
    },
  ],
});
`;
const whole = `${tools}${policy}export default [tool, writing, tests];\n`;

test("a module is printed as YAML that the other commands read", async () => {
  const folder = projectOf({ "policies.mjs": whole });
  const printed = await holdfast(folder, "print", "policies.mjs", "--out", "policies");
  expect(printed).toMatchObject({
    code: 0,
    stdout: [
      "add     policies/policy-test.writing.yaml",
      "add     policies/policy.writing.yaml",
      "add     policies/tool.files.write.yaml\n",
    ].join("\n"),
    stderr: expect.stringMatching(/^3 documents, bundle sha256:[0-9a-f]{64}\n$/u),
  });
  const text = readFileSync(join(folder, "policies/policy.writing.yaml"), "utf8");
  expect(text).toBe(`# printed by \`holdfast print\` from policies.mjs; change that, not this
apiVersion: holdfast.dev/v1
kind: Policy
metadata:
  name: writing
spec:
  match:
    tools:
      - files.write
  rules:
    - id: report
      effect: allow
      when: args.path == "report.md"
`);
  const tested = await holdfast(folder, "test", "--policy", "policies");
  expect(tested).toMatchObject({ code: 0, stdout: expect.stringContaining("1 passed, 0 failed") });
});

test("without a folder the YAML goes to stdout, and a list can be named `documents`", async () => {
  const folder = projectOf({ "policies.mjs": `${tools}export const documents = [tool];\n` });
  const printed = await holdfast(folder, "print", "policies.mjs");
  expect(printed.code).toBe(0);
  expect(printed.stdout).toContain("kind: Tool\n");
});

test("`--check` writes nothing and exits with 9 until the folder is what would be printed", async () => {
  const folder = projectOf({ "policies.mjs": whole });
  const check = ["print", "policies.mjs", "--out", "policies", "--check"];
  expect((await holdfast(folder, ...check)).code).toBe(9);
  expect(readdirSync(folder)).toEqual(["policies.mjs"]);
  await holdfast(folder, "print", "policies.mjs", "--out", "policies");
  expect(await holdfast(folder, ...check)).toMatchObject({ code: 0, stdout: "" });
  writeFileSync(join(folder, "policies.mjs"), whole.replace('"report.md")) }', '"other.md")) }'));
  const path = join(folder, "policies/policy.writing.yaml");
  writeFileSync(path, readFileSync(path, "utf8").replace("report.md", "anything.md"));
  const differs = await holdfast(folder, ...check);
  expect(differs).toMatchObject({ code: 9, stdout: "change  policies/policy.writing.yaml\n" });
  expect(readFileSync(path, "utf8")).toContain("anything.md");
});

test("a document whose definition is gone does not stay in force", async () => {
  const folder = projectOf({ "policies.mjs": whole });
  await holdfast(folder, "print", "policies.mjs", "--out", "policies");
  writeFileSync(join(folder, "policies.mjs"), `${tools}export default [tool];\n`);
  const again = await holdfast(folder, "print", "policies.mjs", "--out", "policies");
  expect(again).toMatchObject({
    code: 0,
    stdout: "remove  policies/policy-test.writing.yaml\nremove  policies/policy.writing.yaml\n",
  });
  expect(readdirSync(join(folder, "policies"))).toEqual(["tool.files.write.yaml"]);
  expect(readdirSync(folder).toSorted()).toEqual(["policies", "policies.mjs"]);
});

test("a folder that holds anything else is left as it is", async () => {
  const folder = projectOf({ "policies.mjs": whole });
  mkdirSync(join(folder, "policies"));
  writeFileSync(join(folder, "policies/mine.yaml"), "# mine\n");
  const printed = await holdfast(folder, "print", "policies.mjs", "--out", "policies");
  expect(printed).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("`policies/mine.yaml` was not printed by `holdfast print`"),
  });
  expect(readdirSync(join(folder, "policies"))).toEqual(["mine.yaml"]);
});

test("definitions join the YAML of a policy folder, and a Boundary there narrows them", async () => {
  const folder = projectOf({
    "policies.mjs": `
import { allow, definePolicy, inFolder } from "@holdfast/engine/define";
const writing = definePolicy({ name: "w", match: { tools: [process.env.TOOL] }, rules: [allow("a")] });
export default inFolder("team-a", [writing]);
`.replace("process.env.TOOL", '"files.write"'),
  });
  mkdirSync(join(folder, "policies"));
  const tool = (name: string) =>
    `apiVersion: holdfast.dev/v1\nkind: Tool\nmetadata: {name: ${name}}\nspec: {labels: [write]}\n`;
  const boundary = `apiVersion: holdfast.dev/v1\nkind: Boundary\nmetadata: {name: b}\nspec: {folder: printed/team-a, allows: {tools: [files.write]}}\n`;
  writeFileSync(
    join(folder, "policies/tools.yaml"),
    `${tool("files.write")}---\n${tool("files.move")}---\n${boundary}`,
  );
  const args = ["print", "policies.mjs", "-p", "policies", "-o", "./policies/printed"];
  const printed = await holdfast(folder, ...args);
  expect(printed).toMatchObject({
    code: 0,
    stdout: "add     policies/printed/team-a/policy.w.yaml\n",
  });
  expect((await holdfast(folder, ...args)).stdout).toBe("");
  const module = join(folder, "policies.mjs");
  writeFileSync(module, readFileSync(module, "utf8").replace("files.write", "files.move"));
  const refused = await holdfast(folder, ...args);
  expect(refused.code).toBe(3);
  expect(refused.stderr).toMatch(/^policies\/printed\/team-a\/policy\.w\.yaml:\d+:\d+ boundary /u);
  expect(refused.stderr).toContain(`${module}:3:17 in Policy \`w\` at \`spec.rules[0]\``);
  expect(readFileSync(join(folder, "policies/printed/team-a/policy.w.yaml"), "utf8")).toContain(
    "files.write",
  );
});

test("what does not compile writes nothing and leads to the line of the definition", async () => {
  const folder = projectOf({
    "wrong.mjs": `${tools}${policy.replace("args.path", "args.pth")}export default [tool, writing];\n`,
    "cel.mjs": `${tools.replace("deny", "deny, cel")}
const p = definePolicy({ name: "p", rules: [deny("r", { when: cel\`1 +\` })] });
export default [tool, p];
`,
    "bug.mjs": "null.x;\n",
    "none.mjs": "export const nothing = 1;\n",
    "odd.mjs": "export default [1];\n",
  });
  const wrong = await holdfast(folder, "print", "wrong.mjs", "--out", "policies");
  expect(wrong.code).toBe(3);
  expect(wrong.stderr).toContain(
    `${join(folder, "wrong.mjs")}:12:54 definition_invalid unknown field \`pth\` of the arguments of \`files.write\`; did you mean \`path\`?`,
  );
  const text = await holdfast(folder, "print", "cel.mjs", "--out", "policies");
  expect(text.code).toBe(3);
  expect(text.stderr).toMatch(/cel\.mjs:9:\d+ definition_invalid `1 \+` is not CEL/u);
  expect(await holdfast(folder, "print", "bug.mjs")).toMatchObject({
    code: 3,
    stderr: expect.stringContaining("bug.mjs:1"),
  });
  expect(await holdfast(folder, "print", "odd.mjs")).toMatchObject({
    code: 3,
    stderr: expect.stringContaining("entry 0 is no definition"),
  });
  expect(await holdfast(folder, "print", "none.mjs")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("end it with `export default [...]`"),
  });
  expect(await holdfast(folder, "print", "gone.mjs")).toMatchObject({ code: 2 });
  expect(readdirSync(folder)).not.toContain("policies");
});

test("a module that fails says where, and nothing of how it was run", async () => {
  const folder = projectOf({
    "policies.mjs": "function build() {\n  throw new RangeError('no such team');\n}\nbuild();\n",
    "broken.mjs": "export default [\n",
    "lost.mjs": 'import "no-such-package";\n',
  });
  const thrown = await holdfast(folder, "print", "policies.mjs");
  expect(thrown.code).toBe(3);
  expect(thrown.stderr).toMatch(
    /policies\.mjs:2:9 RangeError: no such team\n {4}at build .*\n {4}at /u,
  );
  for (const [file, problem] of [
    ["broken.mjs", /^\S+broken\.mjs SyntaxError: Unexpected end of input\n$/u],
    [
      "lost.mjs",
      /^\S+lost\.mjs Error: Cannot find package 'no-such-package' imported from \S+\n$/u,
    ],
  ] as const) {
    const failed = await holdfast(folder, "print", file);
    expect(failed).toMatchObject({ code: 3, stdout: "" });
    expect(failed.stderr).toMatch(problem);
  }
  expect(thrown.stderr).not.toMatch(/node:internal|policy-module|commander/u);
});
