import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { canonicalJson, decisionSchema } from "@holdfast/model";
import { createEngine, createReferenceEngine } from "@holdfast/engine";
import { bundleOf, canonicalDecision, playedInput } from "./decision-case.ts";
import type { DecisionCase } from "./decision-case.ts";

const folder = new URL("../../../conformance/decisions/", import.meta.url);
const files = readdirSync(folder).filter((name) => name !== "schema.json");

for (const name of files) {
  const text = readFileSync(new URL(name, folder), "utf8");
  const { topic, cases } = JSON.parse(text) as { topic: string; cases: DecisionCase[] };
  describe(`the compiled engine on ${topic}`, () => {
    for (const one of cases) {
      test(one.name, () => {
        const bundle = bundleOf(one.policy);
        const engine = createEngine(bundle);
        const reference = createReferenceEngine(bundle);
        const input = playedInput(engine, one);
        const same = playedInput(reference, one);
        const decision = engine.decide(input);
        expect(decisionSchema.parse(decision)).toEqual(decision);
        expect(Object.values(decision)).not.toContain(undefined);
        expect(canonicalDecision(decision)).toBe(canonicalJson(one.expect));
        expect(canonicalJson(engine.slice(input))).toBe(canonicalJson(reference.slice(same)));
        expect(engine.explain(input)).toEqual(reference.explain(same));
        expect(engine.couldAllow(input)).toBe(reference.couldAllow(same));
      });
    }
  });
}
