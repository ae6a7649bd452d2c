import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createReferenceEngine, loadPolicySet, runPolicyTests } from "@holdfast/engine";
import type { Bundle } from "@holdfast/engine";
import { policySet } from "@holdfast/engine/define";
import { afterAll, expect, test } from "vitest";
import quickstart from "../examples/typescript/policies.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const document = readFileSync(join(root, "docs/policies-in-typescript.md"), "utf8");

// Below node_modules, so that `@holdfast/engine` is found as in a project that installed it.
mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
const project = mkdtempSync(join(root, "node_modules/.cache/holdfast-docs-"));
afterAll(() => rmSync(project, { recursive: true, force: true }));

/** The blocks of a language in the document, in order. */
function blocks(language: string): readonly string[] {
  const parts = document.split(/^```/mu);
  return parts.flatMap((part, index) =>
    index % 2 === 1 && part.startsWith(`${language}\n`) ? [part.slice(language.length + 1)] : [],
  );
}

const example = blocks("ts").find((block) => block.startsWith("// policies.ts\n")) ?? "";

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(script: string, args: readonly string[]): Promise<Ran> {
  return await new Promise((resolve) => {
    const all = [join(root, script), ...args];
    execFile(process.execPath, all, { cwd: project, encoding: "utf8" }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

function loaded(result: ReturnType<typeof loadPolicySet>): Bundle {
  if (result.ok) return result.bundle;
  throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
}

test("examples/typescript has the digest of examples/quickstart, and its tests pass", () => {
  const folder = join(root, "examples/quickstart/policies");
  const files = readdirSync(folder).map((name) => ({
    path: name,
    text: readFileSync(join(folder, name), "utf8"),
  }));
  const bundle = loaded(policySet(quickstart));
  expect(bundle.digest).toBe(loaded(loadPolicySet(files)).digest);
  const { results } = runPolicyTests(createReferenceEngine(bundle));
  expect(results).not.toEqual([]);
  expect(results.filter(({ passed }) => !passed)).toEqual([]);
});

const tsc = "node_modules/typescript/bin/tsc";

/** A new project as the document sets one up, with these policies. */
function setUp(policies: string): void {
  writeFileSync(join(project, "package.json"), '{ "type": "module" }');
  writeFileSync(join(project, "tsconfig.json"), blocks("json")[0] ?? "");
  writeFileSync(join(project, "policies.ts"), policies);
}

test("the commands of docs/policies-in-typescript.md do what it says", async () => {
  setUp(example);
  const commands = blocks("").find((block) => block.includes("npx holdfast print")) ?? "";
  const lines = commands.trim().split("\n");
  expect(lines).toHaveLength(3);
  const ran: Ran[] = [];
  for (const line of lines) {
    const [npx, program, ...args] = line.split(" ");
    expect([npx, program]).toEqual(["npx", expect.stringMatching(/^(?:tsc|holdfast)$/u)]);
    ran.push(await run(program === "tsc" ? tsc : "apps/cli/bin/holdfast.js", args));
  }
  expect(ran.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(ran[2]?.stdout).toContain("2 passed, 0 failed");
  const [printed] = blocks("yaml");
  expect(readFileSync(join(project, "policies/policy.refunds.yaml"), "utf8")).toBe(printed);
});

test("a misspelt argument is the error that docs/policies-in-typescript.md shows", async () => {
  setUp(example.replace("args.amount.gt(0)", "args.amout.gt(0)"));
  const { code, stdout } = await run(tsc, ["--noEmit"]);
  expect(code).not.toBe(0);
  expect(stdout).toMatch(/Property 'amout' does not exist on type .* Did you mean 'amount'\?/u);
  expect(stdout.match(/error TS/gu)).toHaveLength(1);
});

test("an unknown Meter is told with the places that docs/policies-in-typescript.md shows", async () => {
  setUp(example.replace("meter: refunded,", 'meter: "refundd",'));
  await run(tsc, []);
  const { code, stderr } = await run("apps/cli/bin/holdfast.js", [
    "print",
    "dist/policies.js",
    "--out",
    "other",
  ]);
  expect(code).toBe(3);
  const shown = blocks("").find((block) => block.includes("refundd")) ?? "";
  const told = stderr
    .replaceAll(`${project}/`, "/home/ana/refunds/")
    .replaceAll("other/", "policies/");
  expect(told.slice(0, shown.length)).toBe(shown);
});
