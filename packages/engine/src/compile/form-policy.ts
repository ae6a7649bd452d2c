import { copyJson } from "@holdfast/model";
import type { Json, JsonObject } from "@holdfast/model";
import type { Expression } from "../document/expression.ts";
import type { Event, KeyPart, Meter } from "../document/history.ts";
import type { Match, Modification, Policy, Rule } from "../document/policy.ts";
import { durationText } from "./duration.ts";
import { modificationPathText } from "./modification-path.ts";

/** Members of a form that is part of another: copied, without those not given, with the whole. */
type Members = Readonly<Record<string, unknown>>;

function given(members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** The members whose value is given, as JSON without prototype. */
export function formOf(members: Readonly<Record<string, unknown>>): JsonObject {
  const form: Record<string, Json> = Object.create(null);
  for (const [key, value] of Object.entries(members)) {
    if (value !== undefined) form[key] = copyJson(value);
  }
  return form;
}

/** The list when it has entries. */
export function ifAny<Item>(list: readonly Item[]): readonly Item[] | undefined {
  return list.length === 0 ? undefined : list;
}

/** The record when it has members. */
export function ifMembers<Value extends object>(record: Value): Value | undefined {
  return Object.keys(record).length === 0 ? undefined : record;
}

/** How the text of an expression is written down. */
export type WriteText = (expression: Expression) => string;

/** As its author wrote it. */
export const asWritten: WriteText = ({ text }) => text;

/** The `match` of a document as it is written down; undefined when it restricts nothing. */
function matchForm(match: Match): Members | undefined {
  return ifMembers(
    given({
      agents: match.agents,
      agent_roles: match.agentRoles,
      user_roles: match.userRoles,
      tools: match.tools,
      labels: match.labels,
      kinds: match.kinds,
      environments: match.environments,
      phase: match.phase === "call" ? undefined : match.phase,
    }),
  );
}

/** The `spec` of a Policy. */
export function policySpec(policy: Policy, write: WriteText): JsonObject {
  return formOf({
    mode: policy.mode === "enforce" ? undefined : policy.mode,
    match: matchForm(policy.match),
    params: ifMembers(policy.params),
    variables: ifMembers(
      Object.fromEntries(policy.variables.map(({ name, expression }) => [name, write(expression)])),
    ),
    rules: policy.rules.map((rule) => ruleForm(rule, policy.match.phase, write)),
  });
}

function ruleForm(rule: Rule, phase: Match["phase"], write: WriteText): Members {
  return {
    id: rule.id,
    effect: rule.effect,
    when: rule.when && write(rule.when),
    reason: rule.reason?.text,
    obligations: ifAny(rule.obligations),
    delegated: rule.ownAuthority ? "own_authority" : undefined,
    fallback: fallbackForm(rule, write),
    ...effectForm(rule, phase, write),
  };
}

function fallbackForm({ fallback }: Rule, write: WriteText): Members | undefined {
  if (fallback === undefined) return undefined;
  const { tool, args } = fallback;
  return { tool, args: isExpression(args) ? write(args) : args };
}

function isExpression(args: Expression | JsonObject): args is Expression {
  return Object.hasOwn(args, "ast") && Object.hasOwn(args, "offsets");
}

function effectForm(
  rule: Rule,
  phase: Match["phase"],
  write: WriteText,
): Readonly<Record<string, unknown>> {
  switch (rule.effect) {
    case "allow":
      return {};
    case "modify":
      return modificationForm(rule.modifications, phase, write);
    case "sandbox":
      return { in: rule.sandbox };
    case "throttle":
      return { limit: limitForm(rule), retry_after: duration(rule.retryAfterMs) };
    case "defer":
      return { timeout: duration(rule.timeoutMs), retry_after: duration(rule.retryAfterMs) };
    case "step_up": {
      const { from, quorum, ttlMs } = rule.approval;
      return { limit: limitForm(rule), approval: { from, quorum, ttl: duration(ttlMs) } };
    }
    case "deny":
      return { limit: limitForm(rule) };
    case "contain":
      return { restrict: rule.restrict, ttl: duration(rule.ttlMs) };
  }
}

function duration(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : durationText(ms);
}

function limitForm({ limit }: Extract<Rule, { effect: "throttle" | "step_up" | "deny" }>): unknown {
  return limit === undefined ? undefined : { meter: limit.meter, max: limit.max };
}

function modificationForm(
  modifications: readonly Modification[],
  phase: Match["phase"],
  write: WriteText,
): Readonly<Record<string, unknown>> {
  const root = phase === "call" ? "args" : "result";
  const of = (operation: Modification["operation"]) =>
    modifications
      .filter((each) => each.operation === operation)
      .map(({ path, value, mask }) => ({
        text: modificationPathText({ root, segments: path }),
        value,
        mask,
      }));
  return {
    set: ifMembers(
      Object.fromEntries(of("set").map(({ text, value }) => [text, value && write(value)])),
    ),
    remove: ifAny(of("remove").map(({ text }) => text)),
    mask: ifMembers(Object.fromEntries(of("mask").map(({ text, mask }) => [text, mask]))),
  };
}

/** The `spec` of an Event. */
export function eventSpec(event: Event, write: WriteText): JsonObject {
  return formOf({
    match: matchForm(event.match),
    at: event.at,
    when: event.when && write(event.when),
    key: event.key.map(keyText),
    polarity: event.polarityAccepted ? "accepted" : undefined,
  });
}

/** The `spec` of a Meter. */
export function meterSpec(meter: Meter, write: WriteText): JsonObject {
  return formOf({
    match: matchForm(meter.match),
    reserve: meter.reserve && write(meter.reserve),
    settle: meter.settle && write(meter.settle),
    key: meter.key.map(keyText),
    window:
      "slidingMs" in meter.window
        ? durationText(meter.window.slidingMs)
        : { calendar: meter.window.calendar, zone: meter.window.zone },
  });
}

function keyText(part: KeyPart): string {
  return typeof part === "string" ? part : ["args", ...part.args].join(".");
}
