import { factNames } from "@holdfast/model";
import type { Expr } from "../cel/syntax.ts";
import { derivableLabels } from "../document/fact-vocabulary.ts";
import type { Rule } from "../document/policy.ts";
import { derivesLabels } from "./action-label.ts";
import { CelError } from "./cel-error.ts";
import { mayBeInScope } from "./delegation.ts";
import { enforcedRules, problemOf } from "./decide.ts";
import { evaluate } from "./evaluate.ts";
import { pathOf, subexpressionsOf } from "./expression-tree.ts";
import { chargedIn } from "./meter-window.ts";
import { covers } from "./match.ts";
import type { LoadedRule, PolicyIndex } from "./policy-index.ts";
import type { RecordedInput } from "./recorded-input.ts";
import type { ReferenceState } from "./reference-state.ts";
import { actionValue } from "./request-value.ts";
import { restrictionsAgainst } from "./restriction.ts";
import { ruleScope } from "./rule-scope.ts";
import { chainOf, situate } from "./situation.ts";
import type { Situation } from "./situation.ts";
import { slotOf } from "./state-key.ts";

/** A condition when the arguments are not known: it may still turn out either way. */
type Prospect = "always" | "never" | "perhaps";

/** Variables that arguments decide, so that a tool's name alone says nothing of them. */
const unknownVariables = ["args", "original", "resource", "resources", ...factNames] as const;

const argumentsUnknown = new CelError("arguments_unknown", "the arguments are not known");

/**
 * False only when no arguments could make this request allowed, now or after an approval or a
 * wait: used to hide tools from lists. Whatever depends on arguments counts as possible.
 */
export function couldAllow(
  index: PolicyIndex,
  input: RecordedInput,
  state: ReferenceState,
): boolean {
  if (problemOf(index, input) !== undefined) return false;
  if (input.mode === "observe") return true;
  if (input.registry === "changed" || input.registry === "ambiguous") return false;
  const situation = withoutArguments(index, input, state);
  if (restrictionsAgainst(situation).length > 0 || !mayBeInScope(situation)) return false;
  const rules = enforcedRules(index);
  if (rules.some((loaded) => denies(loaded, situation))) return false;
  if (input.request.action.phase === "result") return true;
  return rules.some((loaded) => mayGrant(loaded, situation));
}

function withoutArguments(
  index: PolicyIndex,
  input: RecordedInput,
  state: ReferenceState,
): Situation {
  const { request } = input;
  const stage = { args: request.args, original: request.args, result: request.result };
  const situation = situate(index, input, state, stage);
  const values = new Map(situation.values);
  for (const name of unknownVariables) values.set(name, argumentsUnknown);
  const { tool, toolLabels } = situation;
  const derives = derivesLabels(tool);
  if (derives) values.set("action", actionValue(request.action, argumentsUnknown));
  return {
    ...situation,
    // Derived labels depend on the arguments: nothing narrows for sure by one, any may grant.
    labels: toolLabels,
    sureLabels: derives ? [...toolLabels, ...derivableLabels] : toolLabels,
    args: {},
    argumentsKnown: false,
    resources: argumentsUnknown,
    values,
  };
}

/** Whether the rule denies whatever the arguments are. */
function denies({ policy, rule }: LoadedRule, situation: Situation): boolean {
  if (rule.effect !== "deny" && rule.effect !== "contain") return false;
  const { agent } = situation.request;
  if (!covers(policy.match, situation, agent, "narrowing")) return false;
  if (prospectOf({ policy, rule }, situation, agent) !== "always") return false;
  return !("limit" in rule) || rule.limit === undefined || exhausted(rule.limit, situation);
}

/** Whether the limit is passed by whatever this action charges. */
function exhausted(
  limit: { readonly meter: string; readonly max: number },
  situation: Situation,
): boolean {
  const meter = situation.index.meters.get(limit.meter);
  if (meter === undefined) return true;
  const keyed = meter.key.some((part) => typeof part === "object" || part.startsWith("resource."));
  if (keyed || situation.request.action.phase === "result") return false;
  const slot = slotOf(meter, situation);
  if (!slot.present) return true;
  const charges = situation.state.charges(slot.slot);
  const current = chargedIn(meter.window, charges, situation.input.nowMs);
  const covered = covers(
    { ...meter.match, phase: "call" },
    situation,
    situation.request.agent,
    "narrowing",
  );
  return current + (covered && meter.reserve === undefined ? 1 : 0) > limit.max;
}

function mayGrant({ policy, rule }: LoadedRule, situation: Situation): boolean {
  if (rule.effect !== "allow") return false;
  const agents = rule.ownAuthority ? [situation.request.agent] : chainOf(situation.request);
  return agents.every(
    (agent) =>
      covers(policy.match, situation, agent, "granting") &&
      prospectOf({ policy, rule }, situation, agent) !== "never",
  );
}

/**
 * An allow can never hold when its condition is false, or an error that arguments cannot heal;
 * any other rule always holds when it is true, or such an error. With unknown arguments every
 * error may hide the other outcome, unless the condition does not look at them.
 */
function prospectOf(
  { policy, rule }: { readonly policy: LoadedRule["policy"]; readonly rule: Rule },
  situation: Situation,
  agent: Situation["request"]["agent"],
): Prospect {
  if (rule.when === undefined) return "always";
  const value = evaluate(rule.when.ast, ruleScope(situation, policy, agent));
  const holdsOnError = rule.effect === "allow" ? "never" : "always";
  if (value instanceof CelError) {
    const names = derivesLabels(situation.tool) ? derivingNames : unknownNames;
    return readsArguments(rule.when.ast, policy.variables, names) ? "perhaps" : holdsOnError;
  }
  if (typeof value !== "boolean") return holdsOnError;
  return value ? "always" : "never";
}

/** Reads arguments itself, through a variable, or through a history key made of them. */
function readsArguments(
  expr: Expr,
  variables: LoadedRule["policy"]["variables"],
  names: ReadonlySet<string>,
): boolean {
  return subexpressionsOf(expr).some((part) => {
    if (part.kind === "call" && part.target === undefined && hostCalls.has(part.function)) {
      return true;
    }
    if (part.kind === "ident" && names.has(part.name)) return true;
    const path = pathOf(part);
    if (path === undefined || path[0] !== "variables") return false;
    const variable = variables.find(({ name }) => name === path[1]);
    return variable !== undefined && readsArguments(variable.expression.ast, variables, names);
  });
}

const unknownNames: ReadonlySet<string> = new Set(unknownVariables);
/** Names of a tool with annotated arguments, whose facts decide some labels of the action. */
const derivingNames: ReadonlySet<string> = new Set([...unknownNames, "action"]);

const hostCalls: ReadonlySet<string> = new Set([
  "happened",
  "count",
  "since",
  "meter",
  "origin",
  "from_only",
  "touches",
  "requested_by",
  "names_act",
]);
