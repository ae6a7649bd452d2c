import type { Explanation } from "@holdfast/engine";
import type { Decision } from "@holdfast/model";
import { admit, inputOf } from "./admission.ts";
import type { Admitted } from "./admission.ts";
import { withFacts } from "./fact/known-facts.ts";
import { decideAdmitted, explainJudged, unavailable } from "./guard-core.ts";
import type { GuardCore, Judged } from "./guard-core.ts";
import type { Caller } from "./guard.ts";

/** `Guard.decide`; see there. */
export async function peek(core: GuardCore, value: unknown, caller: Caller): Promise<Decision> {
  try {
    if (core.journal.failure !== undefined) return unavailable(core, "the guard is not in service");
    return (await judged(core, value, caller)).decision;
  } catch {
    return unavailable(core, "the request could not be decided");
  }
}

/** `Guard.explain`; see there. */
export async function explain(
  core: GuardCore,
  value: unknown,
  caller: Caller,
): Promise<Explanation> {
  try {
    const admitted = admit(value, caller, core.admission);
    const now = (known: Admitted): Explanation =>
      explainJudged(core, decideAdmitted(core, known, core.timekeeper.nowMs()));
    return await withFacts(core, { admitted, caller, inTurn: false }, now);
  } catch {
    return { determining: [], matched: [], errors: [] };
  }
}

/** `Guard.couldAllow`; see there. In doubt it hides. */
export function couldAllow(core: GuardCore, value: unknown, caller: Caller): boolean {
  try {
    if (core.journal.failure !== undefined) return false;
    const admitted = admit(value, caller, core.admission);
    if (admitted.veto !== undefined) return false;
    const input = inputOf(admitted, core.timekeeper.nowMs(), core.capabilities);
    return core.engine.couldAllow({ state: core.state, ...input });
  } catch {
    return false;
  }
}

function judged(core: GuardCore, value: unknown, caller: Caller): Promise<Judged> {
  const admitted = admit(value, caller, core.admission);
  return withFacts(core, { admitted, caller, inTurn: false }, (known) =>
    decideAdmitted(core, known, core.timekeeper.nowMs()),
  );
}
