import type { Policy, Rule } from "../../document/policy.ts";
import { checkMoment } from "./check-moment.ts";
import { documentKeySpan, documentSpan } from "./policy-set.ts";
import type { PolicySet } from "./policy-set.ts";
import { variableOf } from "./rule-expressions.ts";
import { walk } from "./syntax-walk.ts";
import type { Expr } from "../../cel/syntax.ts";
import { readsOf } from "../order-variables.ts";

/** What a rule may be, given its policy's mode and phase (POLICY.md section 2). */
export function checkRules(set: PolicySet): void {
  for (const policy of set.bundle.policies) {
    for (const [index, rule] of policy.rules.entries()) {
      checkAllow(policy, rule, index, set);
      checkResultPhase(policy, rule, index, set);
      checkThrottle(policy, rule, index, set);
    }
  }
  checkMoment(set);
}

function checkAllow(policy: Policy, rule: Rule, index: number, set: PolicySet): void {
  if (rule.effect !== "allow") return;
  const span = documentSpan(policy, ["spec", "rules", index, "effect"], set);
  if (policy.mode === "observe") {
    const mode = documentSpan(policy, ["spec", "mode"], set);
    const message = `policy \`${policy.name}\` only observes, and cannot grant`;
    const suggestion = "move the allow rule to a policy of its own, in mode enforce";
    const notes = [{ message: "the mode", span: mode }];
    set.report.error("observe_allow", message, span, { suggestion, notes });
  }
  if (policy.match.phase === "result") {
    const message = "a result is shown unless a rule withholds it, so there is nothing to allow";
    const suggestion = "remove the rule, or deny what must not be shown";
    set.report.error("allow_in_result", message, span, { suggestion });
  }
}

function checkResultPhase(policy: Policy, rule: Rule, index: number, set: PolicySet): void {
  if (policy.match.phase !== "result") return;
  if (rule.effect === "sandbox") {
    const span = documentSpan(policy, ["spec", "rules", index, "effect"], set);
    const message = "the action has run already, and cannot be run in a sandbox";
    set.report.error("effect_in_result", message, span);
  }
  if (rule.fallback !== undefined) {
    const span = documentKeySpan(policy, ["spec", "rules", index, "fallback"], set);
    const message = "the action has run already, and no other takes its place";
    set.report.error("effect_in_result", message, span);
  }
}

function checkThrottle(policy: Policy, rule: Rule, index: number, set: PolicySet): void {
  if (rule.effect !== "throttle" || rule.retryAfterMs !== undefined) return;
  const metered = rule.when !== undefined && callsMeter(rule.when.ast, policy);
  if (rule.limit !== undefined && !metered) return;
  const span = documentSpan(policy, ["spec", "rules", index, "effect"], set);
  const message = metered
    ? "only a `limit` tells when there is room again, `meter` in a condition does not"
    : "a throttle without a `limit` does not know when to come again";
  const suggestion = "add `retry_after: 30s`, or another duration";
  set.report.error("retry_after", message, span, { suggestion });
}

function callsMeter(ast: Expr, policy: Policy, seen = new Set<string>()): boolean {
  let found = false;
  walk(ast, (each) => {
    if (each.kind === "call" && each.function === "meter") found = true;
  });
  return (
    found ||
    readsOf({ ast }).some((name) => {
      const variable = seen.has(name) ? undefined : variableOf(policy, name);
      seen.add(name);
      return variable !== undefined && callsMeter(variable.ast, policy, seen);
    })
  );
}
