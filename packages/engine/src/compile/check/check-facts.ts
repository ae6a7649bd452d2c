import { factNames } from "@holdfast/model";
import type { FactName } from "@holdfast/model";
import { factOfUse } from "../../document/fact-vocabulary.ts";
import type { Expression } from "../../document/expression.ts";
import type { Match } from "../../document/policy.ts";
import { matchedTools } from "./matched-tools.ts";
import { expressionSpan, isSound } from "./policy-set.ts";
import type { PolicySet } from "./policy-set.ts";
import { ruleExpressions } from "./rule-expressions.ts";
import { freeNames } from "./syntax-walk.ts";

/**
 * A fact is read only where some tool that can be meant has an argument that it is computed from:
 * elsewhere reading it is always an error (POLICY.md section 1). Results are content of every tool.
 */
export function checkFacts(set: PolicySet): void {
  const { policies, events, meters } = set.bundle;
  for (const { match, variables, rules } of policies) {
    const expressions = [
      ...variables.map(({ expression }) => expression),
      ...rules.flatMap((rule) => ruleExpressions(rule).map(({ expression }) => expression)),
    ];
    checkReads(expressions, match, match.phase === "result", set);
  }
  for (const { match, when, at } of events) {
    checkReads([when], match, at === "success" || at === "failure", set);
  }
  for (const { match, reserve, settle } of meters) {
    checkReads([reserve], match, false, set);
    checkReads([settle], match, true, set);
  }
}

function checkReads(
  expressions: readonly (Expression | undefined)[],
  match: Match,
  ofResult: boolean,
  set: PolicySet,
): void {
  for (const expression of expressions) {
    if (expression === undefined || !isSound(expression, set)) continue;
    const names = freeNames(expression.ast);
    for (const name of factNames) {
      const reads = names.get(name) ?? [];
      if (reads.length === 0 || (name === "content" && ofResult)) continue;
      const { tools } = matchedTools(match, set.bundle);
      if (tools.some((tool) => argumentFor(name, tool.arguments) !== undefined)) continue;
      for (const { range } of reads) {
        const message = `no tool that this matches has an argument annotated for \`${name}\``;
        const span = expressionSpan(expression, range, set);
        const suggestion = helpFor(name, set);
        set.report.error("unannotated_fact", message, span, { suggestion });
      }
    }
  }
}

/** A tool that has such an argument, else how one gets it. */
function helpFor(name: FactName, { bundle }: PolicySet): string {
  for (const tool of bundle.tools) {
    const argument = argumentFor(name, tool.arguments);
    if (argument !== undefined) return `\`${argument}\` of \`${tool.name}\` is: match that tool`;
  }
  const use = Object.entries(factOfUse).find(([, fact]) => fact === name)?.[0] ?? name;
  return `say in the Tool document which one is, as in \`arguments: {NAME: ${use}}\``;
}

function argumentFor(
  name: FactName,
  uses: Readonly<Record<string, keyof typeof factOfUse>>,
): string | undefined {
  return Object.entries(uses).find(([, use]) => factOfUse[use] === name)?.[0];
}
