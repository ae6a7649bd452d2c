import { performance } from "node:perf_hooks";
import { createEngine, loadPolicySet } from "@holdfast/engine";
import type { DecisionInput, Engine } from "@holdfast/engine";
import type { Contender } from "./contender.ts";
import { nowMs, playHistory } from "./history.ts";
import type { Oracle } from "./oracle.ts";
import { policyFiles } from "./policy-text.ts";
import type { RuleSource } from "./rule-source.ts";

/**
 * Our own engine, from policy texts in memory to decisions. With rules on history it first
 * decides and folds what the agents did before, and each of those is held to the oracle too.
 * @throws Error when the generated policies do not compile
 */
export function loadHoldfast(source: RuleSource, oracle: Oracle): Contender<DecisionInput> {
  const files = policyFiles(source);
  const started = performance.now();
  const loaded = loadPolicySet(files, { root: "policies" });
  const compiled = performance.now();
  if (!loaded.ok) {
    const texts = loaded.diagnostics.slice(0, 5).map(({ code, message }) => `${code}: ${message}`);
    throw new Error(texts.join("\n"));
  }
  const engine = createEngine(loaded.bundle);
  const ready = performance.now();
  const state = engine.createState();
  if (source.conditions === "history") foldHistory(engine, state, source, oracle);
  return {
    loadMs: ready - started,
    loadParts: { loadPolicySet: compiled - started, createEngine: ready - compiled },
    prepare: ({ request }) => ({ request, external: {}, state, nowMs }),
    decide: (input) => (engine.decide(input).effect === "allow" ? 1 : 0),
    rulesOf: (input) => engine.decide(input).rules,
  };
}

function foldHistory(
  engine: Engine,
  state: DecisionInput["state"],
  source: RuleSource,
  oracle: Oracle,
): void {
  playHistory(source.grid, oracle, (action, atMs, sequence) => {
    const input = { request: action.request, external: {}, nowMs: atMs };
    const decision = engine.decide({ ...input, state });
    const granted = decision.effect === "allow";
    if (oracle.answer(action, atMs).allowed !== granted) {
      throw new Error(`step ${sequence} of history is decided wrongly: ${decision.reason}`);
    }
    engine.fold(state, { kind: "decision", sequence, input, decision, granted });
    return granted;
  });
}
