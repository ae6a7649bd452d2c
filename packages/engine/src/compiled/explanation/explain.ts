import type { Explanation } from "../../engine.ts";
import type { CompiledState } from "../history/compiled-state.ts";
import type { Program } from "../rule/program.ts";
import type { Recorded } from "../rule/subject.ts";
import { byUnit } from "../value/map.ts";
import { problemOf, resolveObserved } from "../decision/decide.ts";
import { resolve } from "../decision/resolve.ts";
import { nearestAllow } from "./nearest.ts";
import { referenceTo } from "./rule-reference.ts";

/** Why the decision on this input is what it is, found anew from the same input. */
export function explain(program: Program, recorded: Recorded, state: CompiledState): Explanation {
  if (problemOf(program, recorded) !== undefined)
    return { determining: [], matched: [], errors: [] };
  const { outcome, situation, holding, failures } = resolve(program, recorded, state, "enforced");
  const observed = resolveObserved(program, recorded, state);
  const matched = new Set([...holding, ...(observed?.holding ?? [])].map(({ name }) => name));
  const nearest = outcome.code === "default_deny" ? nearestAllow(situation) : undefined;
  return {
    determining: outcome.determining.map(referenceTo),
    matched: [...matched].sort(byUnit),
    errors: failures.map(({ plan, failure }) =>
      Object.assign(referenceTo(plan), { message: failure.message }),
    ),
    ...(nearest === undefined ? {} : { nearest }),
  };
}
