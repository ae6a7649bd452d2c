import { canonicalJson } from "@holdfast/model";
import type { Effect } from "@holdfast/model";
import type { Template } from "../document/expression.ts";
import { CelError } from "./cel-error.ts";
import { evaluate } from "./evaluate.ts";
import { toJson } from "./json-value.ts";
import type { LoadedRule } from "./policy-index.ts";
import type { Resolution } from "./resolve.ts";
import { ruleScope } from "./rule-scope.ts";
import type { Situation } from "./situation.ts";
import type { Value } from "./value.ts";

/** The longest reason, in UTF-16 units; what arguments put into a template may be long. */
const reasonLengthMax = 1_000;

/**
 * What the agent is told: the determining rules' own words in order of rule, else a short text
 * that says what and whether to try again; never the policy's internals.
 */
export function reasonText(resolution: Resolution, retryAfterMs: number | undefined): string {
  const { outcome, situation, detail } = resolution;
  if (detail !== undefined) return clip(detail);
  const own = outcome.determining.flatMap((loaded) => {
    const text = loaded.rule.reason;
    return text === undefined ? [] : [rendered(text, loaded, situation)];
  });
  const speaks = outcome.code === "rule" || outcome.code === "limit";
  if (speaks && own.length > 0) return clip([...new Set(own)].join("; "));
  return clip(defaultText(resolution, retryAfterMs));
}

function defaultText({ outcome, situation }: Resolution, retryAfterMs: number | undefined): string {
  const retry =
    retryAfterMs === undefined ? "" : `; try again in ${Math.ceil(retryAfterMs / 1_000)} s`;
  switch (outcome.code) {
    case "default_deny":
      return `no policy allows \`${situation.toolName}\``;
    case "eval_error":
      return "a policy could not be evaluated for this action";
    case "unavailable":
    case "audit_unavailable":
      return "what the policy asks for cannot be carried out here";
    case "limit":
      return outcome.effect === "step_up"
        ? `a limit is reached; ${approvalText(outcome.determining)}`
        : `a limit is reached${retry}`;
    case "rule":
      return effectText(outcome.effect, outcome.determining, retry);
    case "invalid_request":
    case "restricted":
    case "out_of_scope":
    case "registry":
    case "schema":
    case "modify_conflict":
      return "the action is denied";
  }
}

function effectText(effect: Effect, determining: readonly LoadedRule[], retry: string): string {
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
      return approvalText(determining);
    case "deny":
      return "denied by policy";
    case "contain":
      return "denied by policy; the agent is restricted from now on";
  }
}

function approvalText(determining: readonly LoadedRule[]): string {
  const people = determining.flatMap(({ rule }) =>
    rule.effect === "step_up" ? rule.approval.from : [],
  );
  return `needs approval by ${[...new Set(people)].sort().join(", ")}`;
}

/** An expression that errors prints as `{?}`. */
function rendered(template: Template, loaded: LoadedRule, situation: Situation): string {
  const scope = ruleScope(situation, loaded.policy, situation.request.agent);
  return template.parts
    .map((part) => (typeof part === "string" ? part : valueText(evaluate(part.ast, scope))))
    .join("");
}

function valueText(value: Value | CelError): string {
  if (value instanceof CelError) return "{?}";
  const json = toJson(value);
  if (json instanceof CelError) return "{?}";
  return typeof json === "string" ? json : canonicalJson(json);
}

function clip(text: string): string {
  if (text.length <= reasonLengthMax) return text;
  const cut = text.slice(0, reasonLengthMax - 1);
  // A cut through a surrogate pair would leave text that has no canonical form.
  return `${/[\uD800-\uDBFF]$/u.test(cut) ? cut.slice(0, -1) : cut}…`;
}
