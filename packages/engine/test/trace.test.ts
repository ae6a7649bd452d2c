import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createEngine, renderTrace } from "@holdfast/engine";
import { isHidden } from "@holdfast/model";
import type { DecisionTrace, RequestInput } from "@holdfast/model";
import { bundleOf, playedInput } from "./decision-case.ts";
import type { DecisionCase } from "./decision-case.ts";

/** What came before and a request; the text file of the same name is the trace of its decision. */
type TraceCase = Pick<DecisionCase, "history" | "registry" | "mode"> & {
  readonly request: RequestInput;
};

const folder = new URL("traces/", import.meta.url);
const names = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => name.slice(0, -".json".length));

function read(name: string): string {
  return readFileSync(new URL(name, folder), "utf8");
}

const engine = createEngine(bundleOf([read("shop.yaml")]));

function traced(name: string): DecisionTrace {
  const one = JSON.parse(read(`${name}.json`)) as TraceCase;
  const input = playedInput(engine, {
    ...one,
    name,
    covers: [],
    policy: [],
    now: "2026-11-21T10:00:00Z",
    expect: { effect: "deny", code: "rule", rules: [], reason: "", obligations: [] },
  });
  return engine.trace(input);
}

describe("a trace shows how the decision came to be", () => {
  test.each(names)("%s", (name) => {
    const text = renderTrace(traced(name));
    if (process.env["HOLDFAST_GOLDEN"] === "update") {
      writeFileSync(new URL(`${name}.txt`, folder), text);
    }
    expect(text).toBe(read(`${name}.txt`));
    const lines = text.trimEnd().split("\n");
    expect(lines.length).toBeLessThanOrEqual(40);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test("holds no text that could draw lines or move a cursor", () => {
    const lines = names.flatMap((name) => renderTrace(traced(name), { all: true }).split("\n"));
    expect(lines.filter((line) => isHidden(line))).toEqual([]);
  });
});

/** A set of so many rules for one tool, of which none holds. */
function crowd(rules: number): string {
  const each = Array.from(
    { length: rules },
    (_, index) => `    - {id: r${index}, effect: deny, when: 'args.n == ${index} && args.on'}`,
  );
  return [
    "apiVersion: holdfast.dev/v1",
    "kind: Policy",
    "metadata: {name: crowd}",
    "spec:",
    "  match: {tools: [a.b]}",
    "  rules:",
    "    - {id: any, effect: allow}",
    ...each,
    "",
  ].join("\n");
}

describe("many rules", () => {
  const many = createEngine(bundleOf([crowd(300)]));
  const input = playedInput(many, {
    name: "crowd",
    covers: [],
    policy: [],
    now: "2026-11-21T10:00:00Z",
    request: { agent: { id: "a" }, tool: { server: "a", name: "b" }, args: { n: -1, on: true } },
    expect: { effect: "allow", code: "rule", rules: [], reason: "", obligations: [] },
  });

  test("fill a screen with those that came nearest, and the rest is counted", () => {
    const lines = renderTrace(many.trace(input)).trimEnd().split("\n");
    expect(lines.length).toBeLessThanOrEqual(40);
    expect(lines.some((line) => /and besides: \d+ no \(--all shows each\)/u.test(line))).toBe(true);
  });

  test("are all shown when all are asked for", () => {
    const text = renderTrace(many.trace(input), { all: true });
    for (let index = 0; index < 300; index += 1) expect(text).toContain(`crowd/r${index} (deny)`);
    expect(text).not.toContain("besides");
  });
});

describe("a part decides when its other outcome would turn the condition round", () => {
  const set = (when: string): string => `apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: p}
spec:
  match: {tools: [a.b]}
  variables: {v: args.c}
  rules:
    - {id: r, effect: allow, when: '${when}'}
`;

  test.each([
    ["args.a && args.b", { a: true, b: true }, ["args.a true !", "args.b true !"]],
    ["args.a && args.b", { a: true, b: false }, ["args.a true", "args.b false !"]],
    ["args.a && args.b", { a: false, b: false }, ["args.a false", "args.b false"]],
    ["args.a || args.b", { a: false, b: false }, ["args.a false !", "args.b false !"]],
    ["args.a || args.b", { a: true, b: false }, ["args.a true !", "args.b false"]],
    ["args.a || args.b", { a: true, b: true }, ["args.a true", "args.b true"]],
    ["!args.a", { a: true }, ["args.a true !"]],
    [
      "args.a ? args.b : variables.v",
      { a: true, b: true, c: false },
      ["args.a true !", "args.b true !", "args.c false"],
    ],
    ["args.a && args.b", { a: true }, ["args.a true !", "args.b error !"]],
    ["args.a && args.b", { a: false }, ["args.a false !", "args.b error"]],
    ["variables.v || variables.v", { c: false }, ["args.c false !"]],
  ])("%s with %j", (when, args, parts) => {
    const one = createEngine(bundleOf([set(when)]));
    const { rules } = one.trace(
      playedInput(one, {
        name: when,
        covers: [],
        policy: [],
        now: "2026-11-21T10:00:00Z",
        request: { agent: { id: "a" }, tool: { server: "a", name: "b" }, args },
        expect: { effect: "allow", code: "rule", rules: [], reason: "", obligations: [] },
      }),
    );
    const found = rules[0]?.condition?.parts.map(
      ({ expression, outcome, decides }) => `${expression} ${outcome}${decides ? " !" : ""}`,
    );
    expect(found).toEqual(parts);
  });
});
