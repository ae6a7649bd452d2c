import { spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseJunit } from "junit2json";
import { describe, expect, onTestFinished, test } from "vitest";
import { folderOf, holdfast, program } from "./command.ts";

const policy = `apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: bank.pay}
spec: {labels: [money]}
---
apiVersion: holdfast.dev/v1
kind: Meter
metadata: {name: paid}
spec: {match: {tools: [bank.pay]}, reserve: args.amount, key: [agent.id], window: 1h}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: pay}
spec:
  match: {tools: [bank.pay]}
  variables: {small: args.amount <= 100}
  rules:
    - {id: small, effect: allow, when: 'variables.small && (args.to == "ana" || args.to == "bo")'}
    - {id: hourly, effect: deny, limit: {meter: paid, max: 500}}
    - {id: eve, effect: deny, when: args.to == "eve"}
`;

const head = `apiVersion: holdfast.dev/v1
kind: PolicyTest
metadata: {name: payments}
spec:
  cases:
`;

function caseOf(name: string, args: string, expected: string): string {
  return `    - name: ${name}\n      request: {agent: {id: a}, tool: bank.pay, args: ${args}}\n      expect: ${expected}\n`;
}

const passing = caseOf(
  "ana is paid",
  "{amount: 5, to: ana}",
  "{effect: allow, rules: [pay/small]}",
);
const failing = caseOf(
  "eve & <co> are paid",
  "{amount: 5, to: eve}",
  "{effect: allow, rules: [pay/small]} # the wish",
);

function folder(cases: string): string {
  return folderOf({ "pay.yaml": policy, "tests.yaml": head + cases });
}

describe("a failing case", () => {
  test("shows what was expected beside what was decided, and why", async () => {
    const ran = await holdfast(["test", "-p", folder(passing + failing)]);
    expect(ran.code).toBe(4);
    const lines = ran.stdout.split("\n");
    const at = lines.findIndex((line) => line.startsWith("FAIL"));
    expect(lines.slice(at + 2, at + 5)).toEqual([
      "              expected       actual",
      "      effect  allow          deny",
      '      rules   ["pay/small"]  ["pay/eve"]',
    ]);
    expect(lines[at + 5]).toContain("deny (rule): denied by policy");
  });

  test("is an annotation of a GitHub workflow where it is written", async () => {
    const place = folder(passing + failing);
    const ran = await holdfast(["test", "-p", place, "-o", "github"]);
    expect(ran.code).toBe(4);
    const [line = "", ...more] = ran.stdout.trimEnd().split("\n");
    expect(more).toEqual([]);
    expect(line).toMatch(
      /^::error file=\S+tests\.yaml,line=9,title=policy test payments%3A eve & <co> are paid::effect: expected "allow", found "deny"%0A/u,
    );
  });
});

describe("junit", () => {
  test("is read by another implementation as what it says", async () => {
    const place = folder(passing + failing);
    const ran = await holdfast(["test", "-p", place, "-o", "junit"]);
    expect(ran.code).toBe(4);
    const report = await parseJunit(ran.stdout);
    expect(report).toMatchObject({ name: "holdfast test", tests: 2, failures: 1, errors: 0 });
    const suites =
      report !== null && report !== undefined && "testsuite" in report ? report.testsuite : [];
    expect(suites).toMatchObject([
      {
        name: "payments",
        tests: 2,
        failures: 1,
        testcase: [
          { classname: "payments", name: "ana is paid", line: 6 },
          {
            name: "eve & <co> are paid",
            file: `${place}/tests.yaml`,
            failure: [
              {
                message: expect.stringContaining(
                  'effect: expected "allow", found "deny"',
                ) as string,
                inner: expect.stringContaining("deny (rule)") as string,
              },
            ],
          },
        ],
      },
    ]);
  });

  test("holds no character that XML does not know", async () => {
    const place = folder(
      caseOf('"bell \\a and \\uFFFF"', "{amount: 5, to: ana}", "{effect: deny}"),
    );
    const { stdout } = await holdfast(["test", "-p", place, "-o", "junit"]);
    const report = await parseJunit(stdout);
    expect(report).toMatchObject({ failures: 1 });
    expect(stdout).not.toMatch(/[\uFFFE\uFFFF]/u);
  });
});

describe("the filter", () => {
  const run = async (filter: string): Promise<readonly string[]> => {
    const ran = await holdfast(["test", "-p", folder(passing + failing), "-f", filter]);
    return ran.stdout.split("\n").filter((line) => /^(?:pass|FAIL)/u.test(line));
  };

  test.each([
    ["payments/ana", ["pass  payments: ana is paid"]],
    ["pay/eve", ["FAIL  payments: eve & <co> are paid"]],
    ["pay/small", ["pass  payments: ana is paid", "FAIL  payments: eve & <co> are paid"]],
  ])("`%s` chooses by test, case and rule", async (filter, chosen) => {
    expect(await run(filter)).toEqual(chosen);
  });
});

describe("coverage", () => {
  test("tells each outcome that decided in no case, where it is written", async () => {
    const ran = await holdfast(["test", "-p", folder(passing), "--coverage"]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/pay\/small {3}allow {3}1 {8}2\/6/u);
    expect(ran.stdout).toMatch(/pay\.yaml:20:7 never_held `pay\/eve` held in no case/u);
    const places = [...ran.stdout.matchAll(/pay\.yaml:(\d+):\d+ never_held/gu)].map(([, at]) => at);
    expect(places).toEqual(["19", "20"]);
    expect(ran.stdout).toMatch(
      /pay\.yaml:16:22 outcome_unseen `args\.amount <= 100` was never false where that decides/u,
    );
    expect(ran.stdout).toMatch(/`args\.to == "bo"` was never true where that decides/u);
    expect(ran.stdout).toMatch(
      /limit_unseen `limit: \{meter: paid, max: 500\}` was passed in no case/u,
    );
    // The limit was kept and `eve` was false; of the rules two of three were never seen to hold.
    expect(ran.stdout).toContain("coverage 38.4 %: 5 of 13 rules and outcomes were seen");
  });

  test("an outcome that another part made irrelevant does not count, and is told", async () => {
    const cases = passing + caseOf("much", "{amount: 200, to: cy}", "{effect: deny}");
    const ran = await holdfast(["test", "-p", folder(cases), "--coverage"]);
    expect(ran.stdout).toMatch(
      /`args\.amount <= 100` was never false where that decides[^\n]*\n(?:[^\n]*\n){2}help: it was false in 1 case, where another part had decided already/u,
    );
  });

  test.each([
    ["38.4", 0],
    ["38.5", 4],
    ["100", 4],
  ])("at least %s %% exits with %i", async (least, code) => {
    const ran = await holdfast(["test", "-p", folder(passing), "--coverage-min", least]);
    expect(ran.code).toBe(code);
    if (code !== 0) expect(ran.stderr).toContain(`coverage is 38.4 %, and ${least} % is asked for`);
  });

  test.each(["101", "-1", "much", ""])("`%s` is no percentage", async (least) => {
    const ran = await holdfast(["test", "-p", folder(passing), "--coverage-min", least]);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
  });
});

describe("`--update`", () => {
  test("writes what was decided, keeps comments, says what changed, and passes", async () => {
    const place = folder(passing + failing);
    const ran = await holdfast(["test", "-p", place, "--update"]);
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain('effect: "allow" -> "deny"');
    expect(ran.stderr).toContain("updated 1 of 1 failing cases");
    const text = readFileSync(join(place, "tests.yaml"), "utf8");
    expect(text).toBe(
      head + passing + failing.replace("allow, rules: [pay/small]", "deny, rules: [pay/eve]"),
    );
  });

  test("refuses when the set does not compile, and touches nothing", async () => {
    const place = folder(failing);
    writeFileSync(join(place, "pay.yaml"), policy.replace("effect: allow", "effect: alow"));
    const ran = await holdfast(["test", "-p", place, "--update"]);
    expect(ran.code).toBe(3);
    expect(readFileSync(join(place, "tests.yaml"), "utf8")).toBe(head + failing);
  });

  test("excludes `--watch`", async () => {
    const ran = await holdfast(["test", "-p", folder(passing), "--update", "--watch"]);
    expect(ran.code).toBe(2);
  });
});

test("`--watch` runs again on a change, survives a file that does not compile, and ends when told", async () => {
  const place = folder(passing);
  const child = spawn(process.execPath, [program, "test", "-p", place, "--watch"]);
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  const heard = (text: string, times: number): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (said.split(text).length > times) resolve();
      };
      child.stdout.on("data", look);
      child.stderr.on("data", look);
      look();
    });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
  }
  await heard("1 passed, 0 failed", 1);
  await heard("watching", 1);
  writeFileSync(join(place, "tests.yaml"), head + passing + failing);
  await heard("1 passed, 1 failed", 1);
  await heard("watching", 2);
  writeFileSync(join(place, "pay.yaml"), policy.slice(0, 200));
  await heard("watching", 3);
  rmSync(join(place, "pay.yaml"));
  await heard("watching", 4);
  writeFileSync(join(place, "pay.yaml"), policy);
  await heard("1 passed, 1 failed", 2);
  await heard("watching", 5);
  expect(said).not.toContain("\u001B");
  child.kill("SIGINT");
  const code = await new Promise((resolve) => child.on("exit", resolve));
  expect(code).toBe(4);
});

describe("`--suggest`", () => {
  test("prints a document that passes beside the others and shows what was missing", async () => {
    const place = folder(passing);
    const ran = await holdfast(["test", "-p", place, "--suggest"]);
    expect(ran.code).toBe(0);
    writeFileSync(join(place, "suggested.yaml"), ran.stdout);
    const after = await holdfast(["test", "-p", place, "--coverage-min", "100"]);
    expect(after.code).toBe(0);
  });

  test("writes a new file and never over one", async () => {
    const place = folder(passing);
    const path = join(place, "more.yaml");
    const ran = await holdfast(["test", "-p", place, "--suggest", path]);
    expect(ran).toMatchObject({ code: 0, stdout: "" });
    expect(ran.stderr).toMatch(/\d+ cases suggested in `/u);
    const text = readFileSync(path, "utf8");
    expect(await holdfast(["test", "-p", place, "--suggest", path])).toMatchObject({ code: 2 });
    expect(readFileSync(path, "utf8")).toBe(text);
  });
});
