import type { Explanation } from "../engine.ts";
import { compareNames } from "./policy-index.ts";
import type { PolicyIndex } from "./policy-index.ts";
import { enforcedRules, problemOf, resolveObserved } from "./decide.ts";
import { nearestAllow, referenceOf } from "./nearest-allow.ts";
import type { RecordedInput } from "./recorded-input.ts";
import type { ReferenceState } from "./reference-state.ts";
import { resolve } from "./resolve.ts";

/** Why the decision on this input is what it is, found anew from the same input. */
export function explain(
  index: PolicyIndex,
  input: RecordedInput,
  state: ReferenceState,
): Explanation {
  if (problemOf(index, input) !== undefined) return { determining: [], matched: [], errors: [] };
  const rules = enforcedRules(index);
  const { outcome, situation, holding, errors } = resolve(index, input, state, rules);
  const observed = resolveObserved(index, input, state);
  const matched = new Set([...holding, ...(observed?.holding ?? [])].map(({ name }) => name));
  const nearest = outcome.code === "default_deny" ? nearestAllow(rules, situation) : undefined;
  return {
    determining: outcome.determining.map((loaded) => referenceOf(loaded)),
    matched: [...matched].toSorted(compareNames),
    errors: errors.map(({ rule, error }) =>
      Object.assign(referenceOf(rule), { message: error.message }),
    ),
    ...(nearest === undefined ? {} : { nearest }),
  };
}
