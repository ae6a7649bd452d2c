import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const example = join(root, "examples/learn");
const readmePath = join(example, "README.md");
const isUpdate = process.env["HOLDFAST_GOLDEN"] === "update";

/** Blocks of the README: a command behind `$ `, and below it what it prints. */
const block = /```console\n\$ (?<command>.*)\n(?<output>[\s\S]*?)```/gu;

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of the README in a copy of the example, with the programs of this checkout. */
async function run(command: string, folder: string): Promise<Ran> {
  const [program, ...words] = command.split(" ");
  const args =
    program === "node" ? words : [join(root, "apps/cli/bin/holdfast.js"), ...words.slice(1)];
  expect([program, program === "node" ? "" : words[0]]).toEqual(
    program === "node" ? ["node", ""] : ["npx", "holdfast"],
  );
  return await new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder, encoding: "utf8" }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
    });
  });
}

/** What differs from run to run: ids of sessions, and which of alike mutants is shown. */
function steady(text: string): string {
  return text
    .replaceAll(/session-[0-9a-f]{32}\/(?<entry>[a-z0-9-]+)\/\d+/gu, "session-0/$<entry>")
    .replaceAll(/[ \t]+$/gmu, "");
}

test("the README of examples/learn shows what its five commands print", async () => {
  // Below node_modules, so that the agent finds the client and the server as in the checkout.
  mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
  const folder = mkdtempSync(join(root, "node_modules/.cache/holdfast-learn-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const isScratch = (path: string): boolean => path === join(example, "scratch");
  cpSync(example, folder, { recursive: true, filter: (path) => !isScratch(path) });

  let readme = readFileSync(readmePath, "utf8");
  const blocks = [...readme.matchAll(block)];
  expect(blocks).toHaveLength(5);
  for (const { groups: { command = "", output = "" } = {} } of blocks) {
    const ran = await run(command, folder);
    expect({ command, code: ran.code, stderr: ran.code === 0 ? "" : ran.stderr }).toEqual({
      command,
      code: 0,
      stderr: "",
    });
    const printed = steady(ran.stdout);
    if (isUpdate)
      readme = readme.replace(`$ ${command}\n${output}`, () => `$ ${command}\n${printed}`);
    else expect(printed).toBe(output);
  }
  if (isUpdate) writeFileSync(readmePath, readme);

  // The denied write left the disk as it was; what the user asked for was done.
  const lies = (path: string) => readFileSync(join(folder, "scratch/files", path), "utf8");
  expect(lies("minutes/summer.md")).toBe("The party is on the first of July.");
  expect(() => lies("public/index.md")).toThrow(/ENOENT/u);
}, 300_000);
