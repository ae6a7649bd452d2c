/**
 * What a trace shows is what was decided. Seen to fail on bugs planted in the trace, one at a time:
 * rules in mode observe took their verdict from the decision without them; match keys of narrowing rules
 * were held as those of a modify; rules were looked at with the arguments as asked, before rewriting.
 */
import { readFileSync, readdirSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson, traceSchema, traceStages } from "@holdfast/model";
import type { DecisionTrace } from "@holdfast/model";
import { createEngine, createReferenceEngine } from "@holdfast/engine";
import { bundleOf, playedInput } from "./decision-case.ts";
import type { DecisionCase } from "./decision-case.ts";
import { documentsOf, policySetArbitrary, rewritingSetArbitrary } from "./policy-arbitrary.ts";
import { plainScenarios, scenarioArbitrary } from "./scenario-arbitrary.ts";

type TracedRule = DecisionTrace["rules"][number];

/** What the details of a rule say became of it. */
function verdictSaid({ unmatched, condition, limit }: TracedRule): string {
  if (unmatched.length > 0) return "fails";
  const held = condition?.outcome ?? "true";
  if (held === "false") return "fails";
  if (limit === undefined) return held === "true" ? "holds" : "error";
  if (limit.error !== undefined) return "error";
  if (limit.exceeded === false) return "fails";
  return held === "true" ? "holds" : "error";
}

/** Holds a trace against both engines, and against itself. */
function check(one: DecisionCase): DecisionTrace {
  const bundle = bundleOf(one.policy);
  const engine = createEngine(bundle);
  const reference = createReferenceEngine(bundle);
  const input = playedInput(engine, one);
  const trace = engine.trace(input);
  const explanation = engine.explain(input);
  expect(canonicalJson(trace.decision)).toBe(canonicalJson(engine.decide(input)));
  expect(canonicalJson(trace.decision)).toBe(
    canonicalJson(reference.decide(playedInput(reference, one))),
  );
  expect(traceSchema.parse(trace)).toEqual(trace);
  expect(trace.stages.map(({ stage }) => stage)).toEqual(traceStages);
  expect(trace.matched).toEqual(explanation.matched);
  const enforced = trace.rules.filter(({ mode }) => mode === "enforce");
  const named = (of: (rule: TracedRule) => boolean): string[] =>
    enforced.filter((rule) => of(rule)).map(({ rule }) => rule);
  expect(named(({ determining }) => determining)).toEqual(
    explanation.determining.map(({ rule }) => rule),
  );
  expect(named(({ verdict }) => verdict === "error")).toEqual([
    ...new Set(explanation.errors.map(({ rule }) => rule)),
  ]);
  const shadowed = one.mode === "observe" || trace.decision.shadow === undefined;
  const matched = trace.rules.filter(
    ({ mode, verdict, shadow }) =>
      (mode === "enforce" && verdict === "holds") || (!shadowed && (shadow ?? verdict) === "holds"),
  );
  if (one.mode !== "observe") expect(matched.map(({ rule }) => rule)).toEqual(trace.matched);
  expect(trace.nearest?.rule).toBe(explanation.nearest?.rule);
  for (const rule of trace.rules) {
    if (rule.verdict === "skipped" || rule.verdict === "conflict" || rule.effect === "modify")
      continue;
    expect(`${rule.rule} ${verdictSaid(rule)}`).toBe(`${rule.rule} ${rule.verdict}`);
  }
  return trace;
}

const folder = new URL("../../../conformance/decisions/", import.meta.url);

describe("a trace agrees with the decision", () => {
  for (const name of readdirSync(folder).filter((one) => one !== "schema.json")) {
    const { cases } = JSON.parse(readFileSync(new URL(name, folder), "utf8")) as {
      readonly cases: readonly DecisionCase[];
    };
    test(`on every case of ${name}`, () => {
      for (const one of cases) check(one);
    });
  }

  test("on generated policy sets and requests", () => {
    const seen = new Set<string>();
    const expect = {
      effect: "deny",
      code: "rule",
      rules: [],
      reason: "",
      obligations: [],
    } as const;
    fc.assert(
      fc.property(
        fc.oneof(policySetArbitrary, rewritingSetArbitrary),
        fc.array(scenarioArbitrary, { minLength: 8, maxLength: 8 }),
        (set, played) => {
          for (const scenario of [...plainScenarios, ...played]) {
            const trace = check({
              name: "generated",
              covers: [],
              policy: documentsOf(set),
              expect: { ...expect, rules: [], obligations: [] },
              ...scenario,
            });
            for (const { verdict } of trace.rules) seen.add(verdict);
            for (const { stage, outcome } of trace.stages) seen.add(`${stage} ${outcome}`);
          }
        },
      ),
      { numRuns: 12, interruptAfterTimeLimit: 40_000 },
    );
    for (const verdict of ["holds", "fails", "error", "conflict", "skipped"]) {
      if (!seen.has(verdict)) throw new Error(`no generated rule ${verdict}`);
    }
  });
});
