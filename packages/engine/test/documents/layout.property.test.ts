import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { createEngine, createReferenceEngine, loadPolicySet } from "@holdfast/engine";
import type { Bundle, PolicyFileText } from "@holdfast/engine";
import { canonicalJson, copyJson } from "@holdfast/model";
import { playedInput } from "../decision-case.ts";
import type { DecisionCase } from "../decision-case.ts";
import { documentsOf, policySetArbitrary } from "../policy-arbitrary.ts";
import { plainScenarios, scenarioArbitrary } from "../scenario-arbitrary.ts";
import type { Scenario } from "../scenario-arbitrary.ts";

type Numbers = fc.Stream<number>;

function next(numbers: Numbers): number {
  return numbers.next().value ?? 0;
}

function shuffled<T>(items: readonly T[], numbers: Numbers): T[] {
  return items
    .map((item) => ({ item, place: next(numbers) }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

/** The same value with the keys of every mapping in another order. */
function rekeyed(value: unknown, numbers: Numbers): unknown {
  if (Array.isArray(value)) return value.map((item) => rekeyed(item, numbers));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    shuffled(Object.entries(value), numbers).map(([key, member]) => [
      key,
      rekeyed(member, numbers),
    ]),
  );
}

/** Lists whose order means nothing: the rules of a policy, and what a match names. */
function reordered(document: unknown, numbers: Numbers): unknown {
  const copy = structuredClone(document) as {
    spec: { rules?: unknown[]; labels?: unknown[]; match?: Record<string, unknown> };
  };
  const { spec } = copy;
  if (spec.rules !== undefined) spec.rules = shuffled(spec.rules, numbers);
  if (spec.labels !== undefined) spec.labels = shuffled(spec.labels, numbers);
  for (const [key, names] of Object.entries(spec.match ?? {})) {
    if (Array.isArray(names) && spec.match !== undefined) {
      spec.match[key] = shuffled(names, numbers);
    }
  }
  return copy;
}

const folders = ["", "team-a/", "team-a/deep/er/", "z/", "0/"];

/** The documents in a folder of files, every order there is chosen anew. */
function laidOut(documents: readonly unknown[], numbers: Numbers): PolicyFileText[] {
  const count = 1 + (next(numbers) % 5);
  const files = Array.from({ length: count }, (_, index) => ({
    path: `policies/${folders[next(numbers) % folders.length] ?? ""}${next(numbers) % 1000}-${index}.${next(numbers) % 2 === 0 ? "yaml" : "yml"}`,
    texts: [] as string[],
  }));
  for (const document of shuffled(documents, numbers)) {
    const written = rekeyed(reordered(document, numbers), numbers);
    const text = next(numbers) % 2 === 0 ? JSON.stringify(written, null, 1) : stringify(written);
    files[next(numbers) % count]?.texts.push(text);
  }
  return shuffled(files, numbers).map(({ path, texts }) => ({ path, text: texts.join("\n---\n") }));
}

function load(files: readonly PolicyFileText[]): Bundle {
  const result = loadPolicySet(files, { root: "policies" });
  if (result.ok) return result.bundle;
  throw new Error(result.diagnostics.map(({ code, message }) => `${code}: ${message}`).join("\n"));
}

function caseOf(scenario: Scenario): DecisionCase {
  const expect = { effect: "deny", code: "rule", rules: [], reason: "", obligations: [] } as const;
  const plain = { ...expect, rules: [], obligations: [] };
  return { name: "generated", covers: [], policy: [], expect: plain, ...scenario };
}

const engines = [
  createReferenceEngine,
  (bundle: Bundle) => createEngine(bundle),
  (bundle: Bundle) => createEngine(bundle, { codeGeneration: false }),
] as const;

/** All that each engine says of each scenario; bundle digests are part of it. */
function answers(bundle: Bundle, scenarios: readonly Scenario[]): string[] {
  return engines.flatMap((create) => {
    const engine = create(bundle);
    return scenarios.map((scenario) => {
      const input = playedInput(engine, caseOf(scenario));
      const { matched, determining } = engine.explain(input);
      const rules = determining.map(({ rule }) => rule);
      const parts = { decision: engine.decide(input), slice: engine.slice(input), matched, rules };
      return canonicalJson(copyJson({ ...parts, couldAllow: engine.couldAllow(input) }));
    });
  });
}

describe("a policy set laid out in any way", () => {
  test("over files and folders, in any order of files, documents, rules and keys, is the same set", () => {
    fc.assert(
      fc.property(
        policySetArbitrary,
        fc.array(scenarioArbitrary, { minLength: 6, maxLength: 6 }),
        fc.infiniteStream(fc.nat()),
        (set, played, numbers) => {
          const texts = documentsOf(set);
          const bundle = load([{ path: "policies/a.yaml", text: texts.join("\n---\n") }]);
          const documents = texts.map((text): unknown => JSON.parse(text));
          const scenarios = [...played, ...plainScenarios];
          const wanted = answers(bundle, scenarios);
          for (let layout = 0; layout < 2; layout += 1) {
            const other = load(laidOut(documents, numbers));
            expect(other.digest).toBe(bundle.digest);
            expect(answers(other, scenarios)).toEqual(wanted);
          }
        },
      ),
      { numRuns: 12, interruptAfterTimeLimit: 40_000 },
    );
  });
});
