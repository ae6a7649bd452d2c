import type { Json, JsonObject } from "@holdfast/model";
import type { CompiledState } from "../history/compiled-state.ts";
import { Absent } from "../rule/key-reader.ts";
import type { Program } from "../rule/program.ts";
import { sessionRootOf } from "../rule/subject.ts";
import type { Recorded } from "../rule/subject.ts";
import { problemOf } from "./decide.ts";
import { resolve } from "./resolve.ts";
import { inForce } from "./restriction.ts";

/**
 * What a decision on this input can read of the state: under this action's keys every Event's
 * occurrences and every Meter's charge (`null` for a key with an absent part), the
 * restrictions in force, and where conditions read origins what its session root has seen.
 * Nothing is read for a request that is not valid.
 */
export function slice(program: Program, recorded: Recorded, state: CompiledState): JsonObject {
  if (problemOf(program, recorded) !== undefined) return {};
  if (readsNothing(program, state)) return nothing;
  const { situation } = resolve(program, recorded, state, "all");
  const events: Record<string, Json> = Object.create(null);
  for (const plan of program.events) {
    const path = plan.key(situation);
    events[plan.event.name] =
      path instanceof Absent ? null : (state.events(plan.shelf).find(path)?.list() ?? []);
  }
  const meters: Record<string, Json> = Object.create(null);
  for (const plan of program.meters) {
    const path = plan.key(situation);
    const account = path instanceof Absent ? null : state.meters(plan.shelf).find(path);
    meters[plan.meter.name] =
      account === null ? null : (account?.current(plan.window, recorded.nowMs) ?? 0);
  }
  const restrictions = inForce(situation).map(({ id, kinds, untilMs }) => ({
    id,
    kinds,
    untilMs: untilMs ?? null,
  }));
  if (!program.readsOrigins) return { events, meters, restrictions };
  return { events, meters, restrictions, origins: originsOf(recorded, state) };
}

/** What is read of a state in which there is nothing to read. */
const nothing: JsonObject = Object.freeze({
  events: Object.freeze({}),
  meters: Object.freeze({}),
  restrictions: Object.freeze<Json[]>([]),
});

function readsNothing({ events, meters, readsOrigins }: Program, state: CompiledState): boolean {
  const keepsNothing = events.length === 0 && meters.length === 0 && !readsOrigins;
  return keepsNothing && state.restrictions.length === 0;
}

function originsOf({ request }: Recorded, state: CompiledState): Json {
  const root = sessionRootOf(request);
  const memory = root === undefined ? undefined : state.origins.memoryOf(request.tenant, root);
  if (memory === undefined) return null;
  const { entries, units, full } = memory;
  return { entries: entries.length, units, full, digest: memory.digest() };
}
