import { canonicalJson, copyJson } from "@holdfast/model";
import { createEngine } from "@holdfast/engine";
import type { Bundle, EngineOptions } from "@holdfast/engine";
import { bundleOf, playedInput } from "../../packages/engine/test/decision-case.ts";
import type { DecisionCase } from "../../packages/engine/test/decision-case.ts";

/** The ways to make an engine; the first leaves it to the engine to see what it may do. */
export const engineOptions = [
  {},
  { codeGeneration: true },
  { codeGeneration: false },
] as const satisfies readonly EngineOptions[];

/** All that an engine says of a case, in canonical JSON, digest of the bundle included. */
export function decidedCase(one: DecisionCase): string[] {
  const bundle = bundleOf(one.policy);
  return engineOptions.map((options) => answersOf(bundle, options, one));
}

function answersOf(bundle: Bundle, options: EngineOptions, one: DecisionCase): string {
  const engine = createEngine(bundle, options);
  const input = playedInput(engine, one);
  return canonicalJson(
    copyJson({
      decision: engine.decide(input),
      explanation: engine.explain(input),
      slice: engine.slice(input),
      couldAllow: engine.couldAllow(input),
    }),
  );
}
