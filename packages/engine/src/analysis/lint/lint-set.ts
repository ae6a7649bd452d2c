import type { Span } from "@holdfast/model";
import { documentSpan, expressionSpan } from "../../compile/check/policy-set.ts";
import type { Marks } from "../../compile/reading.ts";
import type { Path } from "../../compile/yaml-document.ts";
import type { Range } from "../../cel/syntax.ts";
import type { Bundle, PolicyDocument } from "../../document/bundle.ts";
import type { Expression } from "../../document/expression.ts";
import type { Policy, Rule } from "../../document/policy.ts";
import type { Detail, Finding } from "./finding.ts";
import { lintCodes } from "./lint-code.ts";
import type { LintCode } from "./lint-code.ts";
import { ruleReads } from "./rule-reads.ts";
import type { Reads } from "./rule-reads.ts";
import { createToolIndex } from "./tool-index.ts";
import type { ToolIndex } from "./tool-index.ts";

/** A rule with the policy it stands in. */
export interface PlacedRule {
  readonly policy: Policy;
  readonly rule: Rule;
  /** `policy/rule` */
  readonly name: string;
  /** its place among the rules of the policy */
  readonly index: number;
}

/** A compiled policy set under lint, and where findings go. */
export interface LintSet {
  readonly bundle: Bundle;
  readonly marks: Marks;
  /** every rule of every policy, in the order of the bundle */
  readonly rules: readonly PlacedRule[];
  readonly tools: ToolIndex;
  /** what the condition of a rule reads, through variables */
  whenReads(placed: PlacedRule): Reads;
  tell(code: LintCode, message: string, span: Span, detail?: Detail): void;
}

/** A set to run checks on; what they tell is added to `findings`. */
export function createLintSet(bundle: Bundle, marks: Marks, findings: Finding[]): LintSet {
  const rules = bundle.policies.flatMap((policy) =>
    policy.rules.map((rule, index) => ({
      policy,
      rule,
      name: `${policy.name}/${rule.id}`,
      index,
    })),
  );
  const known = new Map<PlacedRule, Reads>();
  return {
    bundle,
    marks,
    rules,
    whenReads: (placed) => {
      const reads = known.get(placed) ?? ruleReads(placed.rule, placed.policy, ["when"]);
      known.set(placed, reads);
      return reads;
    },
    tools: createToolIndex(bundle),
    tell: (code, message, span, { level = lintCodes[code].level, rules = [], ...detail } = {}) => {
      const { suggestion, notes, witness, fix } = detail;
      findings.push({
        code,
        level,
        message,
        span,
        rules,
        ...(suggestion === undefined ? {} : { suggestion }),
        ...(notes === undefined ? {} : { notes }),
        ...(witness === undefined ? {} : { witness }),
        ...(fix === undefined ? {} : { fix }),
      });
    },
  };
}

/** Where the id of a rule stands. */
export function ruleSpan({ policy, index }: PlacedRule, set: LintSet): Span {
  return documentSpan(policy, ["spec", "rules", index, "id"], set);
}

/** Where a part of a rule stands. */
export function rulePartSpan({ policy, index }: PlacedRule, path: Path, set: LintSet): Span {
  return documentSpan(policy, ["spec", "rules", index, ...path], set);
}

/** Where a part of an expression stands; the whole of it without `range`. */
export function partSpan(expression: Expression, range: Range | undefined, set: LintSet): Span {
  return expressionSpan(expression, range ?? { start: 0, end: expression.text.length }, set);
}

/** Where the name of a document stands. */
export function nameSpan(document: PolicyDocument, set: LintSet): Span {
  return documentSpan(document, ["metadata", "name"], set);
}
