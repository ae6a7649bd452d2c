import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createReferenceEngine, renderExplanation } from "@holdfast/engine";
import type { DecisionInput } from "@holdfast/engine";
import type { RequestInput } from "@holdfast/model";
import { bundleOf, playedInput } from "./decision-case.ts";
import type { Step } from "./decision-case.ts";

/** A policy file as lines, what came before and a request; the text file of the same name is what is explained. */
interface ExplanationCase {
  readonly name: string;
  readonly policy: readonly string[];
  readonly history?: readonly Step[];
  readonly request: RequestInput;
  readonly registry?: NonNullable<DecisionInput["registry"]>;
}

const folder = new URL("explanations/", import.meta.url);
const names = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => name.slice(0, -".json".length));

function read(name: string): string {
  return readFileSync(new URL(name, folder), "utf8");
}

function explained(one: ExplanationCase): string {
  const engine = createReferenceEngine(bundleOf([one.policy.join("\n")]));
  const input = playedInput(engine, {
    ...one,
    covers: [],
    now: "2026-11-21T10:00:00Z",
    expect: { effect: "deny", code: "rule", rules: [], reason: "", obligations: [] },
  });
  return renderExplanation(engine.decide(input), engine.explain(input));
}

describe("an explanation names the rule, the place and the values", () => {
  test.each(names)("%s", (name) => {
    const text = explained(JSON.parse(read(`${name}.json`)) as ExplanationCase);
    if (process.env["HOLDFAST_GOLDEN"] === "update") {
      writeFileSync(new URL(`${name}.txt`, folder), text);
    }
    expect(text).toBe(read(`${name}.txt`));
    expect(text.split("\n").length).toBeLessThanOrEqual(25);
  });
});

describe("the place an explanation names", () => {
  test("is where the failed expression is written", () => {
    const one = JSON.parse(read("03-through-a-variable-in-a-block.json")) as ExplanationCase;
    const engine = createReferenceEngine(bundleOf([one.policy.join("\n")]));
    const state = engine.createState();
    const { request } = playedInput(engine, {
      ...one,
      covers: [],
      now: "2026-11-21T10:00:00Z",
      expect: { effect: "deny", code: "rule", rules: [], reason: "", obligations: [] },
    });
    const { nearest } = engine.explain({ request, external: {}, state, nowMs: 0 });
    const { expression = "", line = 0, column = 0 } = nearest?.failed ?? {};
    expect(one.policy[line - 1]?.slice(column - 1)).toBe(expression);
    expect(expression).toBe("args.amount < params.limit");
  });
});
