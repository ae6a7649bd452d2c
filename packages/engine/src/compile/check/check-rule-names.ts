import type { Span } from "@holdfast/model";
import type { Policy, Rule } from "../../document/policy.ts";
import type { Path } from "../yaml-document.ts";
import { documentSpan } from "./policy-set.ts";
import type { PolicySet } from "./policy-set.ts";
import { demandName } from "./vocabulary.ts";

/** Everything a rule names outside its conditions must exist; rule ids are unique in their policy. */
export function checkRuleNames(set: PolicySet): void {
  for (const policy of set.bundle.policies) {
    const first = new Map<string, Span>();
    for (const [index, rule] of policy.rules.entries()) {
      const path: Path = ["spec", "rules", index];
      const span = documentSpan(policy, [...path, "id"], set);
      const earlier = first.get(rule.id);
      if (earlier === undefined) first.set(rule.id, span);
      else {
        const notes = [{ message: "the other one", span: earlier }];
        const message = `policy \`${policy.name}\` has two rules with the id \`${rule.id}\``;
        set.report.error("duplicate_rule", message, span, { notes });
      }
      checkRule(policy, rule, path, set);
    }
  }
}

function checkRule(policy: Policy, rule: Rule, path: Path, set: PolicySet): void {
  const at = (...steps: Path): Span => documentSpan(policy, [...path, ...steps], set);
  for (const [index, obligation] of rule.obligations.entries()) {
    if ("label" in obligation) {
      demandName("label", obligation.label, at("obligations", index, "label"), set);
    }
  }
  if (rule.fallback !== undefined) {
    demandName("tool", rule.fallback.tool, at("fallback", "tool"), set);
  }
  if ("limit" in rule && rule.limit !== undefined) {
    demandName("meter", rule.limit.meter, at("limit", "meter"), set);
  }
  if (rule.effect === "sandbox") demandName("sandbox", rule.sandbox, at("in"), set);
  if (rule.effect === "step_up") {
    for (const [index, approver] of rule.approval.from.entries()) {
      const group = /^group:(.*)$/u.exec(approver)?.[1];
      if (group !== undefined) demandName("group", group, at("approval", "from", index), set);
    }
  }
  if (rule.effect === "contain") {
    for (const [index, kind] of rule.restrict.entries()) {
      demandRestriction(kind, at("restrict", index), set);
    }
  }
}

/** What a kind of restriction names must exist. */
export function demandRestriction(restriction: string, span: Span, set: PolicySet): void {
  const [, kind, name] = /^(label|tool|server):(.*)$/u.exec(restriction) ?? [];
  if (name === undefined) return;
  if (kind === "label") demandName("label", name, span, set);
  else if (kind === "server") demandName("server", name, span, set);
  else demandName("tool", name, span, set);
}
