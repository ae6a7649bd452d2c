import type { Bundle } from "../document/bundle.ts";
import type { CompiledEngine } from "../engine.ts";
import { couldAllow } from "./decision/could-allow.ts";
import { decide, problemOf } from "./decision/decide.ts";
import { fold } from "./decision/fold.ts";
import { QuickDecider } from "./quick/quick-decide.ts";
import { rewriting } from "./decision/resolve.ts";
import { slice } from "./decision/slice.ts";
import { explain } from "./explanation/explain.ts";
import { FactNeeds } from "./fact/fact-need.ts";
import { CompiledState, compiledState } from "./history/compiled-state.ts";
import type { ArgumentChecks } from "./rule/argument-check.ts";
import { compileBundle } from "./rule/compile-bundle.ts";
import { stateKeeper } from "./image/state-keeper.ts";
import { mayGenerate } from "./shape/generated.ts";
import { traceOf } from "./trace/trace.ts";

/** How an engine is made. */
export interface EngineOptions {
  /**
   * whether conditions may become JavaScript of their own (`new Function`), default true; where that
   * is forbidden, also by a page's Content-Security-Policy, they are closures, slower and equal, and
   * a tool with a schema is refused, since checking one needs code too
   */
  readonly codeGeneration?: boolean;
  /** checks of schemas, shared with other engines that are given the same */
  readonly checks?: ArgumentChecks;
}

/**
 * The engine that decides in production: the same answers as the reference interpreter, with
 * rules found by what they match and conditions compiled. Immutable but for tables it can make
 * anew, so that a bundle is swapped by swapping one reference.
 */
export function createEngine(bundle: Bundle, options: EngineOptions = {}): CompiledEngine {
  const program = compileBundle(
    bundle,
    (options.codeGeneration ?? true) && mayGenerate(),
    options.checks,
  );
  const needs = new FactNeeds(program);
  const quick = new QuickDecider(program);
  return {
    name: "compiled",
    bundle,
    createState: () => new CompiledState(),
    decide: (input) => {
      const state = compiledState(input.state);
      return quick.decide(input, state) ?? decide(program, input, state, quick.judged);
    },
    explain: (input) => explain(program, input, compiledState(input.state)),
    trace: (input) => traceOf(program, input, compiledState(input.state)),
    fold: (state, occurrence) => fold(program, compiledState(state), occurrence),
    slice: (input) => slice(program, input, compiledState(input.state)),
    factsNeeded: (input) => needs.of(input, compiledState(input.state)),
    rewritten: (input) =>
      problemOf(program, input) === undefined
        ? rewriting(program, input, compiledState(input.state))
        : {},
    couldAllow: (input) => couldAllow(program, input, compiledState(input.state)),
    keeper: stateKeeper(program),
  };
}
