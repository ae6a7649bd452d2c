import type { Bundle } from "../document/bundle.ts";
import { checkBoundaries } from "./check/check-boundaries.ts";
import { checkCost } from "./check/check-cost.ts";
import { checkEvents } from "./check/check-events.ts";
import { checkFacts } from "./check/check-facts.ts";
import { checkKinds } from "./check/check-kinds.ts";
import { checkMatchNames } from "./check/check-match-names.ts";
import { checkMeters } from "./check/check-meters.ts";
import { checkNameLiterals } from "./check/check-name-literals.ts";
import { checkOrigins } from "./check/check-origins.ts";
import { checkPolicyTests } from "./check/check-policy-tests.ts";
import { checkRedaction } from "./check/check-redaction.ts";
import { checkResource } from "./check/check-resource.ts";
import { checkRuleNames } from "./check/check-rule-names.ts";
import { checkRules } from "./check/check-rules.ts";
import { checkTools } from "./check/check-tools.ts";
import { checkTypes } from "./check/check-types.ts";
import { checkUser } from "./check/check-user.ts";
import { checkVariableReads } from "./check/check-variable-reads.ts";
import { checkVacuous } from "./check/check-vacuous.ts";
import { vocabularyOf } from "./check/vocabulary.ts";
import type { Marks } from "./reading.ts";
import type { Report } from "./report.ts";

/** Runs every check that needs more than one document (POLICY.md section 10, "Errors"), in steps. */
export function* policySetChecks(bundle: Bundle, report: Report, marks: Marks): Generator<void> {
  const set = { bundle, vocabulary: vocabularyOf(bundle, marks), report, marks };
  const ofNames = [checkMatchNames, checkRuleNames, checkKinds, checkTools];
  const ofExpressions = [checkTypes, checkNameLiterals, checkCost, checkVariableReads, checkRules];
  for (const check of [...ofNames, ...ofExpressions]) {
    check(set);
    yield;
  }
  const eventHelp = checkEvents(set);
  yield;
  checkMeters(eventHelp, set);
  checkOrigins(eventHelp, set);
  yield;
  const ofUses = [checkUser, checkVacuous, checkFacts, checkResource, checkBoundaries];
  for (const check of [...ofUses, checkRedaction, checkPolicyTests]) {
    check(set);
    yield;
  }
}
