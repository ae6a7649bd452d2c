import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createEngine, loadPolicySet, runPolicyTests, suggestCases } from "@holdfast/engine";
import type { PolicyFileText, PolicyTestRun, Suggestion } from "@holdfast/engine";

const options = { root: "policies" };

function runOf(files: readonly PolicyFileText[]): PolicyTestRun {
  const loaded = loadPolicySet(files, options);
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(({ message }) => message).join("\n"));
  return runPolicyTests(createEngine(loaded.bundle));
}

function suggested(text: string): Suggestion & { readonly run: PolicyTestRun } {
  const files = [{ path: "policies/set.yaml", text }];
  const suggestion = suggestCases(files, options);
  const added = { path: "policies/more.yaml", text: suggestion.text };
  return { ...suggestion, run: runOf(suggestion.text === "" ? files : [...files, added]) };
}

const pay = `apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: bank.pay}
spec:
  labels: [money]
  schema:
    type: object
    required: [amount, to]
    properties: {amount: {type: integer, minimum: 0, maximum: 1000}, to: {type: string}}
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
  match: {tools: [bank.pay], agents: [teller]}
  variables: {small: args.amount <= 100}
  rules:
    - {id: small, effect: allow, when: 'variables.small && (args.to == "ana" || args.to == "bo")'}
    - {id: either, effect: deny, when: 'args.amount > 500 ? args.to == "cy" : args.to == "dee"'}
    - {id: hourly, effect: deny, when: '!(args.to == "free")', limit: {meter: paid, max: 500}}
`;

describe("suggested cases", () => {
  const { names, unshown, run } = suggested(pay);

  test("pass, and show every rule and every outcome there is", () => {
    expect(unshown).toEqual([]);
    expect(run.results.filter(({ passed }) => !passed)).toEqual([]);
    expect(run.results.map(({ name }) => name)).toEqual(names);
    expect(run.coverage.filter(({ cases }) => cases === 0)).toEqual([]);
    expect(run.parts.filter(({ decided }) => decided.true === 0 || decided.false === 0)).toEqual(
      [],
    );
  });

  test("are named by what they show, and none repeats what another shows", () => {
    expect(names[0]).toBe("pay/either holds");
    expect(names.some((name) => / is (?:true|false) and decides$/u.test(name))).toBe(true);
    expect(new Set(names).size).toBe(names.length);
  });

  test("are none when the cases show everything", () => {
    const { text } = suggestCases([{ path: "policies/set.yaml", text: pay }], options);
    const files = [
      { path: "policies/set.yaml", text: pay },
      { path: "policies/suggested.yaml", text },
    ];
    expect(suggestCases(files, options)).toEqual({ text: "", names: [], unshown: [] });
  });
});

test("what nothing can show is said to be impossible, and what is not searched unknown", () => {
  const set = `${pay}---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: odd}
spec:
  match: {tools: [bank.pay]}
  rules:
    - {id: never, effect: deny, when: args.amount > 1000}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: watched}
spec:
  mode: observe
  match: {tools: [bank.pay]}
  rules:
    - {id: some, effect: deny, when: 'args.to == "zed"'}
`;
  const { unshown, run } = suggested(set);
  const told = unshown.map(({ shows, kind }) => `${shows} | ${kind}`);
  expect(told).toContain("odd/never holds | impossible");
  expect(told).toContain("odd/never: args.amount > 1000 is true and decides | impossible");
  expect(told).toContain("watched/some holds | unknown");
  expect(run.results.every(({ passed }) => passed)).toBe(true);
});

test("a set with every kind of rule gets cases that pass, and a reason for each that is missing", () => {
  const text = readFileSync(new URL("traces/shop.yaml", import.meta.url), "utf8");
  const { names, unshown, run } = suggested(text);
  expect(run.results.map(({ passed }) => passed)).toEqual(names.map(() => true));
  expect(names.length).toBeGreaterThanOrEqual(18);
  for (const { because } of unshown) expect(because).not.toBe("");
});
