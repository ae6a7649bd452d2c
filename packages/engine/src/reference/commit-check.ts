import { CelError } from "./cel-error.ts";
import { evaluate } from "./evaluate.ts";
import { amountOf } from "./judge.ts";
import { coversAnyPhase } from "./match.ts";
import { situationScope } from "./rule-scope.ts";
import type { Situation } from "./situation.ts";
import { slotOf } from "./state-key.ts";

/**
 * Why `begin` could not commit this action to history, in order of name; empty when it can
 * (POLICY.md section 3): an amount that errors, is negative or not finite, and a key with an
 * absent part that a loaded rule reads.
 */
export function commitProblems(situation: Situation): readonly string[] {
  if (situation.request.action.phase !== "call") return [];
  return [...meterProblems(situation), ...eventProblems(situation)];
}

function meterProblems(situation: Situation): readonly string[] {
  return [...situation.index.meters.values()].flatMap((meter) => {
    if (!coversAnyPhase(meter.match, situation, situation.request.agent, "narrowing")) return [];
    const amount = amountOf(meter, situation);
    if (amount instanceof CelError)
      return [`\`${meter.name}\` cannot be charged: ${amount.message}`];
    return absentKey(meter, situation);
  });
}

function eventProblems(situation: Situation): readonly string[] {
  return [...situation.index.events.values()].flatMap((event) => {
    if (event.at !== "begin" && event.at !== "decision") return [];
    if (!coversAnyPhase(event.match, situation, situation.request.agent, "narrowing")) return [];
    const occurs = event.when === undefined || evaluate(event.when.ast, situationScope(situation));
    return occurs === false ? [] : absentKey(event, situation);
  });
}

function absentKey(
  document: Parameters<typeof slotOf>[0],
  situation: Situation,
): readonly string[] {
  if (!situation.index.historyRead.has(document.name)) return [];
  const slot = slotOf(document, situation);
  return slot.present ? [] : [`the key of \`${document.name}\` needs \`${slot.part}\``];
}
