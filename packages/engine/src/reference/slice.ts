import type { Json, JsonObject } from "@holdfast/model";
import type { PolicyIndex } from "./policy-index.ts";
import type { RecordedInput } from "./recorded-input.ts";
import { problemOf } from "./decide.ts";
import { chargedIn } from "./meter-window.ts";
import type { ReferenceState } from "./reference-state.ts";
import { resolve } from "./resolve.ts";
import { restrictionsInForce } from "./restriction.ts";
import { sessionRootOf } from "./situation.ts";
import { slotOf } from "./state-key.ts";

/**
 * What a decision on this input can read of the state: restrictions in force, and under this
 * action's keys the occurrences of every Event and the charge of every Meter; and, where the bundle
 * asks for origins, what the session has seen. `null` stands for a key with an absent part, and
 * for a session that has seen nothing. Names and items are in a fixed order; nothing is read for a request
 * that is not valid.
 */
export function slice(index: PolicyIndex, input: RecordedInput, state: ReferenceState): JsonObject {
  if (problemOf(index, input) !== undefined) return {};
  const { situation } = resolve(index, input, state, index.rules);
  const events: Record<string, Json> = Object.create(null);
  for (const event of index.events.values()) {
    const slot = slotOf(event, situation);
    events[event.name] = slot.present
      ? state.occurred(slot.slot).map(({ atMs, sequence }) => [sequence, atMs])
      : null;
  }
  const meters: Record<string, Json> = Object.create(null);
  for (const meter of index.meters.values()) {
    const slot = slotOf(meter, situation);
    meters[meter.name] = slot.present
      ? chargedIn(meter.window, state.charges(slot.slot), input.nowMs)
      : null;
  }
  const restrictions = restrictionsInForce(situation).map(({ id, kinds, untilMs }) => ({
    id,
    kinds,
    untilMs: untilMs ?? null,
  }));
  if (!index.readsOrigins) return { events, meters, restrictions };
  return { events, meters, restrictions, origins: originSlice(input.request, state) };
}

/** What origins are read from, named rather than written out. */
function originSlice(request: RecordedInput["request"], state: ReferenceState): Json {
  const root = sessionRootOf(request);
  const memory = root === undefined ? undefined : state.memories.of(request.tenant, root);
  if (memory === undefined) return null;
  const { units, full, digest } = memory;
  return { entries: memory.entries().length, units, full, digest };
}
