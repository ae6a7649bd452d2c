import type { Bundle } from "../document/bundle.ts";
import type { Engine } from "../engine.ts";
import { couldAllow } from "./could-allow.ts";
import { decide, problemOf } from "./decide.ts";
import { explain } from "./explain.ts";
import { factsNeeded } from "./fact-need.ts";
import { fold } from "./fold.ts";
import { indexPolicies } from "./policy-index.ts";
import { ReferenceState, referenceState } from "./reference-state.ts";
import { rewriting } from "./resolve.ts";
import { slice } from "./slice.ts";

/**
 * The reference engine over a bundle: the meaning of the policy language, written to be read.
 * Nothing is indexed by request, nothing is kept between calls; every rule is judged for every
 * decision. Other engines are compared with it.
 */
export function createReferenceEngine(bundle: Bundle): Engine {
  const index = indexPolicies(bundle);
  return {
    name: "reference",
    bundle,
    createState: () => new ReferenceState(),
    decide: (input) => decide(index, input, referenceState(input.state)),
    explain: (input) => explain(index, input, referenceState(input.state)),
    fold: (state, occurrence) => fold(index, referenceState(state), occurrence),
    slice: (input) => slice(index, input, referenceState(input.state)),
    factsNeeded: (input) => factsNeeded(index, input, referenceState(input.state)),
    rewritten: (input) =>
      problemOf(index, input) === undefined
        ? rewriting(index, input, referenceState(input.state))
        : {},
    couldAllow: (input) => couldAllow(index, input, referenceState(input.state)),
  };
}
