import { covers } from "../rule/coverage.ts";
import { ruleClass } from "../rule/rule-table.ts";
import type { RulePlan } from "../rule/program.ts";
import type { Situation } from "../rule/subject.ts";

/** Which rules take part: those that decide, or those in mode observe beside them. */
export type Scope = "enforced" | "all";

const stances = { modify: "modifying", narrow: "narrowing", allow: "granting" } as const;

/** The rules of a class whose match covers the action and its agent, in order of name. */
export function candidates(
  situation: Situation,
  kind: keyof typeof ruleClass,
  scope: Scope,
): readonly RulePlan[] {
  const { program, request, plan } = situation;
  const { table } = program;
  const found: number[] = [];
  table.probe(request, plan, kind === "allow" ? situation.sureLabels : situation.labels);
  const list = ruleClass[kind];
  for (let at = 0; at < table.foundCount; at += 1) {
    const end = table.end(at, list);
    for (let place = table.begin(at, list); place < end; place += 1) {
      found.push(table.entryAt(place));
    }
  }
  if (found.length === 0) return [];
  const unregistered = kind === "allow" && !situation.registered;
  const stance = stances[kind];
  found.sort((a, b) => a - b);
  const rules: RulePlan[] = [];
  let last = -1;
  for (const index of found) {
    if (index === last) continue;
    last = index;
    const rule = table.rules.at(index);
    if (rule === undefined) continue;
    const { mode, match } = rule.plan.policy;
    if (scope === "enforced" && mode === "observe") continue;
    const keys = table.unsettled[index] ?? 0;
    const settled = keys === 0 && !unregistered;
    if (settled || covers(match, situation, request.agent, stance, keys)) rules.push(rule);
  }
  return rules;
}
