import { ruleClass } from "../rule/rule-table.ts";
import type { RulePlan } from "../rule/program.ts";
import type { Situation } from "../rule/subject.ts";

/**
 * Every rule that stands where one action is looked up at its stages, in order of name; some may
 * not match.
 */
export function foundRules(stages: readonly [Situation, ...Situation[]]): readonly RulePlan[] {
  const { table } = stages[0].program;
  const found = new Set<number>();
  for (const { request, plan, labels } of stages) {
    table.probe(request, plan, labels);
    for (const list of Object.values(ruleClass)) {
      for (let at = 0; at < table.foundCount; at += 1) {
        const end = table.end(at, list);
        for (let place = table.begin(at, list); place < end; place += 1) {
          found.add(table.entryAt(place));
        }
      }
    }
  }
  return [...found].sort((a, b) => a - b).flatMap((index) => table.rules.at(index) ?? []);
}
