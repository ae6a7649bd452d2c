import { canonicalJson, copyJson } from "@holdfast/model";
import type { Decision, JsonObject } from "@holdfast/model";
import { documentForm } from "../../compile/form.ts";
import type { LoadOptions, PolicyFileText } from "../../compile/load.ts";
import { ruleExpressions } from "../../compile/check/rule-expressions.ts";
import { createEngine } from "../../compiled/compiled-engine.ts";
import type { Bundle, PolicyDocument } from "../../document/bundle.ts";
import type { Match, Policy, Rule } from "../../document/policy.ts";
import { runPolicyTests } from "../../policy-test/run.ts";
import { edited } from "../../text-edit.ts";
import { patternedTools, settleMatch } from "./covered-entry.ts";
import type { Finding, TextEdit } from "./finding.ts";
import { lintPolicySet } from "./lint.ts";
import { readsOf } from "./rule-reads.ts";

/** One finding that was mended. */
export interface AppliedFix {
  readonly finding: Finding;
  readonly title: string;
}

/** The files with every safe fix applied, and why nothing was, where something stood against it. */
export interface FixedSet {
  readonly files: readonly PolicyFileText[];
  readonly applied: readonly AppliedFix[];
  readonly refused?: string;
}

/** How often fixes may make room for others; each pass takes at least one finding away. */
const passesMax = 100;

/**
 * Applies the fixes of all findings, and those of what they leave, until nothing is left to fix.
 * Only the named stretches of a file change. **Guarantees** that the fixed set decides every
 * request as before: both sets are the same once what no rule reads, entries covered by others
 * and conditions that are the word `true` are left out, and their PolicyTests decide alike; else
 * the files come back as they were, with the reason in `refused`.
 */
export function fixPolicySet(
  files: readonly PolicyFileText[],
  options: LoadOptions = {},
): FixedSet {
  const first = lintPolicySet(files, options);
  const none = { files, applied: [] };
  if (!first.ok) return { ...none, refused: "the policies do not compile" };
  let current = files;
  let findings = first.findings;
  let last = first.bundle;
  const applied: AppliedFix[] = [];
  for (let pass = 0; pass < passesMax; pass += 1) {
    const { chosen, edits } = compatible(findings);
    if (chosen.length === 0) break;
    current = current.map(({ path, text }) => ({
      path,
      text: edited(text, edits.get(path) ?? []),
    }));
    const next = lintPolicySet(current, options);
    if (!next.ok) return { ...none, refused: "what the fixes make would not compile" };
    applied.push(...chosen);
    findings = next.findings;
    last = next.bundle;
  }
  if (applied.length === 0) return none;
  if (!decideAlike(first.bundle, last)) {
    return { ...none, refused: "what the fixes make could decide otherwise" };
  }
  return { files: current, applied };
}

/** Fixes whose edits do not touch each other, the first first. */
function compatible(findings: readonly Finding[]): {
  readonly chosen: readonly AppliedFix[];
  readonly edits: ReadonlyMap<string, readonly TextEdit[]>;
} {
  const chosen: AppliedFix[] = [];
  const edits = new Map<string, TextEdit[]>();
  for (const finding of findings) {
    const { fix } = finding;
    if (fix === undefined) continue;
    const free = fix.edits.every((edit) =>
      (edits.get(edit.file) ?? []).every((each) => edit.end < each.start || each.end < edit.start),
    );
    if (!free) continue;
    chosen.push({ finding, title: fix.title });
    for (const edit of fix.edits) edits.set(edit.file, [...(edits.get(edit.file) ?? []), edit]);
  }
  return { chosen, edits };
}

/** Whether two sets decide alike, judged by what is left of them, and by their own tests. */
function decideAlike(before: Bundle, after: Bundle): boolean {
  if (meaningOf(before) !== meaningOf(after)) return false;
  return testsText(before) === testsText(after);
}

/** What the PolicyTests of a set come to, but for the name of the set. */
function testsText(bundle: Bundle): string {
  const { results } = runPolicyTests(createEngine(bundle));
  return canonicalJson(
    results.map(({ test, name, decision }) => {
      const { bundle: _bundle, ...decided }: Partial<Decision> = decision ?? {};
      return [test, name, copyJson(decided)];
    }),
  );
}

/** A set written down without what no decision depends on. */
function meaningOf(bundle: Bundle): string {
  const patterned = patternedTools(bundle);
  const documents: readonly PolicyDocument[] = [
    bundle.settings,
    ...bundle.policies.map((policy) => settledPolicy(policy, patterned)),
    ...bundle.events.map((event) => ({ ...event, match: settleMatch(event.match, patterned) })),
    ...bundle.meters.map((meter) => ({ ...meter, match: settleMatch(meter.match, patterned) })),
    ...bundle.tools,
    ...bundle.agents,
    ...bundle.groups,
    ...bundle.lists,
    ...bundle.resources,
    ...bundle.sandboxes,
    ...bundle.externals,
    ...bundle.boundaries,
  ];
  return canonicalJson(documents.map((document): JsonObject => documentForm(document)));
}

function settledPolicy(policy: Policy, patterned: (entry: string) => boolean): Policy {
  const reads = policy.rules.flatMap((rule) =>
    ruleExpressions(rule).flatMap(({ expression }) => readsOf(expression, policy).paths),
  );
  const read = (root: string, name: string): boolean =>
    reads.some(({ path }) => path[0] === root && (path[1] === name || path.length === 1));
  const match: Match = settleMatch(policy.match, patterned);
  return {
    ...policy,
    match,
    params: Object.fromEntries(
      Object.entries(policy.params).filter(([name]) => read("params", name)),
    ),
    variables: policy.variables.filter(({ name }) => read("variables", name)),
    rules: policy.rules.map(settledRule),
  };
}

function settledRule(rule: Rule): Rule {
  const { ast } = rule.when ?? {};
  const constant = ast?.kind === "constant" ? ast.constant : undefined;
  if (constant?.type !== "bool" || !constant.value) return rule;
  const { when: _when, ...rest } = rule;
  return rest;
}
