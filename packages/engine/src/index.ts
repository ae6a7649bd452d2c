export type { Bundle, PolicyDocument } from "./document/bundle.ts";
export { originTiers } from "./document/origin-vocabulary.ts";
export type { OriginTier } from "./document/origin-vocabulary.ts";
export { loadPolicySet, policySetLoading } from "./compile/load.ts";
export type { LoadOptions, LoadResult, PolicyFileText } from "./compile/load.ts";
export { historyDigest } from "./compile/history-digest.ts";
export { costBound } from "./compile/cost/cost-bound.ts";
export { printDocuments, printForm } from "./compile/print.ts";
export { diagnosticCodes } from "./compile/codes.ts";
export type { DiagnosticCode } from "./compile/codes.ts";
export { isEnvironmentName, isToolName } from "./compile/schema/field.ts";
export { policyFileSchema, policySchemas } from "./compile/schema/documents.ts";
export type {
  Capabilities,
  CompiledEngine,
  DecisionInput,
  Engine,
  Explanation,
  NearestAllow,
  Occurrence,
  Rewriting,
  Rewritten,
  RuleReference,
  State,
  StateKeeper,
  StatePart,
} from "./engine.ts";
export { parseExpression } from "./cel/parse.ts";
export type { ParseResult } from "./cel/parse.ts";
export type { ExpressionError } from "./cel/expression-error.ts";
export type { Constant, Expr, Macro, Range } from "./cel/syntax.ts";
export { printExpression } from "./cel/printer.ts";
export { selectorText } from "./cel/literal-text.ts";
export { evaluate } from "./reference/evaluate.ts";
export { evaluateTraced, tracedAt } from "./reference/evaluate-trace.ts";
export type { Trace } from "./reference/evaluate-trace.ts";
export { CelError } from "./reference/cel-error.ts";
export type { CelErrorCode } from "./reference/cel-error.ts";
export { fromJson, toJson } from "./reference/json-value.ts";
export type { Scope } from "./reference/scope.ts";
export { Duration, Timestamp } from "./reference/time-value.ts";
export { CelMap, Optional, TypeValue, Uint } from "./reference/value.ts";
export type { MapKey, Value } from "./reference/value.ts";
export { checkExpression } from "./cel/checker.ts";
export type { CheckResult } from "./cel/checker.ts";
export type { UnguardedRead } from "./cel/checking.ts";
export { allZoneTables } from "./zone/zone-tables.ts";
export type { ZoneTable, ZoneTables } from "./document/zone-table.ts";
export { functionDeclarations } from "./cel/declaration.ts";
export type { FunctionDeclaration } from "./cel/declaration.ts";
export type { Overload } from "./cel/signature.ts";
export type { TypeEnvironment } from "./cel/environment.ts";
export type { CelType, NameSet, ObjectField, ObjectType } from "./cel/type.ts";
export { typeText } from "./cel/type-text.ts";
export { createEngine } from "./compiled/compiled-engine.ts";
export { ArgumentChecks } from "./compiled/rule/argument-check.ts";
export type { EngineOptions } from "./compiled/compiled-engine.ts";
export { refusedTrace } from "./compiled/trace/trace.ts";
export { evaluateCompiled } from "./compiled/expression/standalone.ts";
export type { ValueData } from "./compiled/expression/standalone.ts";
export { createReferenceEngine } from "./reference/reference-engine.ts";
export { readsOrigins } from "./reference/origin/origin-use.ts";
export { createResourceReader } from "./reference/derived-resource.ts";
export type { ResourceReader } from "./reference/derived-resource.ts";
export { invalidRequestDecision } from "./reference/decide.ts";
export { renderExplanation } from "./explanation-text.ts";
export { renderTrace } from "./trace-text/trace-text.ts";
export type { TraceTextOptions } from "./trace-text/trace-text.ts";
export { references } from "./cel/reference.ts";
export type { CallReference, PathReference, References } from "./cel/reference.ts";
export { runPolicyTests } from "./policy-test/run.ts";
export type {
  PolicyTestResult,
  PolicyTestRun,
  RuleCoverage,
  TestOptions,
} from "./policy-test/run.ts";
export { gatherFacts } from "./policy-test/given-fact.ts";
export type { FactReader, FactsGathered, FactSubject } from "./policy-test/given-fact.ts";
export { updateExpectations } from "./policy-test/update.ts";
export type { UpdatedCase, UpdatedTests } from "./policy-test/update.ts";
export type { PartCoverage } from "./policy-test/part-coverage.ts";
export { lintPolicySet } from "./analysis/lint/lint.ts";
export type { LintResult } from "./analysis/lint/lint.ts";
export { findingLevels } from "./analysis/lint/finding.ts";
export type { Finding, FindingLevel, Fix, TextEdit, Witness } from "./analysis/lint/finding.ts";
export { lintCodes } from "./analysis/lint/lint-code.ts";
export type { LintCode } from "./analysis/lint/lint-code.ts";
export { fixPolicySet } from "./analysis/lint/fix-set.ts";
export type { AppliedFix, FixedSet } from "./analysis/lint/fix-set.ts";
export { comparePolicies } from "./analysis/diff/compare.ts";
export type { UnknownRegion } from "./analysis/diff/definition-change.ts";
export type { ChangeRegion, CompareOptions, PolicyChange } from "./analysis/diff/compare.ts";
export {
  changeBetween,
  changeKinds,
  judgeRequest,
  signatureOf,
} from "./analysis/diff/signature.ts";
export type { ChangeKind, Judged } from "./analysis/diff/signature.ts";
export { witnessCase, witnessInput, witnessRequest } from "./analysis/witness/witness.ts";
export type { CaseWitness } from "./analysis/witness/witness.ts";
export { RuleAnalysis } from "./analysis/rule-analysis.ts";
export type { PlaceAnalysis, Seen } from "./analysis/rule-analysis.ts";
export { suggestCases } from "./analysis/suggest/suggest.ts";
export type { Suggestion, Unshown } from "./analysis/suggest/suggest.ts";
