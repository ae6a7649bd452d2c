import type { EventMoment } from "../document/history.ts";
import { conditionText } from "./condition-text.ts";
import { definition } from "./definition.ts";
import type { Definition, Described } from "./definition.ts";
import type { KeyPart } from "./key-part.ts";
import { matchForm } from "./match.ts";
import type { ActionMatch } from "./match.ts";
import type { Duration } from "./rule.ts";
import { inScope } from "./scope.ts";
import type { Scope, Tools } from "./scope.ts";
import type { AnyNumber, Condition } from "./term.ts";

/** When an action has run, its result and outcome are known. */
type PhaseAt<At> = At extends "success" | "failure" ? "result" : "call";

/** What an Event says; every key is that of the YAML. */
export interface EventOptions<
  Name extends string,
  Matched extends Tools,
  At extends EventMoment,
> extends Described<Name> {
  readonly match?: ActionMatch<Matched>;
  /** the moment of an action at which the Event occurs */
  readonly at: At;
  readonly when?: Condition | ((scope: Scope<Matched, PhaseAt<At>>) => Condition);
  /** whose history it is */
  readonly key: readonly KeyPart<Matched>[];
  /** the moment is meant, though it does not fit every use */
  readonly polarity?: "accepted";
}

/** An Event. @throws HoldfastError `definition_invalid` */
export function defineEvent<
  const Name extends string,
  const At extends EventMoment,
  const Matched extends Tools = readonly [],
>(options: EventOptions<Name, Matched, At>): Definition<"Event", Name> {
  const { match, at, when, key, polarity } = options;
  const ran = at === "success" || at === "failure";
  const spec = {
    match: matchForm(match),
    at,
    when: textOf(when, { tools: match?.tools, ran }),
    key,
    polarity,
  };
  return definition("Event", options, { spec, below: defineEvent });
}

/** What a Meter says; every key is that of the YAML. */
export interface MeterOptions<Name extends string, Matched extends Tools> extends Described<Name> {
  readonly match?: ActionMatch<Matched>;
  /** the amount charged in begin; 1 when left out */
  readonly reserve?: AnyNumber | ((scope: Scope<Matched>) => AnyNumber);
  /** the amount that replaces it in end */
  readonly settle?: AnyNumber | ((scope: Scope<Matched, "result">) => AnyNumber);
  readonly key: readonly KeyPart<Matched>[];
  readonly window:
    | Duration
    | { readonly calendar: "hour" | "day" | "week" | "month"; readonly zone: string };
}

/** A Meter. @throws HoldfastError `definition_invalid` */
export function defineMeter<const Name extends string, const Matched extends Tools = readonly []>(
  options: MeterOptions<Name, Matched>,
): Definition<"Meter", Name> {
  const { match, reserve, settle, key, window } = options;
  const spec = {
    match: matchForm(match),
    reserve: textOf(reserve, { tools: match?.tools }),
    settle: textOf(settle, { tools: match?.tools, ran: true }),
    key,
    window,
  };
  return definition("Meter", options, { spec, below: defineMeter });
}

function textOf(given: unknown, parts: Parameters<typeof inScope>[1]): string | undefined {
  return given === undefined ? undefined : inScope(given, parts, (term) => conditionText(term));
}
