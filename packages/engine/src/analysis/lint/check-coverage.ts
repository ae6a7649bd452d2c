import type { Tool } from "../../document/kinds.ts";
import type { Reads } from "./rule-reads.ts";
import { argumentWords } from "./argument-word.ts";
import { nameSpan, ruleSpan } from "./lint-set.ts";
import type { LintSet, PlacedRule } from "./lint-set.ts";
import { derivable } from "../../compile/check/matched-tools.ts";
import { documentKeySpan } from "../../compile/check/policy-set.ts";

/** The rules that can meet a tool, in the order of the set. */
export type RulesByTool = ReadonlyMap<Tool, readonly PlacedRule[]>;

/** Which rules can meet which tool. */
export function rulesByTool(set: LintSet): RulesByTool {
  const found = new Map<Tool, PlacedRule[]>(set.bundle.tools.map((tool) => [tool, []]));
  for (const placed of set.rules) {
    for (const tool of set.tools.of(placed.policy.match).tools) found.get(tool)?.push(placed);
  }
  return found;
}

/**
 * Gaps: tools that no policy covers, that no rule can ever allow, and annotated arguments that
 * nothing looks at. `dead` are the rules that never hold.
 */
export function checkCoverage(rules: RulesByTool, dead: ReadonlySet<string>, set: LintSet): void {
  for (const [tool, covering] of rules) {
    const calls = covering.filter(({ policy }) => policy.match.phase === "call");
    const allows = calls.filter(({ rule, name }) => rule.effect === "allow" && !dead.has(name));
    if (allows.length > 0) checkArguments(tool, calls, allows, set);
    else tellGap(tool, calls, dead, set);
  }
}

function tellGap(
  tool: Tool,
  calls: readonly PlacedRule[],
  dead: ReadonlySet<string>,
  set: LintSet,
): void {
  const span = nameSpan(tool, set);
  if (calls.length === 0) {
    const message = `no policy covers \`${tool.name}\`, so it is always denied`;
    const suggestion = "grant what is needed of it, or remove the document";
    set.tell("unused_tool", message, span, { suggestion });
    return;
  }
  // A tool that is plainly denied is no gap: somebody meant it.
  if (calls.some((placed) => deniesAlways(placed))) return;
  const never = calls.filter(({ rule, name }) => rule.effect === "allow" && dead.has(name));
  const notes = never.map((placed) => ({
    message: `\`${placed.name}\` covers it and never holds`,
    span: ruleSpan(placed, set),
  }));
  const message = `no rule can ever allow \`${tool.name}\`, so it is always denied`;
  const suggestion =
    "add an allow rule for what is needed of it, or a deny rule that says that it is never allowed";
  set.tell("uncovered_tool", message, span, {
    suggestion,
    rules: never.map(({ name }) => name),
    ...(notes.length === 0 ? {} : { notes }),
  });
}

function deniesAlways({ rule, policy }: PlacedRule): boolean {
  const { agents, agentRoles, userRoles, environments, kinds } = policy.match;
  const everyone = [agents, agentRoles, userRoles, environments, kinds].every(
    (list) => list === undefined,
  );
  const denies = rule.effect === "contain" || (rule.effect === "deny" && rule.limit === undefined);
  return denies && everyone && policy.mode === "enforce" && isTrue(rule.when?.text);
}

function isTrue(text: string | undefined): boolean {
  return text === undefined || text === "true";
}

/** Facts that come from an annotated argument, and the labels that they derive. */
const factOf: ReadonlyMap<string, string> = new Map([
  ["shell", "shell"],
  ["sql", "sql"],
  ["path", "paths"],
  ["url", "urls"],
  ["k8s", "k8s"],
]);

/** An argument somebody found worth annotating, of a tool that is granted, that no rule reads. */
function checkArguments(
  tool: Tool,
  calls: readonly PlacedRule[],
  allows: readonly PlacedRule[],
  set: LintSet,
): void {
  const annotated = Object.entries(tool.arguments).filter(([, use]) => factOf.has(use));
  if (annotated.length === 0) return;
  const reads = calls.map((placed) => set.whenReads(placed));
  if (calls.some(({ policy }) => policy.match.labels?.some((label) => derivable.has(label))))
    return;
  for (const [argument, use] of annotated) {
    if (reads.some((read) => looksAt(read, argument, factOf.get(use) ?? use))) continue;
    const span = documentKeySpan(tool, ["spec", "arguments", argument], set);
    const message = `no rule looks at \`args.${argument}\` of \`${tool.name}\`, which is granted; it is ${argumentWords[use]}`;
    const [granting] = allows;
    set.tell("unread_argument", message, span, {
      rules: allows.slice(0, 3).map(({ name }) => name),
      suggestion: `judge it with \`${factOf.get(use) ?? use}\`, or deny what must never be in it`,
      ...(granting === undefined
        ? {}
        : { notes: [{ message: "granted here", span: ruleSpan(granting, set) }] }),
    });
  }
}

const wholes: ReadonlySet<string> = new Set(["action", "resource", "resources"]);

function looksAt({ paths }: Reads, argument: string, fact: string): boolean {
  const [first] = argument.split(/[.[]/u);
  return paths.some(({ path: [root, name] }) => {
    if (root === fact) return true;
    if (root === "args" || root === "original") return name === undefined || name === first;
    return root !== undefined && wholes.has(root);
  });
}
