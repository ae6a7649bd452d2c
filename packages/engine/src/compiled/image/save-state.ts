import type { Json } from "@holdfast/model";
import type { StatePart } from "../../engine.ts";
import { Account } from "../history/account.ts";
import type { CompiledState, Restriction } from "../history/compiled-state.ts";
import type { Occurrences } from "../history/occurrences.ts";
import { CabinetShelf, TreeShelf } from "../history/shelf.ts";
import type { Atom } from "../history/shelf.ts";
import { memoryCut, partsOfMemory } from "./memory-image.ts";
import { bytesOf } from "./number-bytes.ts";

/** Numbers written in one part. */
const chunk = 4_096;

/** The state as it is now, in parts. What changes while they are taken remembers what it was. */
export function saveState(state: CompiledState): Iterable<StatePart> {
  state.cuts.latest += 1;
  const { restrictions } = state;
  const cut = state.origins.list().map(memoryCut);
  return partsOf(state, restrictions, cut);
}

function* partsOf(
  state: CompiledState,
  restrictions: readonly Restriction[],
  memories: readonly ReturnType<typeof memoryCut>[],
): Generator<StatePart, void> {
  for (const restriction of restrictions) yield partOfRestriction(restriction);
  for (const memory of memories) yield* partsOfMemory(memory);
  const { events, meters } = state.shelves;
  // By place in a drawer, the name of what lies there: two kinds never share a place.
  const names = new Map<number, string>();
  for (const [name, shelf] of [...events, ...meters]) {
    if (shelf instanceof CabinetShelf) names.set(shelf.place, name);
    if (!(shelf instanceof TreeShelf)) continue;
    for (const [path, thing] of shelf.entries()) yield* partsOfThing(name, path, thing);
  }
  for (const cabinet of [state.cabinets.session, state.cabinets.agent]) {
    for (const [tenant, key, { things }] of cabinet.entries()) {
      for (const [place, thing] of things.entries()) {
        const name = names.get(place);
        if (thing === undefined || name === undefined) continue;
        yield* partsOfThing(name, [tenant, key], thing);
      }
    }
  }
}

function partOfRestriction(restriction: Restriction): StatePart {
  const { id, tenant, agent, sessionRoot, kinds, untilMs } = restriction;
  const head = {
    kind: "restriction",
    id,
    tenant: tenant ?? null,
    agent,
    sessionRoot: sessionRoot ?? null,
    kinds,
    untilMs: untilMs ?? null,
  };
  return { head, body: new Uint8Array(0) };
}

function partsOfThing(
  name: string,
  path: readonly Atom[],
  thing: Occurrences | Account,
): Iterable<StatePart> {
  return thing instanceof Account
    ? partsOfAccount(name, path, thing)
    : partsOfOccurrences(name, path, thing);
}

function* partsOfOccurrences(
  name: string,
  path: readonly Atom[],
  occurrences: Occurrences,
): Generator<StatePart, void> {
  const size = occurrences.sizeAtCut;
  for (let from = 0; from < size; from += chunk) {
    const numbers = occurrences.numbers(from, Math.min(size, from + chunk));
    yield { head: { kind: "event", name, path }, body: bytesOf(numbers) };
  }
}

function* partsOfAccount(
  name: string,
  path: readonly Atom[],
  account: Account,
): Generator<StatePart, void> {
  const { atMs, amounts, actions, size } = account.chargesAtCut;
  for (let from = 0; from < size; from += chunk) {
    const to = Math.min(size, from + chunk);
    const numbers = Float64Array.from([...atMs.slice(from, to), ...amounts.slice(from, to)]);
    const ids: Json = actions.slice(from, to).map((action) => action ?? null);
    yield { head: { kind: "meter", name, path, actions: ids }, body: bytesOf(numbers) };
  }
}
