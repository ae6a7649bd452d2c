import { loadPolicySet, printForm } from "@holdfast/engine";
import type { JsonObject } from "@holdfast/model";
import type { LearnedRule } from "./learned-rule.ts";
import { policyDocument, settingsDocument, toolDocument } from "./policy-document.ts";
import type { DescribedTool } from "./policy-document.ts";

/** Arguments up to which every condition on them is affordable: nothing needs a look. */
const cheapArguments = 3;

/**
 * The rules with none that takes more steps than an expression may, as one on very many arguments does: a
 * policy set with it would not load. In its place every call of the tool is asked about, and where nobody can be asked
 * its own effect holds without a condition.
 */
export function affordable(
  described: DescribedTool,
  rules: readonly LearnedRule[],
  withoutStepUp: boolean,
): readonly LearnedRule[] {
  if (described.tool.arguments.length <= cheapArguments) return rules;
  const dear = dearRules(described, rules);
  return rules.map((rule) => {
    if (!dear.has(rule)) return rule;
    const { id, support } = rule;
    const effect = withoutStepUp ? rule.effect : "step_up";
    const reason = `the tool has too many arguments to look whether ${rule.reason}`;
    return { id, effect, reason, ...(support === undefined ? {} : { support }) };
  });
}

/** The rules that do not compile for the steps that they may take. */
function dearRules(
  described: DescribedTool,
  rules: readonly LearnedRule[],
): ReadonlySet<LearnedRule> {
  // Other conditions look at no argument, and name documents that are not here.
  const looking = rules.filter(({ when }) => when?.includes("args") === true);
  const policies = looking.map((rule, at) =>
    policyDocument({ ...described, name: `rule-${at}`, rules: [rule], approvers: ["user:any"] }),
  );
  const shared = [settingsDocument(["any"]), toolDocument(described)];
  const loaded = loadPolicySet([
    ...shared.map((document, at) => fileOf(`shared-${at}.yaml`, document)),
    ...policies.map((document, at) => fileOf(`${at}.yaml`, document)),
  ]);
  if (loaded.ok) return new Set();
  const costly = loaded.diagnostics.filter(({ code }) => code === "condition_cost");
  return new Set(costly.flatMap(({ span }) => looking[Number.parseInt(span.file, 10)] ?? []));
}

function fileOf(path: string, document: JsonObject) {
  return { path, text: printForm(document) };
}
