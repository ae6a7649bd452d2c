import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "@holdfast/model";
import { createEngine, createReferenceEngine, historyDigest } from "@holdfast/engine";
import type { Bundle, Engine, Occurrence } from "@holdfast/engine";
import { bundleOf, canonicalDecision, playedInput } from "./decision-case.ts";
import type { DecisionCase } from "./decision-case.ts";
import { documentsOf, policySetArbitrary } from "./policy-arbitrary.ts";
import type { PolicySetDraft } from "./policy-arbitrary.ts";
import { scenarioArbitrary } from "./scenario-arbitrary.ts";
import type { Scenario } from "./scenario-arbitrary.ts";

const runs = { numRuns: 30, interruptAfterTimeLimit: 40_000 };
const scenarios = fc.array(scenarioArbitrary, { minLength: 8, maxLength: 8 });

function caseOf(scenario: Scenario): DecisionCase {
  const expect = { effect: "deny", code: "rule", rules: [], reason: "", obligations: [] } as const;
  const plain = { ...expect, rules: [], obligations: [] };
  return { name: "generated", covers: [], policy: [], expect: plain, ...scenario };
}

/** The same set without some of the rules that read no state; all that do stay. */
function thinned(set: PolicySetDraft, numbers: fc.Stream<number>): PolicySetDraft {
  return {
    policies: set.policies.flatMap((policy) => {
      const rules = policy.rules.filter(
        (rule) =>
          /\b(?:happened|count|since|meter|origin|from_only|touches|requested_by|names_act)\(/u.test(
            JSON.stringify(
              documentsOf({
                policies: [{ ...policy, rules: [rule] }],
              }).at(-1),
            ),
          ) || (numbers.next().value ?? 0) % 2 === 0,
      );
      return rules.length === 0 ? [] : [{ ...policy, rules }];
    }),
  };
}

/** An engine that hands its state over to another one after so many folds, and what was folded. */
function handover(
  [before, after]: readonly [Engine, Engine],
  folds: number,
): { engine: Engine; folded: Occurrence[] } {
  const folded: Occurrence[] = [];
  const current = (): Engine => (folded.length < folds ? before : after);
  const engine: Engine = {
    ...after,
    decide: (input) => current().decide(input),
    fold: (state, occurrence) => {
      current().fold(state, occurrence);
      folded.push(occurrence);
    },
  };
  return { engine, folded };
}

describe("the history digest", () => {
  test.each([
    ["reference", createReferenceEngine],
    ["compiled", (bundle: Bundle) => createEngine(bundle)],
  ])("is the same only where the %s engine may take over another's state", (_name, create) => {
    fc.assert(
      fc.property(
        policySetArbitrary,
        fc.infiniteStream(fc.nat()),
        scenarios,
        (set, numbers, played) => {
          const one = bundleOf(documentsOf(set));
          const other = bundleOf(documentsOf(thinned(set, numbers)));
          expect(historyDigest(other)).toBe(historyDigest(one));
          const engines = [create(one), create(other)] as const;
          for (const scenario of played) {
            const folds = (numbers.next().value ?? 0) % 4;
            const { engine, folded } = handover(engines, folds);
            const taken = playedInput(engine, caseOf(scenario));
            const state = engines[1].createState();
            for (const occurrence of folded) engines[1].fold(state, occurrence);
            const anew = { ...taken, state };
            expect(canonicalJson(engines[1].slice(taken))).toBe(
              canonicalJson(engines[1].slice(anew)),
            );
            expect(canonicalDecision(engines[1].decide(taken))).toBe(
              canonicalDecision(engines[1].decide(anew)),
            );
          }
        },
      ),
      runs,
    );
  });

  const event = (when: string): string =>
    `{apiVersion: holdfast.dev/v1, kind: Event, metadata: {name: seen}, spec: {match: {labels: [untrusted]}, at: begin, when: '${when}', key: [session.id]}}`;
  const tool = (label: string): string =>
    `{apiVersion: holdfast.dev/v1, kind: Tool, metadata: {name: fs.read}, spec: {labels: [${label}]}}`;
  const policy = (effect: string, when: string): string =>
    `{apiVersion: holdfast.dev/v1, kind: Policy, metadata: {name: p}, spec: {match: {tools: [fs.read]}, rules: [{id: a, effect: ${effect}, when: '${when}'}]}}`;
  const digest = (...documents: readonly string[]): string => historyDigest(bundleOf(documents));
  const base = [event("true"), tool("untrusted"), policy("deny", 'happened("seen")')];

  test.each([
    ["an Event's condition", [event('agent.id == "a"'), base[1], base[2]]],
    ["a tool's labels", [base[0], tool("read"), base[2]]],
    [
      "what a rule asks of the state",
      [base[0], base[1], policy("deny", 'happened("seen", duration("1h"))')],
    ],
  ])("changes with %s", (_what, documents) => {
    expect(digest(...documents.map(String))).not.toBe(digest(...base.map(String)));
  });

  test("does not change with what leaves history as it is", () => {
    const effect = [
      base[0],
      base[1],
      policy("defer", 'happened("seen")').replace("defer,", "defer, timeout: 1h,"),
    ];
    expect(digest(...effect.map(String))).toBe(digest(...base.map(String)));
  });
});
