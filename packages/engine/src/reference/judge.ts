import type { Agent } from "@holdfast/model";
import type { Meter } from "../document/history.ts";
import type { Limit, Policy, Rule } from "../document/policy.ts";
import { CelError } from "./cel-error.ts";
import { evaluate } from "./evaluate.ts";
import { absentPart } from "./history-function.ts";
import { chargedIn } from "./meter-window.ts";
import { coversAnyPhase, covers } from "./match.ts";
import type { LoadedRule } from "./policy-index.ts";
import { ruleScope, situationScope } from "./rule-scope.ts";
import { chainOf } from "./situation.ts";
import type { Situation } from "./situation.ts";
import { slotOf } from "./state-key.ts";
import { typeNameOf } from "./value-type.ts";
import { Uint } from "./value.ts";

/** Whether a rule holds: yes, no, or an error that its effect gives a meaning to. */
export type Verdict = boolean | CelError;

/** An amount that a limit can be asked about: never negative, always finite. */
type Amount = number | CelError;

/**
 * Whether a rule holds. An allow holds when it holds with every agent of the delegation chain in
 * the place of `agent` (POLICY.md section 6), unless it is about the agent's own authority.
 */
export function judge({ policy, rule }: LoadedRule, situation: Situation): Verdict {
  const { request } = situation;
  const agents = rule.effect === "allow" && !rule.ownAuthority ? chainOf(request) : [request.agent];
  return conjunction(agents.map((agent) => () => judgeFor(policy, rule, situation, agent)));
}

/** Whether a rule holds for one agent: its match, its condition and its limit together. */
export function judgeFor(policy: Policy, rule: Rule, situation: Situation, agent: Agent): Verdict {
  const stance =
    rule.effect === "allow" ? "granting" : rule.effect === "modify" ? "modifying" : "narrowing";
  if (!covers(policy.match, situation, agent, stance)) return false;
  const limit = "limit" in rule ? rule.limit : undefined;
  return conjunction([
    () => conditionOf(policy, rule, situation, agent),
    () => (limit === undefined ? true : exceeds(limit, situation)),
  ]);
}

function conditionOf(policy: Policy, rule: Rule, situation: Situation, agent: Agent): Verdict {
  if (rule.when === undefined) return true;
  const value = evaluate(rule.when.ast, ruleScope(situation, policy, agent));
  if (value instanceof CelError || typeof value === "boolean") return value;
  const type = typeNameOf(value);
  return new CelError(
    "no_such_overload",
    `a condition is a bool, not \`${type}\``,
    rule.when.ast.range,
  );
}

/** Whether current + this action's amount > max. */
function exceeds(limit: Limit, situation: Situation): Verdict {
  const state = limitState(limit, situation);
  return state instanceof CelError ? state : state.current + state.amount > limit.max;
}

/** What a limit compares: what is charged before this action, and what this action would add. */
export function limitState(
  limit: Limit,
  situation: Situation,
): { readonly meter: Meter; readonly current: number; readonly amount: number } | CelError {
  const meter = situation.index.meters.get(limit.meter);
  if (meter === undefined) {
    return new CelError("unknown_name", `there is no Meter \`${limit.meter}\``);
  }
  // In phase `result` the action has been charged already: `current` holds it.
  const charged = situation.request.action.phase === "result";
  const amount = charged ? 0 : amountOf(meter, situation);
  if (amount instanceof CelError) return amount;
  const slot = slotOf(meter, situation);
  if (!slot.present) return absentPart(meter.name, slot.part);
  const charges = situation.state.charges(slot.slot);
  return { meter, current: chargedIn(meter.window, charges, situation.input.nowMs), amount };
}

/** What this action would charge: 0 when the Meter does not cover it. */
export function amountOf(meter: Meter, situation: Situation): Amount {
  if (!coversAnyPhase(meter.match, situation, situation.request.agent, "narrowing")) return 0;
  if (meter.reserve === undefined) return 1;
  const value = evaluate(meter.reserve.ast, situationScope(situation));
  if (value instanceof CelError) return value;
  return checkedAmount(meter.name, value);
}

/** A number that can be charged (POLICY.md section 3: else it denies). */
export function checkedAmount(meter: string, value: unknown): Amount {
  const amount = value instanceof Uint ? Number(value.value) : toNumber(value);
  if (amount === undefined || !Number.isFinite(amount) || amount < 0) {
    return new CelError(
      "invalid_argument",
      `the amount for \`${meter}\` is not a finite number of at least 0`,
    );
  }
  return amount;
}

function toNumber(value: unknown): number | undefined {
  if (typeof value === "bigint") return Number(value);
  return typeof value === "number" ? value : undefined;
}

/** CEL's `&&` over many: false if any is false, else an error if any is, else true. */
function conjunction(parts: readonly (() => Verdict)[]): Verdict {
  let result: Verdict = true;
  for (const part of parts) {
    const verdict = part();
    if (verdict === false) return false;
    if (result === true) result = verdict;
  }
  return result;
}
