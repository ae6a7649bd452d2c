import type { ActionFacts } from "@holdfast/model";
import { inputOf, readmit } from "../admission.ts";
import type { Admitted } from "../admission.ts";
import type { GuardCore } from "../guard-core.ts";
import type { Caller } from "../guard.ts";
import { currentFacts, factsWanted, gatherFacts, originalFacts } from "./fact-gathering.ts";
import type { GatheredFacts } from "./fact-gathering.ts";

/** Facts are gathered again so often when what they were gathered for has changed meanwhile. */
const roundsMax = 4;

/**
 * Does `act` on an admitted action once the facts are known that the decision can depend on, in the
 * very step in which it is certain that they are those of this bundle, this state and these
 * arguments. Where they are not after four rounds (arguments that a rule writes anew at each moment),
 * facts of rewritten arguments are left out, so that reading them is an error.
 *
 * Where nothing has to be waited for, `act` is called at once. With `inTurn`, actions of one session
 * (of one agent, without a session) are acted on in the order of the calls.
 */
export async function withFacts<T>(
  core: GuardCore,
  { admitted, caller, inTurn }: { admitted: Admitted; caller: Caller; inTurn: boolean },
  act: (admitted: Admitted) => T | Promise<T>,
): Promise<T> {
  const first = gatheredFor(core, admitted);
  const isBehind = inTurn && !core.turns.isEmpty && core.turns.isTaken(turnOf(admitted));
  if (!(first instanceof Promise) && !isBehind) return act(knowing(admitted, first?.facts));
  const turn = inTurn ? core.turns.enter(turnOf(admitted)) : undefined;
  try {
    let gathered = await first;
    await turn?.before;
    for (let round = 1; ; round += 1) {
      // What was refused stays so: of an invalid request only a skeleton is left, which looks valid.
      const isRefused = admitted.veto !== undefined;
      const again = isRefused ? admitted : readmit(admitted, caller, core.admission);
      const facts = factsNow(core, again, gathered);
      if (facts !== undefined) return act(knowing(again, facts));
      if (round >= roundsMax) {
        return act(knowing(again, gathered === undefined ? {} : originalFacts(gathered)));
      }
      gathered = await gatheredFor(core, again);
    }
  } finally {
    turn?.leave();
  }
}

function gatheredFor(core: GuardCore, admitted: Admitted) {
  if (admitted.veto !== undefined || !isAnnotated(core, admitted)) return undefined;
  const input = inputOf(admitted, core.timekeeper.nowMs(), core.capabilities);
  return gatherFacts(core, input);
}

/** Undefined when facts have to be gathered again. */
function factsNow(
  core: GuardCore,
  admitted: Admitted,
  gathered: GatheredFacts | undefined,
): ActionFacts | undefined {
  if (admitted.veto !== undefined) return {};
  const input = inputOf(admitted, core.timekeeper.nowMs(), core.capabilities);
  if (gathered !== undefined) return currentFacts(core, input, gathered);
  return factsWanted(core, input).length === 0 ? {} : undefined;
}

/** The short way for most actions: where nothing is annotated there are no facts of a call. */
function isAnnotated({ admission }: GuardCore, { request }: Admitted): boolean {
  const document = admission.registry.document(request.tool);
  return document !== undefined && Object.keys(document.arguments).length > 0;
}

function knowing(admitted: Admitted, facts: ActionFacts | undefined): Admitted {
  return facts?.original === undefined ? admitted : { ...admitted, facts };
}

function turnOf({ request: { session, agent, tenant } }: Admitted): string {
  return session === undefined
    ? JSON.stringify(["agent", tenant, agent.id])
    : JSON.stringify(["session", tenant, session.root ?? session.id]);
}
