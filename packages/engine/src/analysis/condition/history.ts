import { digestOf } from "@holdfast/model";
import type { Event, KeyPart, Meter } from "../../document/history.ts";
import { numbersAbove, wholeBetween } from "../domain/number-set.ts";
import {
  absentSet,
  falseSet,
  mapSet,
  numbersIn,
  present,
  setOf,
  trueSet,
} from "../domain/value-set.ts";
import { all, always, any, atom, not } from "../formula/formula.ts";
import type { Formula } from "../formula/formula.ts";
import { opaqueText } from "./opaque.ts";
import { pathText, placeSlot } from "./place.ts";
import { dropSources } from "./surroundings.ts";
import type { Surroundings } from "./surroundings.ts";
import { test } from "./term.ts";
import type { Term } from "./term.ts";
import { where } from "./three-way.ts";
import type { ThreeWay } from "./three-way.ts";

const some = numbersIn(wholeBetween(1, Number.MAX_VALUE));
const none = numbersIn(wholeBetween(0, 0));

/** `count(event, window)`; without a window how often it ever occurred. */
export function countTerm(
  event: Event,
  windowMs: number | undefined,
  surroundings: Surroundings,
): Term {
  const name = `count ${historyName(event, surroundings)} ${windowMs ?? "ever"}`;
  // A time that is over before it began sees nothing.
  const most = windowMs !== undefined && windowMs <= 0 ? 0 : 1_000;
  const universe = { ...numbersIn(wholeBetween(0, most)), absent: true };
  const meaning = { kind: "count" as const, event: event.name, windowMs };
  return keyed(surroundings, event, { name, meaning, universe });
}

/** `happened(event)` and `happened(event, window)`. */
export function happened(
  event: Event,
  windowMs: number | undefined,
  surroundings: Surroundings,
): ThreeWay {
  const count = countTerm(event, windowMs, surroundings);
  return { holds: test(count, some), fails: test(count, none) };
}

/** `since(first, second)`: the first occurred, and after the latest of the second. */
export function since(first: Event, second: Event, surroundings: Surroundings): ThreeWay {
  const one = countTerm(first, undefined, surroundings);
  const other = countTerm(second, undefined, surroundings);
  const slot = surroundings.table.declare({
    name: `since ${historyName(first, surroundings)} ${historyName(second, surroundings)}`,
    meaning: { kind: "since", first: first.name, second: second.name },
    universe: setOf({ true: true, false: true }),
  });
  return where(
    all([
      test(one, numbersIn(wholeBetween(0, 1_000))),
      test(other, numbersIn(wholeBetween(0, 1_000))),
    ]),
    {
      holds: all([test(one, some), any([test(other, none), atom(slot, trueSet)])]),
      fails: any([test(one, none), all([test(other, some), atom(slot, falseSet)])]),
    },
  );
}

/** `meter(name)`: what has been charged under the action's key. */
export function meterTerm(meter: Meter, surroundings: Surroundings): Term {
  const name = `meter ${historyName(meter, surroundings)}`;
  const universe = { ...numbersIn(numbersAbove(0, true)), absent: true };
  const meaning = { kind: "meter" as const, meter: meter.name };
  return keyed(surroundings, meter, { name, meaning, universe });
}

/** A slot that is absent, which is an error to read, exactly where a part of its key is. */
function keyed(
  surroundings: Surroundings,
  document: Event | Meter,
  slot: Parameters<Surroundings["table"]["declare"]>[0],
): Term {
  const { table, axioms } = surroundings;
  const name = table.declare(slot);
  if (!axioms.has(name)) {
    const key = keyPresent(document, surroundings);
    axioms.set(
      name,
      any([all([key, atom(name, present)]), all([not(key), atom(name, absentSet)])]),
    );
  }
  return { kind: "slot", slot: name };
}

/**
 * WHY the definition: in two bundles that define an Event differently it is not the same one; nor
 * where its key is made of arguments that rules see differently.
 */
function historyName(document: Event | Meter, { identity }: Surroundings): string {
  const {
    source: _source,
    description: _description,
    metadataLabels: _labels,
    ...meant
  } = document;
  const written = document.key.some((part) => typeof part === "object");
  const definition = digestOf(JSON.parse(JSON.stringify(meant, dropSources))).slice(7, 15);
  return `${document.name} ${definition}${written ? ` ${identity}` : ""}`;
}

/** When every part of an Event's or a Meter's key is there. */
export function keyPresent({ key }: Event | Meter, surroundings: Surroundings): Formula {
  return all(key.map((part) => partPresent(part, surroundings)));
}

function partPresent(part: KeyPart, surroundings: Surroundings): Formula {
  if (typeof part === "object") {
    const term = surroundings.argument(part.args);
    if (term !== undefined) return test(term, present);
    return opaqueText(`${pathText(["args", ...part.args])} is there`, surroundings).holds;
  }
  switch (part) {
    case "user.id":
      return atom(placeSlot(surroundings, ["user"]) ?? "", mapSet);
    case "session.id":
      return atom(placeSlot(surroundings, ["session"]) ?? "", mapSet);
    case "session.task":
      return atom(placeSlot(surroundings, ["session", "task"]) ?? "", present);
    case "resource.type":
    case "resource.id":
      return opaqueText("the action touches one resource", surroundings).holds;
    case "agent.id":
    case "tool.server":
    case "tool.name":
    case "global":
      return always;
  }
}
