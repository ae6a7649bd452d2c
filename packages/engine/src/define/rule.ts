import type { Obligation } from "@holdfast/model";
import { builtIn } from "./built.ts";
import { changesForm } from "./change.ts";
import type { Change } from "./change.ts";
import { conditionText } from "./condition-text.ts";
import { isDefinition, nameOf } from "./definition.ts";
import type { Definition, Reference } from "./definition.ts";
import type { CelDyn, Condition } from "./term.ts";

/** A rule, as it is written down: every key is that of the YAML. */
export interface Rule<Effect extends string = string> {
  readonly effect: Effect;
  readonly id: string;
  readonly [key: string]: unknown;
}

/** What any rule can say. */
export interface RuleFields {
  /** the condition; true when left out */
  readonly when?: Condition;
  /** why, for people; build it with `text`, or write `{CEL}` into it */
  readonly reason?: string;
  /** what must be done as well, or the action is denied */
  readonly obligations?: readonly Obligation[];
  /** the rule judges the agent's own authority and not each agent of the delegation chain */
  readonly delegated?: "own_authority";
}

/** What a rule can say that refuses. */
export interface RefusingFields extends RuleFields {
  /** one other action, decided on its own, whose result the agent gets */
  readonly fallback?: {
    readonly tool: Reference<"Tool">;
    readonly args: Readonly<Record<string, unknown>> | CelDyn;
  };
}

/** `30s`, `15m`, `1h`, `2d`. */
export type Duration = `${number}${"ms" | "s" | "m" | "h" | "d"}`;

/** Matches when the Meter and this action together exceed `max`; exact under parallel actions. */
export interface LimitField {
  readonly limit?: { readonly meter: Reference<"Meter">; readonly max: number };
}

/** Grants. */
export function allow(id: string, fields: RuleFields = {}): Rule<"allow"> {
  return { id, effect: "allow", ...common(fields) };
}

/** Runs with other arguments; in phase `result` shows a redacted result. */
export function modify(
  id: string,
  { changes, ...fields }: RuleFields & { readonly changes: readonly Change[] },
): Rule<"modify"> {
  return { id, effect: "modify", ...common(fields), ...changesForm(changes) };
}

/** Runs in a restricted or simulated place. */
export function sandbox(
  id: string,
  { in: place, ...fields }: RuleFields & { readonly in: Reference<"Sandbox"> },
): Rule<"sandbox"> {
  return { id, effect: "sandbox", ...common(fields), in: nameOf(place) };
}

/** Not now; without a `limit` it says itself when to come again. */
export function throttle(
  id: string,
  fields: RefusingFields & LimitField & { readonly retry_after?: Duration },
): Rule<"throttle"> {
  const { limit, retry_after, ...rest } = fields;
  return { id, effect: "throttle", ...refusing(rest), ...limitForm(limit), retry_after };
}

/** Not decidable yet: parked, decided again when something changes, denied at `timeout`. */
export function defer(
  id: string,
  fields: RefusingFields & { readonly timeout: Duration; readonly retry_after?: Duration },
): Rule<"defer"> {
  const { timeout, retry_after, ...rest } = fields;
  return { id, effect: "defer", ...refusing(rest), timeout, retry_after };
}

/** People must approve these exact arguments. */
export function stepUp(
  id: string,
  fields: RefusingFields &
    LimitField & {
      readonly approval: {
        readonly from: readonly (Approver | Definition<"Group">)[];
        readonly quorum?: number;
        readonly ttl: Duration;
      };
    },
): Rule<"step_up"> {
  const { approval, limit, ...rest } = fields;
  const from = approval.from.map((each) =>
    isDefinition(each) ? `group:${each.metadata.name}` : each,
  );
  const form = { ...approval, from };
  return { id, effect: "step_up", ...refusing(rest), ...limitForm(limit), approval: form };
}

/** Refused. */
export function deny(id: string, fields: RefusingFields & LimitField = {}): Rule<"deny"> {
  const { limit, ...rest } = fields;
  return { id, effect: "deny", ...refusing(rest), ...limitForm(limit) };
}

/** Refused, and a restriction stays in force for `ttl`, or until it is released. */
export function contain(
  id: string,
  fields: RefusingFields & { readonly restrict: readonly Restriction[]; readonly ttl?: Duration },
): Rule<"contain"> {
  const { restrict, ttl, ...rest } = fields;
  return { id, effect: "contain", ...refusing(rest), restrict, ttl };
}

type Approver = `group:${string}` | `user:${string}`;

type Restriction =
  | `label:${string}`
  | `tool:${string}`
  | `server:${string}`
  | "read_only"
  | "network"
  | "delegation"
  | "isolate"
  | "terminate";

function common({ when, ...rest }: RuleFields): object {
  return { when: when === undefined ? undefined : conditionText(when), ...rest };
}

function refusing({ fallback, ...fields }: RefusingFields): object {
  return {
    ...common(fields),
    fallback: fallback === undefined ? undefined : fallbackForm(fallback),
  };
}

function fallbackForm({ tool, args }: NonNullable<RefusingFields["fallback"]>): object {
  return { tool: nameOf(tool), args: builtIn(args) === undefined ? args : conditionText(args) };
}

function limitForm(limit: LimitField["limit"]): object {
  return limit === undefined ? {} : { limit: { meter: nameOf(limit.meter), max: limit.max } };
}
