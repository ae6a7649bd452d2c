/**
 * Baselines, drift and rules on what is new, with the real guard. Seen to fail: a rule on novelty that counts
 * nothing, a usual call that counts as new, drift that exits with 0.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createEngine, createReferenceEngine } from "@holdfast/engine";
import { openGuard, replayRecorded } from "@holdfast/runtime";
import type { PolicyFile } from "@holdfast/runtime";
import { expect, test } from "vitest";
import { folderOf, holdfast } from "./command.ts";

const open = `
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: all}
spec: {match: {labels: [unlabelled]}, rules: [{id: grant, effect: allow}]}
`;

type Call = readonly [name: string, args: Record<string, string | number>, result?: object];

/** Calls in one session of a guard; gives what became of each: its effect and rules. */
async function work(
  data: string,
  policies: string | readonly PolicyFile[],
  sessions: readonly { readonly prompt: string; readonly calls: readonly Call[] }[],
  version = "1",
): Promise<readonly string[]> {
  const pep = { type: "test", id: "t", version: "0" };
  const guard = await openGuard({ policies, data, pep });
  const told: string[] = [];
  for (const { prompt, calls } of sessions) {
    const { id } = await guard.openSession({ agent: "helper" });
    await guard.observe(id, { kind: "prompt", text: prompt, source: "chat", labels: ["user"] });
    for (const [name, args, result = { ok: true }] of calls) {
      const begun = await guard.begin({
        agent: { id: "helper", version },
        session: { id },
        tool: { server: "crm", name },
        args,
      });
      const { effect, rules } = begun.decision;
      told.push([name, effect, ...rules].join(" "));
      if (begun.granted) {
        await guard.end(begun, { status: "success", result: structuredClone(result) as never });
      }
    }
  }
  await guard.close();
  return told;
}

const usual = (id: number) => ({
  prompt: `find customer ${id} and list her orders`,
  calls: [
    ["find_customer", { id }, { email: `c${id}@customer.example` }],
    ["list_orders", { customer: `c${id}@customer.example` }],
  ] as readonly Call[],
});
const honest = [1001, 1002, 1003, 1004].map((id) => usual(id));
const files = [{ path: "open.yaml", text: open }];

/** A folder with a log of honest work, and what was learned from it. */
async function learned() {
  const folder = folderOf();
  const at = (name: string): string => join(folder, name);
  await work(at("log"), files, honest);
  const from = ["learn", "--from-log", "--data", at("log"), "-o", at("learned")];
  const ran = await holdfast([...from, "--baseline-rules", "2"]);
  expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining("learned.baseline.json")]);
  return { at, from };
}

test("a session in which too much is new is stepped up by what was learned, and only then", async () => {
  const { at } = await learned();
  expect((await holdfast(["lint", at("learned")])).stdout).toContain(
    "0 errors, 0 warnings, 0 notes",
  );
  const policies = at("learned");
  // What was learned from stays as it was, and so does more of the same.
  expect(await work(at("same"), policies, [...honest, usual(1009)])).toEqual(
    [...honest, usual(1009)].flatMap(() => [
      "find_customer allow find-customer/grant",
      "list_orders allow list-orders/grant",
    ]),
  );
  const strange = {
    prompt: "find customer 1001 and list her orders",
    calls: [
      ["find_customer", { id: 1001 }, { email: "c1001@customer.example" }],
      // A customer that nobody told of, after a usual one: one thing is new.
      ["list_orders", { customer: "eve@evil.example" }],
      // Again, in an order that no run had: three.
      ["list_orders", { customer: "mallory@evil.example" }],
      // One after it in an order that no run had, too: the second, and as many are let pass.
      ["find_customer", { id: 1001 }],
      ["drop_customer", { id: 1001 }],
      // What is usual is let through all the same, up to twice the calls of any run.
      ["list_orders", { customer: "c1001@customer.example" }],
      ["list_orders", { customer: "c1001@customer.example" }],
    ] as readonly Call[],
  };
  const told = await work(at("strange"), policies, [strange, usual(1002)]);
  expect(told).toEqual([
    "find_customer allow find-customer/grant",
    "list_orders allow list-orders/grant",
    "list_orders step_up novelty-helper/much-novelty",
    "find_customer allow find-customer/grant",
    "drop_customer deny",
    "list_orders allow list-orders/grant",
    "list_orders step_up novelty-helper/many-calls novelty-helper/much-novelty",
    // Another session begins anew.
    "find_customer allow find-customer/grant",
    "list_orders allow list-orders/grant",
  ]);
  for (const engine of [createEngine, createReferenceEngine]) {
    let decisions = 0;
    for await (const { isSame } of replayRecorded(at("strange"), engine)) {
      expect(isSame).toBe(true);
      decisions += 1;
    }
    expect(decisions).toBe(9 + 6);
  }
  // With policies of any other kind, what no run called is asked of a person.
  const novelty = { path: "n.yaml", text: readFileSync(at("learned/novelty.yaml"), "utf8") };
  const calls: readonly Call[] = [["drop_customer", { id: 1001 }]];
  expect(await work(at("wide"), [...files, novelty], [{ prompt: "drop 1001", calls }])).toEqual([
    "drop_customer step_up novelty-helper/unknown-tool",
  ]);
});

test("drift says what is new, since when and where, and exits with 10", async () => {
  const { at } = await learned();
  const baseline = at("learned.baseline.json");
  const drift = (...more: readonly string[]) =>
    holdfast(["drift", "--baseline", baseline, ...more]);
  expect(await drift("--data", at("log"))).toMatchObject({ code: 0, stderr: "" });
  await work(at("log"), files, [
    {
      prompt: "clean up",
      calls: [
        ["drop_customer", { id: 7 }],
        ["find_customer", { id: 7 }],
      ],
    },
  ]);
  const changed = await drift("--data", at("log"));
  expect([changed.code, changed.stdout]).toEqual([10, expect.stringContaining("DRIFTS  helper")]);
  expect(changed.stdout).toMatch(/`crm\.drop_customer` is called +│? *1/u);
  const json = await drift("--data", at("log"), "-o", "json", "--agent", "helper");
  expect(JSON.parse(json.stdout)).toMatchObject({
    drifts: true,
    agents: [
      {
        agent: "helper",
        comparison: "same",
        changes: [
          { dimension: "tools", what: "`crm.drop_customer` is called", seen: 1 },
          { dimension: "origins", first: { value: 7 } },
        ],
      },
    ],
  });
  // The same runs from an export drift alike.
  const spans = at("spans.json");
  const to = ["--format", "otel", "--payloads", "--to", spans];
  await holdfast(["audit", "export", "--data", at("log"), ...to]);
  const traced = await drift("--traces", spans, "-o", "json");
  const places = (text: string): string => text.replaceAll(/"place": "[^"]*"/gu, "");
  expect(places(traced.stdout)).toBe(places(json.stdout));
  // Another version is another comparison.
  await work(at("next"), files, [{ prompt: "x", calls: [["drop_customer", { id: 7 }]] }], "2");
  const next = await drift("--data", at("next"));
  expect([next.code, next.stdout]).toEqual([0, expect.stringContaining("a new comparison begins")]);
  expect(next.stdout).toContain("helper (version 1)");
  // A new comparison says that it judges nothing, in words, in data and beside them.
  expect(next.stdout).toMatch(/^NEW {2}helper \(version 2\): /u);
  expect(next.stdout).not.toContain("steady");
  const said =
    "not judged: helper (version 2), beside helper (version 1); the baseline is of another version or model, and a new comparison begins\n";
  expect(next.stderr).toBe(said);
  const asData = await drift("--data", at("next"), "-o", "json");
  expect([asData.code, asData.stderr]).toEqual([0, said]);
  expect(JSON.parse(asData.stdout)).toMatchObject({
    drifts: false,
    newComparisons: 1,
    agents: [
      {
        agent: "helper",
        version: "2",
        comparison: "new_version",
        against: { agent: "helper", version: "1" },
        drifts: false,
      },
    ],
  });
  expect(JSON.parse(json.stdout)).toMatchObject({ newComparisons: 0 });
  // Beside one that is judged.
  await work(at("log"), files, [usual(1005)], "2");
  const mixed = await drift("--data", at("log"));
  expect([mixed.code, mixed.stderr]).toEqual([10, said]);
  expect(mixed.stdout).toMatch(
    /^DRIFTS {2}helper \(version 1\)[\s\S]*^NEW {2}helper \(version 2\)/mu,
  );
});

test("a baseline takes the place of nothing else, and one that is none is refused", async () => {
  const { at, from } = await learned();
  const before = readFileSync(at("learned.baseline.json"), "utf8");
  expect((await holdfast(from)).code).toBe(0);
  expect(readFileSync(at("learned.baseline.json"), "utf8")).toBe(before);
  expect(existsSync(at("learned/novelty.yaml"))).toBe(false);
  writeFileSync(at("notes.json"), "{}");
  const refused = await holdfast([...from, "--baseline", at("notes.json")]);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("is no baseline")]);
  expect(readFileSync(at("notes.json"), "utf8")).toBe("{}");
  const none = await holdfast(["drift", "--baseline", at("notes.json"), "--data", at("log")]);
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("not a baseline")]);
  const nobody = ["drift", "--baseline", at("learned.baseline.json"), "--data", at("log")];
  expect(await holdfast([...nobody, "--agent", "nobody"])).toMatchObject({ code: 2 });
});
