import type { JsonObject, Request, RequestInput } from "@holdfast/model";
import { readRequest } from "@holdfast/model";
import type { PolicyTestCase } from "../../document/kinds.ts";
import type { DecisionInput, Engine } from "../../engine.ts";
import { durationText } from "../../compile/duration.ts";
import { givenInput } from "../../policy-test/given-state.ts";

/** A request and its history as a PolicyTest case states them: what can be printed, run and kept. */
export interface CaseWitness {
  readonly given: PolicyTestCase["given"];
  readonly request: RequestInput;
}

/** The request of a witness as engines take it; undefined when it is none. */
export function witnessRequest({ request }: CaseWitness): Request | undefined {
  const reading = readRequest(request);
  return reading.ok ? reading.request : undefined;
}

/** What an engine decides on: the request, as read, after the history that is given. */
export function witnessInput(
  engine: Engine,
  given: CaseWitness["given"],
  request: Request,
): DecisionInput {
  return givenInput(engine, given, request).input;
}

/** A witness as the `given` and `request` of a PolicyTest case, without what it leaves as it is. */
export function witnessCase({ given, request }: CaseWitness): JsonObject {
  const { server = "local", name } = request.tool;
  const { action, ...rest } = request;
  const stated: Record<string, unknown> = {};
  if (given.nowMs !== undefined) stated["now"] = new Date(given.nowMs).toISOString();
  const events = Object.entries(given.events).map(([event, ages]) => [
    event,
    ages.map((ageMs) => `-${durationText(ageMs)}`),
  ]);
  if (events.length > 0) stated["events"] = Object.fromEntries(events);
  if (Object.keys(given.meters).length > 0) stated["meters"] = given.meters;
  if (Object.keys(given.external).length > 0) stated["external"] = given.external;
  if (given.facts !== undefined) stated["facts"] = given.facts;
  if (given.prompt !== undefined) stated["prompt"] = given.prompt;
  const plainAction = Object.fromEntries(
    Object.entries(action ?? {}).filter(([key, value]) => value !== plainActions[key]),
  );
  const written: unknown = JSON.parse(
    JSON.stringify({
      ...(Object.keys(stated).length === 0 ? {} : { given: stated }),
      request: {
        ...rest,
        tool: `${server}.${name}`,
        ...(Object.keys(plainAction).length === 0 ? {} : { action: plainAction }),
      },
    }),
  );
  return written as JsonObject;
}

const plainActions: Readonly<Record<string, string>> = {
  kind: "tool",
  operation: "call",
  phase: "call",
};
