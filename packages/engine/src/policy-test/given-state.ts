import type { Request } from "@holdfast/model";
import type { PolicyTestCase } from "../document/kinds.ts";
import type { DecisionInput, Engine } from "../engine.ts";
import { gatherFacts } from "./given-fact.ts";
import type { FactReader, FactsGathered } from "./given-fact.ts";
import { givenOrigins, sessionRequest } from "./given-origin.ts";

/** The time of a case that states none: every run decides alike. */
const defaultNowMs = 1_767_225_600_000;

/**
 * The input a case describes: its history is folded as `given` occurrences under the keys its own
 * request has, oldest first; its restrictions bind its agent in all sessions; last comes what the
 * session of its request has seen. A request without session that needs one is in session `test`.
 * Facts are as the case states them, else as `reader` finds them.
 */
export function givenInput(
  engine: Engine,
  given: PolicyTestCase["given"],
  asked: Request,
  reader?: FactReader,
): FactsGathered {
  const nowMs = given.nowMs ?? defaultNowMs;
  const { external } = given;
  const request = sessionRequest(given, asked);
  const state = engine.createState();
  const input = { request, external, nowMs };
  let sequence = 0;
  const next = (): number => (sequence += 1);
  const events = Object.entries(given.events)
    .flatMap(([name, ages]) => ages.map((ageMs) => ({ name, atMs: nowMs - ageMs })))
    .toSorted((a, b) => a.atMs - b.atMs || (a.name < b.name ? -1 : 1));
  for (const event of events) {
    engine.fold(state, { kind: "given", sequence: next(), input, event });
  }
  for (const [name, amount] of Object.entries(given.meters)) {
    engine.fold(state, { kind: "given", sequence: next(), input, meter: { name, amount } });
  }
  for (const kind of given.restrictions) {
    const id = `given-${next()}`;
    engine.fold(state, {
      kind: "restrict",
      sequence,
      nowMs,
      id,
      agent: request.agent.id,
      kinds: [kind],
    });
  }
  const gathered = (one: Omit<DecisionInput, "state">): Omit<DecisionInput, "state"> => {
    if (reader === undefined) return one;
    const { facts } = gatherFacts(engine, { ...one, state }, undefined, reader).input;
    return facts === undefined ? one : { ...one, facts };
  };
  for (const occurrence of givenOrigins(given, input, engine, { next, gathered })) {
    engine.fold(state, occurrence);
  }
  return gatherFacts(engine, { ...input, state }, given.facts, reader);
}
