import type { JsonObject } from "@holdfast/model";
import { dynType } from "../cel/type.ts";
import { builtIn } from "./built.ts";
import { conditionText } from "./condition-text.ts";
import { definition } from "./definition.ts";
import type { Definition, Described } from "./definition.ts";
import { matchForm } from "./match.ts";
import type { ActionMatch } from "./match.ts";
import type { Rule } from "./rule.ts";
import { inScope } from "./scope.ts";
import type { Scope, Tools } from "./scope.ts";
import type { CelTerm } from "./term.ts";

/** What a Policy says; every key is that of the YAML. */
export interface PolicyOptions<
  Name extends string,
  Matched extends Tools,
  Phase extends "call" | "result",
  Mode extends "enforce" | "observe",
  Params extends JsonObject,
  Variables extends Readonly<Record<string, CelTerm>>,
> extends Described<Name> {
  /** observe: only recorded as what would have been decided */
  readonly mode?: Mode;
  readonly match?: ActionMatch<Matched> & {
    /** before the call, the default, or on its result */
    readonly phase?: Phase;
  };
  /** constants, read as `params.NAME` */
  readonly params?: Params;
  /** conditions by name, read as `variables.NAME` */
  readonly variables?: Variables | ((scope: Scope<Matched, Phase, Params>) => Variables);
  /** their order means nothing */
  readonly rules:
    | readonly RuleOf<Phase, Mode>[]
    | ((scope: Scope<Matched, Phase, Params, Variables>) => readonly RuleOf<Phase, Mode>[]);
}

/** A result was granted when the action was, and what only observes grants nothing. */
type RuleOf<Phase, Mode> = Rule<
  Phase extends "result"
    ? Exclude<AnyEffect, "allow" | "sandbox">
    : Mode extends "observe"
      ? Exclude<AnyEffect, "allow">
      : AnyEffect
>;

declare const none: unique symbol;

/** Of a policy that names none: no property can be read. */
type None = { readonly [none]?: never };

type AnyEffect =
  | "allow"
  | "modify"
  | "sandbox"
  | "throttle"
  | "defer"
  | "step_up"
  | "deny"
  | "contain";

/**
 * A Policy. `rules` is a function of what a condition sees; the arguments in it have the types of
 * the schemas of `match.tools`.
 *
 * @throws HoldfastError `definition_invalid`
 */
export function definePolicy<
  const Name extends string,
  const Matched extends Tools = readonly [],
  const Phase extends "call" | "result" = "call",
  const Mode extends "enforce" | "observe" = "enforce",
  const Params extends JsonObject = None,
  Variables extends Readonly<Record<string, CelTerm>> = None,
>(
  options: PolicyOptions<Name, Matched, Phase, Mode, Params, Variables>,
): Definition<"Policy", Name> {
  const { mode, match, params, variables, rules } = options;
  const base = { tools: match?.tools, ran: match?.phase === "result", params };
  const known = variables === undefined ? undefined : inScope(variables, base, knownFrom);
  const spec = {
    mode,
    match: matchForm(match),
    params,
    variables: known?.texts,
    rules: inScope(rules, { ...base, variables: known?.types }, (all) => all),
  };
  return definition("Policy", options, { spec, below: definePolicy });
}

/** The variables as they are written down, and what rules read of them. */
function knownFrom(terms: Readonly<Record<string, CelTerm>>) {
  const entries = Object.entries(terms).map(
    ([name, term]) => [name, conditionText(term), builtIn(term)?.type ?? dynType] as const,
  );
  return {
    texts: Object.fromEntries(entries.map(([name, text]) => [name, text])),
    types: new Map(entries.map(([name, , type]) => [name, type])),
  };
}
