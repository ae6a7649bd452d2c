import { loadPolicySet, printForm } from "@holdfast/engine";
import type { JsonObject } from "@holdfast/model";
import { namesRead } from "./learned-rule.ts";
import { phaseEvents } from "./usual-phase.ts";
import type { LearnedRule, UsualRules } from "./learned-rule.ts";
import { policyDocument, settingsDocument, toolDocument } from "./policy-document.ts";
import type { DescribedTool } from "./policy-document.ts";

/** Arguments up to which every condition on them is affordable, if none is a list: nothing needs a look. */
const cheapArguments = 3;

/** What the conditions of a tool may fill of its file, in bytes: a file has twice as many. */
const conditionsMax = 131_072;

/**
 * The rules with none that takes more steps, or room, than a policy may, as one on very many arguments does: a
 * policy set with it would not load. In its place every call of the tool is asked about, and where nobody can be asked
 * its own effect holds without a condition.
 */
export function affordable(
  described: DescribedTool,
  { rules, documents }: UsualRules,
  withoutStepUp: boolean,
): readonly LearnedRule[] {
  const { arguments: all } = described.tool;
  if (all.length <= cheapArguments && all.every(({ isList }) => !isList)) return rules;
  const long = longRules(rules);
  const short = rules.filter((rule) => !long.has(rule));
  const dear = new Set([...long, ...dearRules(described, short, documents)]);
  return rules.map((rule) => {
    if (!dear.has(rule)) return rule;
    const { id, support } = rule;
    const effect = withoutStepUp ? rule.effect : "step_up";
    const reason = `the tool has too many arguments to look whether ${rule.reason}`;
    return { id, effect, reason, ...(support === undefined ? {} : { support }) };
  });
}

/** The longest, but for which all have room in one file. */
function longRules(rules: readonly LearnedRule[]): ReadonlySet<LearnedRule> {
  const sized = rules.map((rule) => ({ rule, size: new TextEncoder().encode(rule.when).length }));
  const long = new Set<LearnedRule>();
  let left = sized.reduce((sum, { size }) => sum + size, 0);
  for (const { rule, size } of sized.sort((a, b) => b.size - a.size)) {
    if (left <= conditionsMax && size <= conditionsMax / 4) break;
    left -= size;
    long.add(rule);
  }
  return long;
}

/** The rules that do not compile for what they may take. */
function dearRules(
  described: DescribedTool,
  rules: readonly LearnedRule[],
  documents: readonly JsonObject[],
): ReadonlySet<LearnedRule> {
  // Other conditions look at no argument, and name documents that are not here.
  let looking = rules.filter(({ when }) => when?.includes("args") === true);
  const dear = new Set<LearnedRule>();
  for (;;) {
    const { found, isRead } = foundDear(described, looking, documents);
    for (const rule of found) dear.add(rule);
    // Steps are counted only where all could be read.
    if (isRead || found.length === 0) return dear;
    looking = looking.filter((rule) => !dear.has(rule));
  }
}

function foundDear(
  described: DescribedTool,
  rules: readonly LearnedRule[],
  documents: readonly JsonObject[],
): { readonly found: readonly LearnedRule[]; readonly isRead: boolean } {
  const policies = rules.map((rule, at) =>
    policyDocument({ ...described, name: `rule-${at}`, rules: [rule], approvers: ["user:any"] }),
  );
  const shared = [
    settingsDocument(["any"]),
    toolDocument(described),
    ...documents,
    ...phaseEvents(described.server, namesRead(rules)),
  ];
  const loaded = loadPolicySet([
    ...shared.map((document, at) => fileOf(`shared-${at}.yaml`, document)),
    ...policies.map((document, at) => fileOf(`${at}.yaml`, document)),
  ]);
  if (loaded.ok) return { found: [], isRead: true };
  const costly = loaded.diagnostics.filter(({ code }) => dearCodes.has(code));
  return {
    found: costly.flatMap(({ span }) => rules[Number.parseInt(span.file, 10)] ?? []),
    isRead: costly.every(({ code }) => code === stepsCode),
  };
}

const stepsCode = "condition_cost";
const dearCodes: ReadonlySet<string> = new Set([stepsCode, "cel_too_large", "cel_too_deep"]);

function fileOf(path: string, document: JsonObject) {
  return { path, text: printForm(document) };
}
