import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { Ajv } from "ajv";
import { parseJson } from "@holdfast/model";
import type { JsonObject } from "@holdfast/model";
import { describe, expect, onTestFinished, test } from "vitest";
import { folderOf, holdfast, quickstart, repository } from "./command.ts";

const flawed = `# The tools, and what may be done with them.
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: pay.refund}
spec:
  labels: [money]
  schema: {type: object, required: [amount], properties: {amount: {type: number}}}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: refunds}
spec:
  match: {tools: [pay.refund, pay.refund]} # the one tool
  params: {limit: 100, more: 5}
  variables:
    # what is small
    small: args.amount < params.limit
    large: "args.amount > 5000" # nobody asks
  rules:
    - {id: grant, effect: allow, when: variables.small}
    - {id: trusting, effect: allow, when: claims.sure}
`;

const folder = (text = flawed): string => folderOf({ "refunds.yaml": text });

describe("lint", () => {
  test.each([
    ["the quickstart", quickstart],
    ["the example of origins", join(repository, "examples/origins/policies")],
  ])("finds nothing in %s", async (_, policies) => {
    const ran = await holdfast(["lint", policies, "--level", "note"]);
    expect(ran.stdout).toMatch(/^nothing found in \d+ rules\n/u);
    expect(ran.code).toBe(0);
  });

  test("shows each finding with its place, what to do and a line that sums up", async () => {
    const { code, stdout } = await holdfast(["lint", folder()]);
    expect(code).toBe(10);
    expect(stdout).toMatch(/error claims_in_allow {2}\S+refunds\.yaml:21:43\n/u);
    expect(stdout).toContain("    - {id: trusting, effect: allow, when: claims.sure}");
    expect(stdout).toContain("rules     refunds/trusting");
    expect(stdout).toContain("1 error, 2 warnings, 1 note");
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test("exits by the level that is asked for, and says so in the data too", async () => {
    const clean = flawed.replace("    - {id: trusting, effect: allow, when: claims.sure}\n", "");
    const policies = folder(clean);
    expect((await holdfast(["lint", policies, "--level", "error"])).code).toBe(0);
    expect((await holdfast(["lint", policies])).code).toBe(10);
    const { stdout } = await holdfast(["lint", policies, "-o", "json"]);
    expect(parseJson(stdout)).toMatchObject({
      counts: { error: 0, warning: 2, note: 1, unknown: 0 },
      bundle: expect.stringMatching(/^sha256:/u),
      findings: [
        { code: "covered_entry", level: "note", line: 13, column: 31, fix: expect.any(String) },
        { code: "unused_param", line: 14 },
        { code: "unused_variable", line: 18 },
      ],
    });
  });

  test("a set that does not compile exits with 3, and its errors are findings", async () => {
    const ran = await holdfast([
      "lint",
      folder(flawed.replace("args.amount <", "args.amuont <")),
      "-o",
      "github",
    ]);
    expect(ran.code).toBe(3);
    expect(ran.stdout).toMatch(
      /^::error file=\S+refunds\.yaml,line=17,endLine=17,col=17,endColumn=23,title=holdfast cel_unknown_field::/u,
    );
  });

  test("annotations are one line each, with nothing of the finding read as a command", async () => {
    const { stdout } = await holdfast(["lint", folder(), "-o", "github"]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(4);
    for (const line of lines)
      expect(line).toMatch(/^::(?:error|warning|notice) file=[^:]+::[^\n]+$/u);
  });

  test("--fix takes away what no decision depends on, and leaves every other character", async () => {
    const policies = folder();
    const ran = await holdfast(["lint", policies, "--fix", "-o", "json"]);
    expect(readFileSync(join(policies, "refunds.yaml"), "utf8")).toBe(
      flawed
        .replace("[pay.refund, pay.refund]", "[pay.refund]")
        .replace("{limit: 100, more: 5}", "{limit: 100}")
        .replace('    large: "args.amount > 5000" # nobody asks\n', ""),
    );
    expect(ran.stderr).toContain("unused_variable: remove variable `large` of policy `refunds`");
    expect(parseJson(ran.stdout)).toMatchObject({ counts: { error: 1, warning: 0, note: 0 } });
    const again = await holdfast(["lint", policies, "--fix"]);
    expect(again.stderr).toBe("");
  });

  test("SARIF is valid against the schema of the standard", async () => {
    const schema = parseJson(
      readFileSync(join(repository, "apps/cli/test/sarif/sarif-2.1.0-rtm.5.json"), "utf8"),
    ) as JsonObject;
    const { $schema: _draft, id: _id, ...rest } = schema;
    const ajv = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false });
    const validate = ajv.compile(rest);
    const { stdout } = await holdfast(["lint", folder(), "-o", "sarif", "--unknown"]);
    // WHY: the validator asks objects for `valueOf`, which those of `parseJson` do not have.
    const log: unknown = JSON.parse(stdout);
    expect(validate(log), JSON.stringify(validate.errors)).toBe(true);
    expect(log).toMatchObject({ runs: [{ results: [{}, {}, {}, { ruleId: "claims_in_allow" }] }] });
    expect(validate({ version: "2.1.0", runs: [{}] })).toBe(false);
  });
});

test("what is no file among the policies is refused, and not waited for", async () => {
  const policies = folder();
  const socket = join(policies, "late.yaml");
  const server = createServer().listen(socket);
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { code, stderr } = await holdfast(["lint", policies]);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: `policy_folder \`${socket}\` is a pipe or a device, and no file\n`,
  });
  expect(await holdfast(["fmt", socket])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("is a pipe or a device"),
  });
});
