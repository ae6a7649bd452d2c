import type { Diagnostic } from "@holdfast/model";
import { loadPlaced } from "../../compile/load.ts";
import type { LoadOptions, PolicyFileText } from "../../compile/load.ts";
import type { Marks } from "../../compile/reading.ts";
import type { Bundle } from "../../document/bundle.ts";
import { withoutAllowed } from "./allow-comment.ts";
import { checkArguments } from "./check-arguments.ts";
import { checkConditions } from "./check-conditions.ts";
import { checkConflicts } from "./check-conflicts.ts";
import { checkCover } from "./check-cover.ts";
import { checkCoverage, rulesByTool } from "./check-coverage.ts";
import { checkGrants } from "./check-grants.ts";
import { checkLimits } from "./check-limits.ts";
import { checkMatches } from "./check-matches.ts";
import { checkModifications } from "./check-modifications.ts";
import { checkPatterns } from "./check-patterns.ts";
import { checkReads } from "./check-reads.ts";
import { checkReach } from "./check-reach.ts";
import { checkUnused } from "./check-unused.ts";
import type { Finding } from "./finding.ts";
import { createLintSet } from "./lint-set.ts";
import { PlainConditions } from "./plain-rule.ts";
import { Questions } from "./question.ts";

/** A policy set that compiles, with everything lint has to say of it; or why it does not. */
export type LintResult =
  | {
      readonly ok: true;
      readonly bundle: Bundle;
      /** sorted by file, position and code; warnings of the compiler are among them */
      readonly findings: readonly Finding[];
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/**
 * Compiles a policy set and looks for what an author would want to know (POLICY.md section 10).
 * Whatever could not be decided is a finding of level `unknown`, so that nothing is told as fine
 * that was not found so. Every witness was run by the engine. Pure; the same files give the same
 * findings, whatever their order.
 */
export function lintPolicySet(
  files: readonly PolicyFileText[],
  options: LoadOptions = {},
): LintResult {
  const { result, marks } = loadPlaced(files, options);
  if (!result.ok) return result;
  const { bundle, warnings } = result;
  return { ok: true, bundle, findings: findingsOf(bundle, marks, warnings) };
}

function findingsOf(
  bundle: Bundle,
  marks: Marks,
  warnings: readonly Diagnostic[],
): readonly Finding[] {
  const findings: Finding[] = warnings.map(({ severity: level, ...warning }) => ({
    ...warning,
    level,
    rules: [],
  }));
  const set = createLintSet(bundle, marks, findings);
  const questions = new Questions(set);
  const plain = new PlainConditions(questions, set);
  const dead = checkConditions(plain, questions, set);
  const shadowed = checkCover(dead, { plain, questions, set });
  checkConflicts(dead, questions, set);
  checkPatterns(questions, set);
  checkGrants(set);
  checkArguments(set);
  checkReads(dead, questions, set);
  checkMatches(set);
  checkReach(set);
  checkLimits(set);
  checkModifications(set);
  checkUnused(set);
  checkCoverage(rulesByTool(set), new Set([...dead, ...shadowed]), set);
  const told = findings.splice(0);
  const left = withoutAllowed(told, set);
  return [...left, ...findings].sort(byPlace);
}

function byPlace(one: Finding, other: Finding): number {
  const [a, b] = [one.span, other.span];
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  if (a.start.offset !== b.start.offset) return a.start.offset - b.start.offset;
  const [first, second] = [one, other].map(({ code, message }) => `${code} ${message}`);
  return (first ?? "") < (second ?? "") ? -1 : 1;
}
