import type { Expr } from "../../cel/syntax.ts";
import type { Names, Step } from "../expression/frame.ts";
import { Failure } from "../value/failure.ts";
import { recordOf } from "../value/map.ts";
import type { Result, Value } from "../value/value.ts";
import { compileExpression } from "../expression/compile.ts";
import { historyCalls } from "./history-call.ts";
import { originReaders } from "./origin-reading.ts";
import type { PolicyPlan } from "./program.ts";
import { agentRecord, isVariable } from "./request-variable.ts";
import type { Subject } from "./subject.ts";
import { someWithin } from "./syntax.ts";

type SubjectStep = Step<Subject>;

/** What the conditions of Events and Meters see: no `params` and no `variables`. */
export const situationNames: Names<Subject> = {
  variable: situationVariable,
  qualified: externalName,
  call: (name) => historyCalls.get(name),
};

/** What the expressions that find resources see: variables, but no history and no resources. */
export const resourceNames: Names<Subject> = {
  variable: (name) =>
    name === "resource" || name === "resources" ? undefined : situationVariable(name),
  qualified: () => undefined,
  call: () => undefined,
};

/** What the rules of a policy see. */
export function policyNames(plan: PolicyPlan): Names<Subject> {
  return {
    variable(name) {
      if (name === "agent") {
        return ({ host }) =>
          host.agent === host.situation.request.agent ? actingAgent(host) : agentRecord(host.agent);
      }
      if (name === "params") return () => plan.params;
      if (name === "variables") return ({ host }) => variablesRecord(host);
      return situationVariable(name);
    },
    qualified(name) {
      if (!name.startsWith("variables.")) return externalName(name);
      const index = plan.variables.get(name.slice("variables.".length));
      return index === undefined ? undefined : ({ host }) => variableAt(host, index);
    },
    call: (name) => historyCalls.get(name),
    json: (name) => (name === "args" ? ({ host }) => host.situation.plainArgs : undefined),
    kept: (call) => (isShared(call) ? ({ host }) => host.situation.judged.calls : undefined),
  };
}

/** Whether a call looks for origins by what every policy and agent sees alike. */
function isShared(call: Expr): boolean {
  if (call.kind !== "call" || !originReaders.has(call.function)) return false;
  return !someWithin(call, (part) => {
    if (part.kind === "macro") return true;
    return part.kind === "ident" && (part.name === "agent" || !isVariable(part.name));
  });
}

function situationVariable(name: string): SubjectStep | undefined {
  if (!isVariable(name)) return undefined;
  const missing = new Failure("unknown_name", `there is no name \`${name}\``);
  return ({ host }) => {
    const value = host.situation.value(name);
    return value === undefined ? missing : value;
  };
}

/** `external.NAME`: an answer that was not gathered is an error to read. */
function externalName(
  name: string,
): ((frame: { readonly host: Subject }) => Result | undefined) | undefined {
  const parts = name.split(".");
  const [root, field] = parts;
  if (root !== "external" || field === undefined || parts.length !== 2) return undefined;
  const missing = new Failure("unavailable", `no answer of \`external.${field}\` was gathered`);
  return ({ host }) =>
    Object.hasOwn(host.situation.recorded.external, field) ? undefined : missing;
}

/** A variable of the policy, evaluated once for each rule that is judged. */
function variableAt(host: Subject, index: number): Result {
  const known = host.variables[index];
  if (known !== undefined) return known;
  const { policy: plan } = host;
  const variable = plan?.policy.variables[index];
  if (plan === undefined || variable === undefined) {
    return new Failure("unknown_name", "there is no such variable");
  }
  // Stands while the variable is evaluated, so that one that reads itself ends in this error.
  const cycle = new Failure("variable_cycle", `\`variables.${variable.name}\` reads itself`);
  host.variables[index] = cycle;
  const evaluate = (plan.evaluations[index] ??= compileExpression(
    variable.expression.ast,
    policyNames(plan),
  ));
  const value = evaluate({ host, bench: host.situation.program.bench, slots: [] });
  host.variables[index] = value;
  return value;
}

function actingAgent({ situation }: Subject): Result {
  const known = situation.value("agent");
  return known === undefined ? agentRecord(situation.request.agent) : known;
}

/** For the rare reading of `variables` as a map: those that have a value. */
function variablesRecord(host: Subject): Value {
  const fields: (readonly [string, Value])[] = [];
  for (const [index, { name }] of (host.policy?.policy.variables ?? []).entries()) {
    const value = variableAt(host, index);
    if (!(value instanceof Failure)) fields.push([name, value]);
  }
  return recordOf(fields);
}
