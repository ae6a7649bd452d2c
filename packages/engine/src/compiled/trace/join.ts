import { canonicalJson } from "@holdfast/model";
import type { Decision, DecisionTrace } from "@holdfast/model";
import { executes, ofEffect } from "../decision/combine.ts";
import { limitOf } from "../decision/judge.ts";
import type { Resolution } from "../decision/resolve.ts";
import type { RulePlan } from "../rule/program.ts";

type Join = DecisionTrace["joins"][number];

/** What rules ask for together, as the decision has it, with the rules that asked. */
export function joinsOf(resolution: Resolution, decision: Decision): Join[] {
  const { outcome, holding } = resolution;
  const joins: Join[] = [];
  const add = (of: Join["of"], rules: readonly RulePlan[], result: string): void => {
    joins.push({ of, rules: rules.map(({ name }) => name), result });
  };
  const { approvals, obligations, retryAfterMs, sandbox, restrict } = decision;
  if (approvals !== undefined)
    add("approvals", ofEffect(holding, "step_up"), approvalText(approvals));
  if (sandbox !== undefined) {
    const wanting = ofEffect(holding, "sandbox");
    const others = new Set(wanting.map(({ rule }) => rule.sandbox));
    others.delete(sandbox);
    const over = others.size === 0 ? "" : `, of lower rank than ${[...others].join(", ")}`;
    add("sandbox", wanting, `${sandbox}${over}`);
  }
  if (retryAfterMs !== undefined) {
    const waits = outcome.determining.filter(
      ({ rule }) => "retryAfterMs" in rule || limitOf(rule) !== undefined,
    );
    const which = outcome.effect === "defer" ? "the shortest" : "the longest";
    const of = waits.length > 1 ? `, ${which} of ${waits.length}` : "";
    add("retryAfterMs", waits, `${retryAfterMs / 1_000} s${of}`);
  }
  if (restrict !== undefined) {
    const until =
      restrict.ttlMs === undefined ? "until released" : `for ${restrict.ttlMs / 1_000} s`;
    add(
      "restrict",
      ofEffect(outcome.determining, "contain"),
      `${restrict.kinds.join(", ")} ${until}`,
    );
  }
  if (obligations.length > 0) {
    const asking = (executes(outcome.effect) ? holding : outcome.determining).filter(
      ({ rule }) => rule.obligations.length > 0,
    );
    add("obligations", asking, obligations.map((one) => obligationText(one)).join(", "));
  }
  return joins;
}

function approvalText(approvals: NonNullable<Decision["approvals"]>): string {
  const ttlMs = approvals[0]?.ttlMs ?? 0;
  const each = approvals.map(
    ({ quorum, from, met }) => `${quorum} of ${from.join(" or ")}${met ? " (met)" : ""}`,
  );
  return `${each.join(", and ")}, within ${ttlMs / 1_000} s`;
}

function obligationText(one: Decision["obligations"][number]): string {
  const [entry] = Object.entries(one);
  return entry === undefined ? canonicalJson(one) : `${entry[0]}: ${entry[1]}`;
}
