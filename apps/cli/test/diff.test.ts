import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openGuard } from "@holdfast/runtime";
import { folderOf, holdfast, quickstart } from "./command.ts";

const tool = `
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: stripe.refund}
spec: {labels: [money], schema: {type: object, properties: {amount: {type: integer, minimum: 0}, to: {type: string}}, required: [amount]}}
`;

function policies(when: string): string {
  return folderOf({
    "refunds.yaml": `${tool}---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: refunds}
spec: {match: {tools: [stripe.refund]}, rules: [{id: small, effect: allow, when: ${JSON.stringify(when)}}]}
`,
  });
}

test("what is newly allowed is shown with a request, and fails the gate", async () => {
  const [old, now] = [policies("args.amount <= 100"), policies("args.amount <= 500")];
  const { code, stdout } = await holdfast(["diff", old, now, "--fail-on-widening"]);
  expect(code).toBe(10);
  expect(stdout).toBe(`1 newly allowed; 0 unknown

NEWLY ALLOWED  stripe.refund
  refunds/small (new)
  was deny (default_deny), now allow by refunds/small
  {"request":{"agent":{"id":"agent-1"},"tool":"stripe.refund","args":{"amount":101}}}
`);
  const narrowed = await holdfast(["diff", now, old, "--fail-on-widening"]);
  expect(narrowed.code).toBe(0);
  expect(narrowed.stdout).toMatch(/^1 newly denied; 0 unknown/u);
});

test("sets of one digest are told at once", async () => {
  const { code, stdout } = await holdfast(["diff", quickstart, quickstart, "--fail-on-widening"]);
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: "no change: both policy sets have one digest\n",
  });
});

test("what is not looked into is unknown, and fails the gate", async () => {
  const [old, now] = [policies("args.to.upperAscii() == 'a'"), policies("false")];
  const { code, stdout } = await holdfast(["diff", old, now, "--fail-on-widening"]);
  expect(code).toBe(10);
  expect(stdout).toContain("1 unknown");
  expect(stdout).toContain("args.to.upperAscii()");
});

test("a comment begins with one line and unfolds cases of a policy test", async () => {
  const [old, now] = [policies("args.amount <= 100"), policies("args.amount <= 500")];
  const { stdout } = await holdfast(["diff", old, now, "-o", "markdown"]);
  expect(stdout.split("\n")[0]).toBe("**Policy change:** 1 newly allowed; 0 unknown");
  expect(stdout).toContain("| **newly allowed** | `stripe.refund` | refunds/small (new) |");
  expect(stdout).toContain("<details><summary>");
  expect(stdout).toContain("      amount: 101");
});

test("for programs everything is JSON", async () => {
  const [old, now] = [policies("args.amount <= 100"), policies("args.amount <= 500")];
  const { stdout } = await holdfast(["diff", old, now, "-o", "json"]);
  const data: unknown = JSON.parse(stdout);
  expect(data).toMatchObject({
    regions: [{ change: "newly_allowed", rules: { new: ["refunds/small"] } }],
    unknown: [],
  });
});

test("a log that is not there, and a time without a log, are bad arguments", async () => {
  const folder = policies("true");
  expect((await holdfast(["diff", folder, folder, "--data", "nowhere"])).code).toBe(2);
  expect((await holdfast(["diff", folder, folder, "--since", "24h"])).code).toBe(2);
});

/** A log of two refunds that were granted, made by the guard; the time after it. */
async function refundLog(policyFolder: string): Promise<string> {
  const data = join(folderOf(), "log");
  const guard = await openGuard({
    policies: policyFolder,
    data,
    pep: { type: "test", id: "t", version: "0" },
  });
  const { id } = await guard.openSession({ agent: "bot" });
  for (const amount of [50, 300]) {
    const begun = await guard.begin({
      agent: { id: "bot" },
      session: { id },
      tool: { server: "stripe", name: "refund" },
      args: { amount },
    });
    if (!begun.granted) throw new Error("both refunds are granted");
    await guard.end(begun, { status: "success", durationMs: 1, result: {} });
  }
  await guard.close();
  return data;
}

test("recorded actions that would be decided otherwise are counted and named", async () => {
  const [old, now] = [policies("args.amount <= 500"), policies("args.amount <= 100")];
  const data = await refundLog(old);
  const table = await holdfast(["diff", old, now, "--data", data]);
  expect(table.code).toBe(0);
  // Two calls and two results.
  expect(table.stdout).toMatch(
    /^1 newly denied; 0 unknown; of 4 recorded decisions 1 would change/u,
  );
  const { stdout } = await holdfast(["diff", old, now, "--data", data, "-o", "json"]);
  const { recorded } = JSON.parse(stdout);
  expect(recorded.changes).toMatchObject([
    {
      change: "newly_denied",
      phase: "call",
      agent: "bot",
      tool: { server: "stripe", name: "refund" },
      before: { effect: "allow" },
      after: { effect: "deny", code: "default_deny" },
    },
  ]);
  const later = new Date(Date.now() + 60_000).toISOString();
  const none = await holdfast(["diff", old, now, "--data", data, "--since", later]);
  expect(none.stdout).toMatch(/of 0 recorded decisions 0 would change/u);
  const wider = await holdfast(["diff", now, old, "--data", data, "--fail-on-widening"]);
  expect(wider.code).toBe(10);
});

test("a log whose payloads are gone is said to be, and is not taken for unchanged", async () => {
  const [old, now] = [policies("args.amount <= 500"), policies("args.amount <= 100")];
  const data = await refundLog(old);
  rmSync(join(data, "payload"), { recursive: true });
  const { code, stdout, stderr } = await holdfast(["diff", old, now, "--data", data]);
  expect({ code, stdout }).toMatchObject({ stdout: "" });
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/payload/u);
});

test("a long request has a line for each part, and a tool is named once", async () => {
  const noted = (when: string): string =>
    folderOf({
      "refunds.yaml": `${tool}---
apiVersion: holdfast.dev/v1
kind: Event
metadata: {name: seen}
spec: {match: {tools: [stripe.refund]}, at: begin, key: [session.id], polarity: accepted}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: refunds}
spec:
  match: {tools: [stripe.refund]}
  rules:
    - {id: all, effect: allow}
    - {id: often, effect: deny, when: ${JSON.stringify(when)}}
`,
    });
  const [old, now] = [
    "false",
    "happened(seen) && args.to == 'a longer text than one or two words'",
  ];
  const { stdout } = await holdfast(["diff", noted(old), noted(now)]);
  expect(stdout).toContain(`
NEWLY DENIED  stripe.refund
  refunds/often (new)
  was allow by refunds/all, now deny by refunds/often
  given: {"events":{"seen":["-3650d"]}}
  request:
    session: {"id":"session-1"}
`);
  for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
});
