import type { Agent } from "@holdfast/model";
import type { Policy } from "../document/policy.ts";
import { CelError } from "./cel-error.ts";
import { evaluate } from "./evaluate.ts";
import { callHistory } from "./history-function.ts";
import { callOrigin } from "./origin/origin-function.ts";
import { agentValue } from "./request-value.ts";
import type { Scope } from "./scope.ts";
import type { Situation } from "./situation.ts";
import { CelMap } from "./value.ts";
import type { Value } from "./value.ts";

/** What the conditions of Events and Meters see: no policy, so no `params` and no `variables`. */
export function situationScope(situation: Situation): Scope {
  return {
    variable: (name) => situation.values.get(name),
    qualified: (name) => externalOf(situation, name),
    call: (name, args, target, budget) =>
      target === undefined
        ? (callHistory(name, args, situation) ?? callOrigin(name, args, situation, budget))
        : undefined,
    zones: situation.index.bundle.zones,
  };
}

/** What the rules of a policy see, with `agent` in the place of the acting agent. */
export function ruleScope(situation: Situation, policy: Policy, agent: Agent): Scope {
  const base = situationScope(situation);
  const params = situation.index.params.get(policy.name);
  const known = new Map<string, Value | CelError>();
  const variableOf = (name: string): Value | CelError | undefined => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const variable = policy.variables.find((candidate) => candidate.name === name);
    if (variable === undefined) return undefined;
    // Stands while the variable is evaluated, so that one that reads itself ends in this error.
    known.set(name, new CelError("variable_cycle", `\`variables.${name}\` reads itself`));
    const value = evaluate(variable.expression.ast, scope);
    known.set(name, value);
    return value;
  };
  const scope: Scope = {
    variable(name) {
      if (name === "agent") return agentValue(agent);
      if (name === "params") return params;
      if (name === "variables") return variablesMap(policy, variableOf);
      return base.variable(name);
    },
    qualified(name, absolute) {
      if (!name.startsWith("variables.")) return base.qualified?.(name, absolute);
      return variableOf(name.slice("variables.".length));
    },
    call: (name, args, target, budget) => base.call?.(name, args, target, budget),
    zones: situation.index.bundle.zones,
  };
  return scope;
}

/** For the rare reading of `variables` as a map: those that have a value. */
function variablesMap(
  policy: Policy,
  variableOf: (name: string) => Value | CelError | undefined,
): Value {
  const entries = policy.variables.flatMap(({ name }) => {
    const value = variableOf(name);
    return value === undefined || value instanceof CelError ? [] : [[name, value] as const];
  });
  return CelMap.ofStrings(entries);
}

/** `external.NAME`; an answer that was not gathered is an error to read. */
function externalOf(situation: Situation, name: string): CelError | undefined {
  const [root, field, ...rest] = name.split(".");
  if (root !== "external" || field === undefined || rest.length > 0) return undefined;
  if (Object.hasOwn(situation.input.external, field)) return undefined;
  return new CelError("unavailable", `no answer of \`external.${field}\` was gathered`);
}
