import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decisionSchema, parseJson, traceSchema } from "@holdfast/model";
import { folderOf, holdfast, quickstart, repository } from "./command.ts";

const policy = `apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: bank.pay}
spec: {labels: [money]}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: pay}
spec:
  match: {tools: [bank.pay]}
  rules:
    - {id: small, effect: allow, when: args.amount <= 100}
    - {id: big, effect: allow, when: args.amount > 100}
    - {id: ask, effect: step_up, when: args.amount > 100, approval: {from: [user:bo], quorum: 1, ttl: 15m}}
    - {id: later, effect: throttle, when: args.amount == 7, retry_after: 1m}
`;

function request(amount: unknown, rest: object = {}): string {
  return JSON.stringify({
    agent: { id: "a" },
    tool: { server: "bank", name: "pay" },
    args: { amount },
    ...rest,
  });
}

describe("one request", () => {
  test.each([
    { amount: 5, effect: "allow", code: 0 },
    { amount: 7, effect: "throttle", code: 5 },
    { amount: 500, effect: "step_up", code: 6 },
    { amount: "5", effect: "deny", code: 5 },
  ])("$amount is $effect and exits with $code", async ({ amount, effect, code }) => {
    const folder = folderOf({ "policies/pay.yaml": policy, "call.json": request(amount) });
    const args = ["--policy", join(folder, "policies"), "--request", join(folder, "call.json")];
    const ran = await holdfast(["check", ...args, "-o", "json"]);
    expect(decisionSchema.parse(parseJson(ran.stdout))).toMatchObject({ effect });
    expect(ran.code).toBe(code);
    expect(ran.stderr).toBe("");
  });

  test("a denial says which rule came nearest, where it stands, what was found and what is needed", async () => {
    const call = join(repository, "examples/quickstart/requests/write-config.json");
    const ran = await holdfast(["check", "--policy", quickstart, "--request", call]);
    expect(ran.code).toBe(5);
    expect(ran.stdout).toContain("nearest allow: writing/report");
    expect(ran.stdout).toMatch(
      /failed {2}args\.path == "outbox\/report\.md" {2}\(.*files\.yaml:\d+:\d+\)/u,
    );
    expect(ran.stdout).toContain('found   "config.json"');
  });

  test("`-` reads the request from standard input", async () => {
    const folder = folderOf({ "pay.yaml": policy });
    const ran = await holdfast(["check", "-p", folder, "-r", "-"], request(5));
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("allow (rule)") });
  });
});

describe("many requests", () => {
  test("each line gets a decision in order, and a line that is no request is denied", async () => {
    const folder = folderOf({ "pay.yaml": policy });
    const lines = [
      request(5),
      "{",
      '{"agent":{"id":"a"},"tool":{"name":"x"},"args":{"a":1,"\\u0061":2}}',
      '{"agent":{"id":"a"}}',
      request(500),
      request(5, { labels: ["read"] }),
    ];
    const ran = await holdfast(["check", "-p", folder, "-o", "jsonl"], `${lines.join("\n")}\n`);
    expect(ran.code).toBe(0);
    const decisions = ran.stdout
      .trimEnd()
      .split("\n")
      .map((line) => decisionSchema.parse(parseJson(line)));
    expect(decisions.map(({ effect, code }) => `${effect} ${code}`)).toEqual([
      "allow rule",
      "deny invalid_request",
      "deny invalid_request",
      "deny invalid_request",
      "step_up rule",
      "deny invalid_request",
    ]);
    expect(decisions[2]?.reason).toContain("duplicate key `a`");
    expect(decisions[5]?.reason).toContain("labels");
  });

  test("no request at all is an argument error", async () => {
    const ran = await holdfast(["check", "-p", folderOf({ "pay.yaml": policy })], "");
    expect(ran).toMatchObject({ code: 2, stdout: "" });
  });
});

describe("what cannot be decided with", () => {
  test("policies that do not compile are shown with every error at once, exit 3", async () => {
    const broken = policy
      .replace("args.amount <= 100", "arg.amount <= 100")
      .replace("effect: throttle", "effect: trottle");
    const ran = await holdfast(["check", "-p", folderOf({ "pay.yaml": broken })], request(5));
    expect(ran).toMatchObject({ code: 3, stdout: "" });
    expect(ran.stderr).toMatch(/pay\.yaml:12:\d+ \S+ .*`arg`/u);
    expect(ran.stderr).toMatch(/pay\.yaml:15:\d+ \S+ .*trottle/u);
    expect(ran.stderr).toContain("^^^");
    expect(ran.stderr).toContain("did you mean `throttle`?");
  });

  test.each([
    { name: "a policy folder that is not there", args: ["check", "-p", "/nowhere/policies"] },
    { name: "an unknown option", args: ["check", "--polcy", "x"] },
    { name: "an unknown format", args: ["check", "-p", quickstart, "-o", "xml"] },
    { name: "a time that is none", args: ["check", "-p", quickstart, "--now", "soon"] },
    {
      name: "an environment that is not declared",
      args: ["check", "-p", quickstart, "-e", "moon"],
    },
    {
      name: "a request file that is not there",
      args: ["check", "-p", quickstart, "-r", "/nowhere.json"],
    },
  ])("$name exits with 2 and says so in words", async ({ args }) => {
    const ran = await holdfast(args, request(5));
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).not.toBe("");
    expect(ran.stderr).not.toContain("    at ");
  });
});

test("a warning is words: it goes to stderr and changes no decision", async () => {
  const unregistered = policy.slice(policy.indexOf("---\n") + 4);
  const ran = await holdfast(
    ["check", "-p", folderOf({ "pay.yaml": unregistered }), "-r", "-"],
    request(5),
  );
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("allow (rule)") });
  expect(ran.stderr).toContain("unregistered_tool warning:");
});

test("every command has help with an example", async () => {
  for (const command of [
    ["check"],
    ["test"],
    ["schema"],
    ["wrap", "mcp"],
    ["audit", "verify"],
    ["audit", "query"],
    ["demo"],
  ]) {
    const ran = await holdfast([...command, "--help"]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/Examples:\n {2}\S/u);
  }
});

test("nothing but a terminal gets colour", async () => {
  const ran = await holdfast(["test", "--policy", quickstart]);
  expect(ran.stdout).not.toContain("\u001B");
});

describe("an agent that has an Agent document", () => {
  const roles = `apiVersion: holdfast.dev/v1
kind: Agent
metadata: {name: teller}
spec: {roles: [payer]}
---
${policy.replace("match: {tools: [bank.pay]}", "match: {tools: [bank.pay], agent_roles: [payer]}")}`;

  test("is what the document says when the request gives only its id", async () => {
    const ran = await holdfast(
      ["check", "-p", folderOf({ "pay.yaml": roles }), "-r", "-"],
      request(5, { agent: { id: "teller" } }),
    );
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("allow (rule)") });
  });

  test("is what the request says when it says more", async () => {
    const ran = await holdfast(
      ["check", "-p", folderOf({ "pay.yaml": roles }), "-r", "-"],
      request(5, { agent: { id: "teller", roles: [] } }),
    );
    expect(ran.code).toBe(5);
  });
});

test("many requests as json or yaml are one document", async () => {
  const folder = folderOf({ "pay.yaml": policy });
  const ran = await holdfast(
    ["check", "-p", folder, "-o", "json"],
    `${request(5)}\n${request(500)}\n`,
  );
  expect(JSON.parse(ran.stdout)).toMatchObject([{ effect: "allow" }, { effect: "step_up" }]);
});

test("a request spread over lines is denied line by line, and the person told how to give it", async () => {
  const pretty = JSON.stringify(JSON.parse(request(5)), null, 2);
  const ran = await holdfast(
    ["check", "-p", folderOf({ "pay.yaml": policy }), "-o", "jsonl"],
    pretty,
  );
  expect(ran.stdout).not.toContain('"allow"');
  expect(ran.stderr).toContain("--request -");
});

test("check says so when the policies ask for a prompt and none is given", async () => {
  const request = ["--request", join(repository, "examples/quickstart/requests/read-brief.json")];
  const check = ["check", "--policy", join(repository, "examples/origins/policies"), ...request];
  expect(await holdfast(check)).toMatchObject({
    code: 5,
    stderr: expect.stringContaining("no prompt is given") as string,
  });
  expect(await holdfast([...check, "--prompt", "read brief.md"])).toMatchObject({
    code: 0,
    stderr: "",
  });
});

describe("`--explain`", () => {
  const checkOf = (...args: readonly string[]): readonly string[] => [
    "check",
    "-p",
    folderOf({ "pay.yaml": policy }),
    ...args,
  ];

  test("shows every stage, the rules with their values and the decision, and keeps the exit code", async () => {
    const ran = await holdfast(checkOf("-r", "-", "--explain"), request(500));
    expect(ran.code).toBe(6);
    expect(ran.stdout).toMatch(/^request {7}a \[\] calls bank\.pay \[money\]/u);
    expect(ran.stdout).toMatch(/decides {2}pay\/ask \(step_up\) {2}\S+pay\.yaml:14:7/u);
    expect(ran.stdout).toContain("args.amount = 500");
    expect(ran.stdout.trimEnd().split("\n").at(-1)).toMatch(/^decision {6}step_up \(rule\): /u);
  });

  test("gives the whole trace as data that its schema describes, for one and for many", async () => {
    const one = await holdfast(checkOf("-r", "-", "--explain", "-o", "json"), request(5));
    const trace = traceSchema.parse(parseJson(one.stdout));
    expect(trace.decision.effect).toBe("allow");
    expect(trace.rules.map(({ rule, verdict }) => `${rule} ${verdict}`)).toEqual([
      "pay/ask fails",
      "pay/big fails",
      "pay/later fails",
      "pay/small holds",
    ]);
    const lines = `${request(5)}\n{\n${request(500)}\n`;
    const many = await holdfast(checkOf("--explain", "-o", "jsonl"), lines);
    const traces = many.stdout
      .trimEnd()
      .split("\n")
      .map((line) => traceSchema.parse(parseJson(line)));
    expect(traces.map(({ decision }) => decision.effect)).toEqual(["allow", "deny", "step_up"]);
    expect(traces[1]?.stages[0]).toMatchObject({ stage: "admission", outcome: "refused" });
  });

  test("prints what docs/cli.md shows", async () => {
    const [policies, call] = ["policies", "requests/write-config.json"].map(
      (path) => `examples/quickstart/${path}`,
    );
    const args = ["check", "--policy", policies ?? "", "--request", call ?? "", "--explain"];
    const docs = readFileSync(join(repository, "docs/cli.md"), "utf8");
    expect(docs).toContain((await holdfast(args)).stdout);
  });

  test("`--all` without it is an argument error", async () => {
    const ran = await holdfast(checkOf("-r", "-", "--all"), request(5));
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining("--explain") as string });
  });
});
