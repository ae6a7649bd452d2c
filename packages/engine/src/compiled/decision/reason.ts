import { canonicalJson } from "@holdfast/model";
import type { Effect } from "@holdfast/model";
import { compileExpression } from "../expression/compile.ts";
import { policyNames } from "../rule/policy-names.ts";
import type { RulePlan } from "../rule/program.ts";
import { frameFor } from "../rule/subject.ts";
import type { Situation } from "../rule/subject.ts";
import { Failure } from "../value/failure.ts";
import { jsonOf } from "../value/json.ts";
import { byUnit } from "../value/map.ts";
import type { Result } from "../value/value.ts";
import type { Resolution } from "./resolve.ts";

const lengthMax = 1_000;

/** What the agent is told: the determining rules' own words, else a short text of what it is. */
export function reasonOf(resolution: Resolution, retryAfterMs: number | undefined): string {
  const { outcome, situation, detail } = resolution;
  if (detail !== undefined) return clip(detail);
  if (outcome.code === "rule" || outcome.code === "limit") {
    const own = new Set<string>();
    for (const plan of outcome.determining) {
      const text = ownWords(plan, situation);
      if (text !== undefined) own.add(text);
    }
    if (own.size > 0) return clip([...own].join("; "));
  }
  return clip(plainWords(resolution, retryAfterMs));
}

function plainWords({ outcome, situation }: Resolution, retryAfterMs: number | undefined): string {
  const seconds = Math.ceil((retryAfterMs ?? 0) / 1_000);
  const retry = retryAfterMs === undefined ? "" : `; try again in ${seconds} s`;
  switch (outcome.code) {
    case "default_deny":
      return `no policy allows \`${situation.plan.name}\``;
    case "eval_error":
      return "a policy could not be evaluated for this action";
    case "unavailable":
    case "audit_unavailable":
      return "what the policy asks for cannot be carried out here";
    case "limit":
      if (outcome.effect !== "step_up") return `a limit is reached${retry}`;
      return `a limit is reached; ${approvalWords(outcome.determining)}`;
    case "rule":
      return effectWords(outcome.effect, outcome.determining, retry);
    case "invalid_request":
    case "restricted":
    case "out_of_scope":
    case "registry":
    case "schema":
    case "modify_conflict":
      return "the action is denied";
  }
}

function effectWords(effect: Effect, determining: readonly RulePlan[], retry: string): string {
  switch (effect) {
    case "allow":
      return "allowed";
    case "modify":
      return "allowed with changes";
    case "sandbox":
      return "allowed in a sandbox";
    case "throttle":
      return `not now${retry}`;
    case "defer":
      return `not decidable yet${retry}`;
    case "step_up":
      return approvalWords(determining);
    case "deny":
      return "denied by policy";
    case "contain":
      return "denied by policy; the agent is restricted from now on";
  }
}

function approvalWords(determining: readonly RulePlan[]): string {
  const people = new Set<string>();
  for (const { rule } of determining) {
    if (rule.effect === "step_up") for (const one of rule.approval.from) people.add(one);
  }
  return `needs approval by ${[...people].sort(byUnit).join(", ")}`;
}

/** A rule's reason with its expressions filled in; one that fails shows as `{?}`. */
function ownWords(plan: RulePlan, situation: Situation): string | undefined {
  const { reason } = plan.rule;
  if (reason === undefined) return undefined;
  let text = "";
  // One host for all parts, so that a variable is evaluated once.
  const frame = frameFor(situation, situation.request.agent, plan.plan);
  for (const part of reason.parts) {
    if (typeof part === "string") text += part;
    else text += shown(compileExpression(part.ast, policyNames(plan.plan))(frame));
  }
  return text;
}

function shown(value: Result): string {
  const json = value instanceof Failure ? value : jsonOf(value);
  if (json instanceof Failure) return "{?}";
  return typeof json === "string" ? json : canonicalJson(json);
}

function clip(text: string): string {
  if (text.length <= lengthMax) return text;
  const last = text.charCodeAt(lengthMax - 2);
  // A cut through a surrogate pair would leave text that has no canonical form.
  const end = last >= 0xd800 && last < 0xdc00 ? lengthMax - 2 : lengthMax - 1;
  return `${text.slice(0, end)}…`;
}
