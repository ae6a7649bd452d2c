import type { Bundle } from "../document/bundle.ts";
import { checkBoundaries } from "./check/check-boundaries.ts";
import { checkCost } from "./check/check-cost.ts";
import { checkEvents } from "./check/check-events.ts";
import { checkKinds } from "./check/check-kinds.ts";
import { checkMatchNames } from "./check/check-match-names.ts";
import { checkMeters } from "./check/check-meters.ts";
import { checkNameLiterals } from "./check/check-name-literals.ts";
import { checkOrigins } from "./check/check-origins.ts";
import { checkPolicyTests } from "./check/check-policy-tests.ts";
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

/** Runs every check that needs more than one document (POLICY.md section 10, "Errors"). */
export function checkPolicySet(bundle: Bundle, report: Report, marks: Marks): void {
  const set = { bundle, vocabulary: vocabularyOf(bundle, marks), report, marks };
  checkMatchNames(set);
  checkRuleNames(set);
  checkKinds(set);
  checkTools(set);
  checkTypes(set);
  checkNameLiterals(set);
  checkCost(set);
  checkVariableReads(set);
  checkRules(set);
  const eventHelp = checkEvents(set);
  checkMeters(eventHelp, set);
  checkOrigins(eventHelp, set);
  checkUser(set);
  checkVacuous(set);
  checkResource(set);
  checkBoundaries(set);
  checkPolicyTests(set);
}
