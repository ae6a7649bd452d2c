import type { Expression } from "../../document/expression.ts";
import type { Event, Meter } from "../../document/history.ts";
import type { Policy } from "../../document/policy.ts";
import type { TypeEnvironment } from "../../cel/environment.ts";
import { checkTyped } from "./check-expression.ts";
import type { Wanted } from "./check-expression.ts";
import { checkKey } from "./check-key.ts";
import { checkModifications } from "./check-modifications.ts";
import { expressionSpan, isSound } from "./policy-set.ts";
import type { PolicySet } from "./policy-set.ts";
import { ruleExpressions } from "./rule-expressions.ts";
import type { ExpressionUse } from "./rule-expressions.ts";
import { freeNames, walk } from "./syntax-walk.ts";
import { argumentsType, baseEnvironment, scopesOf, withPolicy } from "./type-scope.ts";
import { factTypes } from "./variable-types.ts";

const wantedOf: Readonly<Record<ExpressionUse, Wanted>> = {
  when: "bool",
  set: "any",
  reason: "any",
  fallback: "map",
};

/** Every expression of the set is well typed for every tool it can meet, and reads only what exists there. */
export function checkTypes(set: PolicySet): void {
  const base = baseEnvironment(set);
  for (const policy of set.bundle.policies) checkPolicy(policy, base, set);
  for (const event of set.bundle.events) checkEvent(event, base, set);
  for (const meter of set.bundle.meters) checkMeter(meter, base, set);
  for (const document of [...set.bundle.events, ...set.bundle.meters]) {
    checkKey(document, scopesOf(document.match, base, set), set);
  }
  checkTools(base, set);
  checkExternals(base, set);
}

function checkPolicy(policy: Policy, base: TypeEnvironment, set: PolicySet): void {
  const scopes = withPolicy(policy, scopesOf(policy.match, base, set), set);
  const outcome = policy.match.phase === "result";
  for (const { expression } of policy.variables) {
    checkTyped(expression, "any", scopes, set);
    if (!outcome) refuseOutcome(expression, set);
  }
  for (const rule of policy.rules) {
    for (const { use, expression } of ruleExpressions(rule)) {
      checkTyped(expression, wantedOf[use], scopes, set);
      if (!outcome) refuseOutcome(expression, set);
    }
    if (rule.effect === "modify") checkModifications(rule, policy, scopes, set);
  }
}

function checkEvent(event: Event, base: TypeEnvironment, set: PolicySet): void {
  if (event.when === undefined) return;
  checkTyped(event.when, "bool", scopesOf(event.match, base, set), set);
  if (event.at !== "success" && event.at !== "failure") refuseOutcome(event.when, set);
}

function checkMeter(meter: Meter, base: TypeEnvironment, set: PolicySet): void {
  const scopes = scopesOf(meter.match, base, set);
  if (meter.reserve !== undefined) {
    checkTyped(meter.reserve, "number", scopes, set);
    refuseOutcome(meter.reserve, set);
  }
  if (meter.settle !== undefined) checkTyped(meter.settle, "number", scopes, set);
}

function checkTools(base: TypeEnvironment, set: PolicySet): void {
  const hidden = ["resource", "resources", ...factTypes.keys()];
  const environment = without(base, hidden);
  for (const tool of set.bundle.tools) {
    const args = argumentsType(tool);
    const variables = new Map([
      ...environment.variables,
      ["args", args],
      ["original", args],
    ] as const);
    const scope = { tool, args, environment: { ...environment, variables }, constants: new Map() };
    for (const { id } of tool.resources) {
      checkTyped(id, "text", [scope], set);
      refuseOutcome(id, set);
      refuseHistory(id, "a resource of a Tool", set);
    }
  }
}

function checkExternals(base: TypeEnvironment, set: PolicySet): void {
  const environment = without(base, ["external"]);
  for (const external of set.bundle.externals) {
    const scopes = scopesOf({ phase: "call" }, environment, set).slice(-1);
    for (const input of Object.values(external.input)) {
      checkTyped(input, "any", scopes, set);
      refuseOutcome(input, set);
      refuseHistory(input, "the input of an External", set);
    }
  }
}

function without(environment: TypeEnvironment, names: readonly string[]): TypeEnvironment {
  const variables = [...environment.variables].filter(([name]) => !names.includes(name));
  return { ...environment, variables: new Map(variables) };
}

function refuseOutcome(expression: Expression, set: PolicySet): void {
  if (!isSound(expression, set)) return;
  const names = freeNames(expression.ast);
  for (const name of ["result", "outcome"]) {
    for (const { range } of names.get(name) ?? []) {
      const message = `\`${name}\` exists only after the call`;
      const suggestion =
        "read it in a policy with `phase: result`, or in an Event at success or failure";
      const span = expressionSpan(expression, range, set);
      set.report.error("result_in_call", message, span, { suggestion });
    }
  }
}

/** Functions that read what happened before: Events, Meters and origins. */
const historyFunctions: ReadonlySet<string> = new Set([
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

function refuseHistory(expression: Expression, place: string, set: PolicySet): void {
  if (!isSound(expression, set)) return;
  walk(expression.ast, (each) => {
    if (each.kind !== "call" || !historyFunctions.has(each.function)) return;
    const span = expressionSpan(expression, each.functionRange, set);
    const message = `\`${each.function}\` cannot be read in ${place}`;
    set.report.error("state_out_of_place", message, span);
  });
}
