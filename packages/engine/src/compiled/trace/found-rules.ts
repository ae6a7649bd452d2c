import { ruleClass } from "../rule/rule-table.ts";
import type { RulePlan } from "../rule/program.ts";
import type { Situation } from "../rule/subject.ts";

/** Every rule that stands where this action is looked up, in order of name; some may not match. */
export function foundRules({ program, request, plan }: Situation): readonly RulePlan[] {
  const { table } = program;
  table.probe(request, plan);
  const found = new Set<number>();
  for (const list of Object.values(ruleClass)) {
    for (let at = 0; at < table.foundCount; at += 1) {
      const end = table.end(at, list);
      for (let place = table.begin(at, list); place < end; place += 1) {
        found.add(table.entryAt(place));
      }
    }
  }
  return [...found].sort((a, b) => a - b).flatMap((index) => table.rules.at(index) ?? []);
}
