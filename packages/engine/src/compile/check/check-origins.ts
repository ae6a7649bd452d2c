import type { Expr } from "../../cel/syntax.ts";
import type { Expression } from "../../document/expression.ts";
import { walkDirected } from "./direction.ts";
import type { Direction } from "./direction.ts";
import type { Help } from "./event-use.ts";
import { expressionSpan, isSound } from "./policy-set.ts";
import type { PolicySet } from "./policy-set.ts";
import { variableOf } from "./rule-expressions.ts";
import { callOf, literalText } from "./syntax-walk.ts";
import { grantingTiers } from "./vocabulary.ts";

/** Functions that only guess: they may narrow, and never help to grant. */
const hints: ReadonlySet<string> = new Set(["touches", "requested_by"]);

/**
 * A grant rests on no guess (POLICY.md section 3, "Origins"): `touches` and `requested_by` only
 * narrow, and an allow reads `origin` only to ask for a tier up to `field`. What an Event reads
 * counts for whatever its occurrence does, which `eventHelp` says; amounts of Meters narrow.
 */
export function checkOrigins(
  eventHelp: ReadonlyMap<string, ReadonlySet<Help>>,
  set: PolicySet,
): void {
  const { policies, events, meters } = set.bundle;
  for (const policy of policies) {
    const variables = (name: string) => variableOf(policy, name);
    for (const { when, effect } of policy.rules) {
      checkCondition(when, variables, effect === "allow" ? "grants" : "narrows", set);
    }
  }
  const none = () => undefined;
  for (const event of events) {
    for (const help of eventHelp.get(event.name) ?? []) checkCondition(event.when, none, help, set);
  }
  for (const { reserve, settle } of meters) {
    for (const amount of [reserve, settle]) checkCondition(amount, none, "narrows", set);
  }
}

function checkCondition(
  when: Expression | undefined,
  variables: (name: string) => Expression | undefined,
  help: Help,
  set: PolicySet,
): void {
  if (when === undefined || !isSound(when, set)) return;
  const grants = help === "grants";
  walkDirected(when, variables, ({ expr, direction, owner }) => {
    // That a request is off the topic is a reason to narrow, not a lack of one.
    if (!grants && isTopic(expr)) return true;
    if (expr.kind !== "call") return false;
    if (hints.has(expr.function) && widens(direction, grants)) {
      const does = grants ? "helps to grant" : "lifts a rule that narrows";
      const message = `\`${expr.function}\` is a hint that only narrows, but here it ${does}`;
      const span = expressionSpan(owner, expr.functionRange, set);
      set.report.error("narrowing_only", message, span);
    }
    if (!grants) return false;
    const tiers = callOf(expr, "no_worse");
    if (tiers !== undefined) {
      if (!isGrantingTier(tiers[1], direction)) tellTier(owner, expr, set);
      return true;
    }
    if (expr.function === "origin") tellTier(owner, expr, set);
    return false;
  });
}

function isTopic(expr: Expr): boolean {
  if (expr.kind !== "select" || expr.field !== "on_topic") return false;
  return callOf(expr.operand, "requested_by") !== undefined;
}

/** Whether a part with this direction can make a rule do more than it would without it. */
function widens(direction: Direction, grants: boolean): boolean {
  return grants ? direction !== "down" : direction === "down";
}

function isGrantingTier(tier: Expr | undefined, direction: Direction): boolean {
  const name = tier === undefined ? undefined : literalText(tier);
  return direction === "up" && name !== undefined && grantingTiers.includes(name);
}

function tellTier(owner: Expression, { range }: Expr, set: PolicySet): void {
  const message = `an allow rests only on origins up to the tier \`${grantingTiers.at(-1) ?? ""}\``;
  const suggestion =
    'write `no_worse(origin(…), "field")`, and use worse tiers in rules that narrow';
  const span = expressionSpan(owner, range, set);
  set.report.error("origin_tier", message, span, { suggestion });
}
