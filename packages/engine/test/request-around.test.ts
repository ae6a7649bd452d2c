import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "@holdfast/model";
import { createEngine, createReferenceEngine } from "@holdfast/engine";
import { bundleOf, playedInput } from "./decision-case.ts";
import type { DecisionCase } from "./decision-case.ts";
import { requestsAround } from "./request-around.ts";

/**
 * The compiled engine keeps decisions and tests of conditions between requests. What one request
 * leaves behind must not make the next one's decision another: so each is decided before and after
 * all that differ from it in one thing. Of the cases every sixth, which takes seconds.
 */
const folder = new URL("../../../conformance/decisions/", import.meta.url);
// Cases of cost take a million steps each, and those of origins are decided by what was seen.
const skipped = new Set(["schema.json", "origins.json", "cost.json"]);
const files = readdirSync(folder).filter((name) => !skipped.has(name));

for (const name of files) {
  const text = readFileSync(new URL(name, folder), "utf8");
  const { topic, cases } = JSON.parse(text) as { topic: string; cases: DecisionCase[] };
  describe(`requests around ${topic}`, () => {
    for (const [number, one] of cases.entries()) {
      if (number % 6 !== 0) continue;
      test(one.name, () => {
        const bundle = bundleOf(one.policy);
        const [engine, reference] = [createEngine(bundle), createReferenceEngine(bundle)];
        const [input, same] = [playedInput(engine, one), playedInput(reference, one)];
        const around = [input.request, ...requestsAround(input.request)];
        const wanted = around.map((request) => reference.decide({ ...same, request }));
        const order = [...around.keys()];
        for (const index of [...order, ...order.toReversed()]) {
          const request = around[index] ?? input.request;
          const decision = engine.decide({ ...input, request });
          expect(canonicalJson(decision)).toBe(canonicalJson(wanted[index] ?? null));
        }
      });
    }
  });
}
