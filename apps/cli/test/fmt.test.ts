import { execFileSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { needTool } from "../../../tools/need-tool.ts";
import { folderOf, holdfast } from "./command.ts";

const loose = `kind: Policy # the kind
apiVersion: holdfast.dev/v1
metadata: {name: p}
spec:
    rules:
    - {effect: allow, id: a, when: 'agent.id=="a"'}
`;
const tidy = `apiVersion: holdfast.dev/v1
kind: Policy # the kind
metadata: {name: p}
spec:
  rules:
    - {id: a, effect: allow, when: agent.id == "a"}
`;
const broken = `${tidy}      - oops: [\n`;

test("files of a folder are laid out, and those that changed are listed", async () => {
  const folder = folderOf({ "a.yaml": loose, "deep/b.yaml": tidy.replace("name: p", "name: q") });
  const ran = await holdfast(["fmt", folder]);
  expect(ran).toEqual({ code: 0, stdout: `${folder}/a.yaml\n`, stderr: "" });
  expect(readFileSync(join(folder, "a.yaml"), "utf8")).toBe(tidy);
  expect(await holdfast(["fmt", folder])).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(readdirSync(folder).toSorted()).toEqual(["a.yaml", "deep"]);
});

test("`--check` writes nothing and exits with 10 until all is laid out", async () => {
  const folder = folderOf({ "a.yaml": loose });
  const ran = await holdfast(["fmt", "--check", folder]);
  expect(ran).toMatchObject({ code: 10, stdout: `${folder}/a.yaml\n` });
  expect(ran.stderr).toBe("1 file is not as `holdfast fmt` writes them\n");
  expect(readFileSync(join(folder, "a.yaml"), "utf8")).toBe(loose);
  const listed = await holdfast(["fmt", "--check", "-o", "json", folder]);
  expect(JSON.parse(listed.stdout)).toEqual({ changed: [`${folder}/a.yaml`] });
  await holdfast(["fmt", folder]);
  expect((await holdfast(["fmt", "--check", folder])).code).toBe(0);
});

test("`--diff` shows a patch that git applies", async (context) => {
  const git = needTool(context, "git");
  const folder = folderOf({ "a.yaml": loose });
  const path = join(folder, "a.yaml");
  const ran = await holdfast(["fmt", "--diff", path]);
  expect(ran.code).toBe(0);
  expect(readFileSync(path, "utf8")).toBe(loose);
  const patch = ran.stdout.replaceAll(path.slice(1), "a.yaml");
  writeFileSync(join(folder, "a.patch"), patch);
  execFileSync(git, ["apply", "a.patch"], { cwd: folder });
  expect(readFileSync(path, "utf8")).toBe(tidy);
  expect(await holdfast(["fmt", "--diff", path])).toEqual({ code: 0, stdout: "", stderr: "" });
});

test("standard input goes to standard output", async () => {
  expect(await holdfast(["fmt", "-"], loose)).toEqual({ code: 0, stdout: tidy, stderr: "" });
  expect(await holdfast(["fmt", "--check", "-"], loose)).toMatchObject({ code: 10, stdout: "" });
  expect(await holdfast(["fmt", "--check", "-"], tidy)).toMatchObject({ code: 0, stdout: "" });
  const failed = await holdfast(["fmt", "-"], broken);
  expect(failed).toMatchObject({ code: 3, stdout: "" });
  expect(failed.stderr).toMatch(/^standard-input:\d+:\d+ yaml_syntax /u);
  expect((await holdfast(["fmt", "-", "x"], loose)).code).toBe(2);
});

test("a file that cannot be read is reported and left alone, others are laid out", async () => {
  const folder = folderOf({ "a.yaml": broken, "b.yaml": loose });
  const ran = await holdfast(["fmt", folder]);
  expect(ran).toMatchObject({ code: 3, stdout: `${folder}/b.yaml\n` });
  expect(ran.stderr).toContain(`${folder}/a.yaml:7:`);
  expect(ran.stderr).toContain("1 file is left as it was");
  expect(readFileSync(join(folder, "a.yaml"), "utf8")).toBe(broken);
});

test("a file keeps its mode, and a link stays a link", async () => {
  const folder = folderOf({ "a.yaml": loose });
  const path = join(folder, "a.yaml");
  chmodSync(path, 0o640);
  symlinkSync("a.yaml", join(folder, "link.yml"));
  expect((await holdfast(["fmt", join(folder, "link.yml")])).code).toBe(0);
  expect(lstatSync(join(folder, "link.yml")).isSymbolicLink()).toBe(true);
  expect(statSync(path).mode & 0o777).toBe(0o640);
  expect(readFileSync(path, "utf8")).toBe(tidy);
});

test("what is not there is said, and what is not UTF-8 is refused", async () => {
  const folder = folderOf();
  writeFileSync(join(folder, "a.yaml"), Buffer.from([0xff, 0xfe]));
  expect(await holdfast(["fmt", join(folder, "none")])).toMatchObject({
    code: 2,
    stderr: `there is no file or folder \`${join(folder, "none")}\`\n`,
  });
  expect((await holdfast(["fmt", join(folder, "a.yaml")])).code).toBe(2);
});

test("a folder may hold other files, and each policy set below it keeps its bundle", async () => {
  const folder = folderOf({
    "one/policies/a.yaml": loose,
    "two/policies/a.yaml": loose,
    "two/requests/call.json": "{}",
    "holdfast.yaml": "policies:   two/policies\n",
    "compose.yaml": "services: {web:   {image: x}}\n",
    "chart.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {{ .Values.x }}\n",
    "node_modules/x/a.yaml": loose,
  });
  const ran = await holdfast(["fmt", folder]);
  const changed = ["one", "two"].map((name) => `${folder}/${name}/policies/a.yaml\n`);
  expect(ran).toEqual({ code: 0, stdout: changed.join(""), stderr: "" });
  expect(readFileSync(join(folder, "holdfast.yaml"), "utf8")).toBe("policies:   two/policies\n");
  expect(readFileSync(join(folder, "node_modules/x/a.yaml"), "utf8")).toBe(loose);
});

test("a policy file with a slip is not passed over, and a folder without any is told", async () => {
  const folder = folderOf({
    "number.yaml": tidy.replace("v1", "v9"),
    "none.yaml": tidy.replace("apiVersion: holdfast.dev/v1\n", ""),
    "open.yaml": broken,
    "unread.yaml": `${tidy}# \u202E\n`,
  });
  const ran = await holdfast(["fmt", "--check", folder]);
  expect(ran).toMatchObject({ code: 3, stdout: "" });
  for (const name of ["number", "none", "open", "unread"]) {
    expect(ran.stderr).toContain(`${folder}/${name}.yaml:`);
  }
  const other = folderOf({
    "compose.yaml": "services: {}\n",
    "lock.yaml": "# \u202E\n",
    "README.md": "# x\n",
  });
  expect(await holdfast(["fmt", "--check", other])).toEqual({
    code: 2,
    stdout: "",
    stderr: `there is no policy file below \`${other}\`\n`,
  });
});

test("a difference in every line of a long file is shown, and takes no longer for it", async () => {
  const items = Array.from({ length: 6000 }, (_, index) => `    - item${index}\r\n`);
  const head = ["apiVersion: holdfast.dev/v1", "kind: List", "metadata: {name: many}", "spec:"];
  const lines = [...head, "  type: string", "  items:"].map((line) => `${line}\r\n`);
  const folder = folderOf({ "many.yaml": [...lines, ...items].join("") });
  const { code, stdout } = await holdfast(["fmt", "--diff", join(folder, "many.yaml")]);
  expect(code).toBe(0);
  expect(stdout.split("\n").filter((line) => line.startsWith("+ "))).toHaveLength(6002);
});
