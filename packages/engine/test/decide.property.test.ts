/**
 * Properties that hold for every policy set. Each but totality was seen to fail on a bug planted in the
 * reference engine, one at a time:
 *
 * - order: `indexPolicies` left the rules in the order of the documents
 * - narrowing rules never widen: `combine` let a sandbox stand in for an allow; and, found by the
 *   property itself, a sandbox of lower rank lifted the denial for one that does not cover the kind
 * - errors never widen: `decideRules` forgot the errors of narrowing rules
 * - a modify never makes ungranted arguments run: allow rules were judged on the original
 * - deciding changes nothing: `decide` installed a restriction on what it allowed
 * - nothing allowed is hidden: `couldAllow` took unknown arguments for an error that never heals
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson, decisionSchema, effects, readRequest } from "@holdfast/model";
import type { Decision, JsonObject } from "@holdfast/model";
import { createReferenceEngine, renderExplanation } from "@holdfast/engine";
import type { Bundle, DecisionInput, Engine } from "@holdfast/engine";
import { conditionSize, withErrorAt } from "./condition-arbitrary.ts";
import { bundleOf, canonicalDecision, playedInput } from "./decision-case.ts";
import type { DecisionCase } from "./decision-case.ts";
import {
  documentsOf,
  narrowingPolicyArbitrary,
  policySetArbitrary,
  rewritingSetArbitrary,
} from "./policy-arbitrary.ts";
import type { PolicyDraft, PolicySetDraft } from "./policy-arbitrary.ts";
import { plainScenarios, scenarioArbitrary } from "./scenario-arbitrary.ts";
import type { Scenario } from "./scenario-arbitrary.ts";

/** Compiling a set is most of the work, so few sets are asked about many scenarios each. */
const runs = { numRuns: 30, interruptAfterTimeLimit: 40_000 };
const scenarios = fc.array(scenarioArbitrary, { minLength: 16, maxLength: 16 });

function bundleFor(set: PolicySetDraft): Bundle {
  return bundleOf(documentsOf(set));
}

function engineOf(set: PolicySetDraft): Engine {
  return createReferenceEngine(bundleFor(set));
}

function caseOf(scenario: Scenario): DecisionCase {
  const expect = { effect: "deny", code: "rule", rules: [], reason: "", obligations: [] } as const;
  return {
    name: "generated",
    covers: [],
    policy: [],
    expect: { ...expect, rules: [], obligations: [] },
    ...scenario,
  };
}

function inputFor(engine: Engine, scenario: Scenario): DecisionInput {
  return playedInput(engine, caseOf(scenario));
}

/** 0 is the widest. Contain and deny run nothing alike; each is as narrow as it gets. */
function narrowness(decision: Decision): number {
  return Math.min(effects.indexOf(decision.effect), effects.indexOf("deny"));
}

function executes(decision: Decision): boolean {
  return ["allow", "modify", "sandbox"].includes(decision.effect);
}

/** The arguments that would run: a decision names them only where they differ, or its effect is modify. */
function argsRun(decision: Decision, input: DecisionInput): JsonObject {
  return decision.args ?? input.request.args;
}

describe("deciding", () => {
  test("gives every effect and every reason the generator can reach", () => {
    const seen = new Set<string>();
    const sets = fc.oneof(policySetArbitrary, rewritingSetArbitrary);
    fc.assert(
      fc.property(sets, scenarios, (set, played) => {
        const engine = engineOf(set);
        for (const scenario of [...plainScenarios, ...played]) {
          const decision = engine.decide(inputFor(engine, scenario));
          seen.add(decision.effect).add(decision.code);
          if (decision.shadow !== undefined) seen.add("shadow");
        }
      }),
      { numRuns: 80, seed: 3 },
    );
    const codes = [
      "restricted",
      "out_of_scope",
      "registry",
      "schema",
      "modify_conflict",
      "rule",
      "limit",
      "eval_error",
      "default_deny",
      "unavailable",
      "shadow",
    ];
    expect([...effects, ...codes].filter((name) => !seen.has(name))).toEqual([]);
  });

  test("never depends on the order of documents and rules", () => {
    fc.assert(
      fc.property(
        policySetArbitrary,
        scenarios,
        fc.infiniteStream(fc.nat()),
        (set, played, numbers) => {
          const engine = engineOf(set);
          const shuffled = createReferenceEngine(
            bundleOf(shuffle(documentsOf(reordered(set, numbers)), numbers)),
          );
          for (const scenario of played) {
            const decision = engine.decide(inputFor(engine, scenario));
            expect(canonicalDecision(shuffled.decide(inputFor(shuffled, scenario)))).toBe(
              canonicalDecision(decision),
            );
          }
        },
      ),
      runs,
    );
  });

  test("is never widened by a rule that is neither allow nor modify", () => {
    const several = fc.array(narrowingPolicyArbitrary, { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(policySetArbitrary, several, scenarios, (set, added, played) => {
        const names = added.map((_, index) => `added${index}`);
        const renamed = added.map((policy, index) =>
          Object.assign({}, policy, { name: names[index] }),
        );
        const bundle = bundleFor({ policies: [...set.policies, ...renamed] });
        const engine = without(bundle, names);
        for (const name of names) {
          const narrowed = without(
            bundle,
            names.filter((other) => other !== name),
          );
          for (const scenario of played) {
            const input = inputFor(engine, scenario);
            const before = engine.decide(input);
            const after = narrowed.decide(input);
            expect(narrowness(after)).toBeGreaterThanOrEqual(narrowness(before));
            if (executes(after)) expect(argsRun(after, input)).toEqual(argsRun(before, input));
          }
        }
      }),
      runs,
    );
  });

  test("is never widened by an error in a condition", () => {
    const places = fc.array(fc.nat(), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(policySetArbitrary, scenarios, places, (set, played, numbers) => {
        const failing = numbers.map((place, index) => withError(set, place, `failing${index}`));
        const bundle = bundleFor({
          policies: [...set.policies, ...failing.map(({ policy }) => policy)],
        });
        const names = failing.map(({ policy }) => policy.name);
        const engine = without(bundle, names);
        for (const { policy, replaces } of failing) {
          const others = names.filter((name) => name !== policy.name);
          const erring = without(bundle, [...others, replaces]);
          for (const scenario of played) {
            // An allow that errs takes its obligations with it, so the point must know them all.
            const { capabilities: _capabilities, approved: _approved, ...plain } = scenario;
            const input = inputFor(engine, plain);
            const before = narrowness(engine.decide(input));
            expect(narrowness(erring.decide(input))).toBeGreaterThanOrEqual(before);
          }
        }
      }),
      runs,
    );
  });

  test("never lets a modify make arguments run that no allow grants", () => {
    const sets = fc.oneof({ weight: 3, arbitrary: rewritingSetArbitrary }, policySetArbitrary);
    fc.assert(
      fc.property(sets, scenarios, (set, played) => {
        const bundle = bundleFor(set);
        const engine = createReferenceEngine(bundle);
        const allows = createReferenceEngine(onlyAllows(bundle));
        for (const scenario of [...plainScenarios, ...played]) {
          const input = inputFor(engine, scenario);
          const decision = engine.decide(input);
          if (!executes(decision) || input.request.action.phase !== "call") continue;
          const args = decision.args ?? input.request.args;
          const { approved: _approved, capabilities: _capabilities, ...rest } = input;
          const granted = allows.decide({ ...rest, request: { ...input.request, args } });
          expect(granted.effect).toBe("allow");
          expect(granted.args).toBeUndefined();
        }
      }),
      runs,
    );
  });

  test("is deterministic and changes no state", () => {
    fc.assert(
      fc.property(policySetArbitrary, scenarios, (set, played) => {
        const engine = engineOf(set);
        for (const scenario of played) {
          const input = inputFor(engine, scenario);
          const slice = canonicalJson(engine.slice(input));
          const decision = canonicalDecision(engine.decide(input));
          engine.explain(input);
          engine.couldAllow(input);
          expect(canonicalDecision(engine.decide(input))).toBe(decision);
          expect(canonicalJson(engine.slice(input))).toBe(slice);
          const fresh = createReferenceEngine(engine.bundle);
          expect(canonicalDecision(fresh.decide(inputFor(fresh, scenario)))).toBe(decision);
        }
      }),
      runs,
    );
  });

  test("gives a decision for any request there can be, and never throws", () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 });
    const odd = fc.record({
      args: fc.oneof(
        object,
        object.map((inner) => ({ amount: inner, text: inner, deep: [inner] })),
      ),
      context: object,
      claims: object,
      session: fc.record({ id: fc.string({ minLength: 1 }) }),
    });
    fc.assert(
      fc.property(
        policySetArbitrary,
        scenarios,
        fc.array(odd, { minLength: 8 }),
        (set, played, odds) => {
          const engine = engineOf(set);
          for (const [index, fields] of odds.entries()) {
            const scenario = played[index % played.length] as Scenario;
            const input = inputFor(engine, scenario);
            const reading = readRequest({ ...scenario.request, ...fields });
            if (!reading.ok) continue;
            const asked = { ...input, request: reading.request };
            const decision = engine.decide(asked);
            expect(decisionSchema.parse(decision)).toEqual(decision);
            expect(() => canonicalJson(decision)).not.toThrow();
            renderExplanation(decision, engine.explain(asked));
            engine.couldAllow(asked);
            const { state: _state, ...recorded } = asked;
            engine.fold(input.state, {
              kind: "decision",
              sequence: 1_000 + index,
              input: recorded,
              decision,
              granted: executes(decision),
            });
            canonicalJson(engine.slice(asked));
          }
        },
      ),
      runs,
    );
  });

  test("hides no tool that it would allow", () => {
    fc.assert(
      fc.property(policySetArbitrary, scenarios, (set, played) => {
        const engine = engineOf(set);
        for (const scenario of played) {
          const input = inputFor(engine, scenario);
          if (!executes(engine.decide(input))) continue;
          expect(engine.couldAllow({ ...input, request: { ...input.request, args: {} } })).toBe(
            true,
          );
        }
      }),
      runs,
    );
  });
});

function reordered(set: PolicySetDraft, numbers: fc.Stream<number>): PolicySetDraft {
  return {
    policies: set.policies.map((policy) =>
      Object.assign({}, policy, { rules: shuffle(policy.rules, numbers) }),
    ),
  };
}

function shuffle<T>(items: readonly T[], numbers: fc.Stream<number>): readonly T[] {
  const rest = [...items];
  const result: T[] = [];
  while (rest.length > 0) {
    const { value } = numbers.next();
    result.push(...rest.splice(value % rest.length, 1));
  }
  return result;
}

/** The policy of the set that holds the condition chosen, with one part of that an error. */
function withError(
  set: PolicySetDraft,
  place: number,
  name: string,
): { readonly policy: PolicyDraft; readonly replaces: string } {
  const conditions = set.policies.flatMap((policy) =>
    policy.rules.flatMap((rule) =>
      rule.when === undefined ? [] : [{ policy, rule, when: rule.when }],
    ),
  );
  const [first] = set.policies;
  const chosen = conditions[place % Math.max(conditions.length, 1)];
  if (chosen === undefined) return { policy: { ...first!, name }, replaces: first!.name };
  const { policy, rule, when } = chosen;
  const erring = withErrorAt(when, Math.floor(place / conditions.length) % conditionSize(when));
  const rules = policy.rules.map((one) => (one === rule ? { ...one, when: erring } : one));
  return { policy: { ...policy, name, rules }, replaces: policy.name };
}

/** An engine over the bundle less the policies of these names. */
function without(bundle: Bundle, names: readonly string[]): Engine {
  const policies = bundle.policies.filter(({ name }) => !names.includes(name));
  return createReferenceEngine({ ...bundle, policies });
}

function onlyAllows(bundle: Bundle): Bundle {
  const policies = bundle.policies.map((policy) => {
    const rules = policy.rules.filter(({ effect }) => effect === "allow");
    return Object.assign({}, policy, { rules });
  });
  return { ...bundle, policies };
}
