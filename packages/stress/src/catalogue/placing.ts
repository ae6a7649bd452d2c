import type { Draft, Focus, StressCall, StressRun } from "../run/stress-run.ts";
import { attackCall } from "../view/attack-call.ts";
import type { AttackCall } from "../view/attack-call.ts";
import type { AgentView } from "../view/agent-view.ts";
import { chosenMany } from "../view/choice.ts";
import type { StressTool } from "../view/stress-tool.ts";

/** An attack of one of these tools, picked by a seed. */
export interface Picked extends AttackCall {
  readonly tool: StressTool;
}

/** The first attack that one of these tools allows, in an order that the seed gives. */
export function pickedAttack(
  tools: readonly StressTool[],
  view: AgentView,
  ...seed: readonly (string | number)[]
): Picked | undefined {
  const key = seed.join(" ");
  for (const tool of chosenMany(tools, tools.length, key)) {
    const attack = attackCall(tool, view, key);
    if (attack !== undefined) return { ...attack, tool };
  }
  return undefined;
}

/** Where in an attack a rule would have to look. */
export function focusOf({ call, values }: AttackCall): Focus {
  return { tool: call.tool, arguments: values.map(({ argument }) => argument.name) };
}

/** A run whose result at `carrier` holds words, with calls made right behind it. */
export function behind(
  run: StressRun,
  carrier: { readonly at: number; readonly call: StressCall },
  attacks: readonly StressCall[],
  focus: Focus,
): Draft {
  const { at, call } = carrier;
  const calls = [...run.calls.slice(0, at), call, ...attacks, ...run.calls.slice(at + 1)];
  return {
    calls,
    attacks: attacks.map((_, number) => ({ at: at + 1 + number })),
    carriers: [at],
    focus,
  };
}

/** A run in which the call at `at` is another one. */
export function instead(run: StressRun, at: number, call: StressCall, focus: Focus): Draft {
  const calls = run.calls.map((each, place) => (place === at ? call : each));
  return { calls, attacks: [{ at, base: at }], carriers: [], focus };
}

/** A run with calls at its end. */
export function atEnd(run: StressRun, attacks: readonly StressCall[], focus: Focus): Draft {
  const first = run.calls.length;
  return {
    calls: [...run.calls, ...attacks],
    attacks: attacks.map((_, number) => ({ at: first + number })),
    carriers: [],
    focus,
  };
}

/** The places of calls that do more than look. */
export function actingPlaces(run: StressRun, view: AgentView): readonly number[] {
  return run.calls.flatMap(({ tool, error }, at) =>
    view.tools.get(tool)?.isRead === false && (error === undefined || error === null) ? [at] : [],
  );
}
