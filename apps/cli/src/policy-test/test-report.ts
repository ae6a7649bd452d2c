import type { PartCoverage, PolicyTestResult, PolicyTestRun } from "@holdfast/engine";
import type { Json } from "@holdfast/model";

/** What a run of policy tests came to: the cases that were asked for, and coverage by all cases. */
export interface TestReport {
  readonly chosen: readonly PolicyTestResult[];
  readonly run: PolicyTestRun;
  readonly coverage: CoverageSum;
}

/** How much of a policy set the cases see. */
export interface CoverageSum {
  /** rules that held, and outcomes of parts that decided */
  readonly seen: number;
  readonly total: number;
  /** 100 of a set without rules; cut, so that only all of it is 100 */
  readonly percent: number;
}

/** The cases whose `test/name`, or a rule they are about, contains the text; all without one. */
export function reportOf(run: PolicyTestRun, filter: string | undefined): TestReport {
  return {
    chosen: run.results.filter((result) => isAbout(result, filter ?? "")),
    run,
    coverage: coverageOf(run),
  };
}

/** A case is about the rules it expects, those that held and those that decided. */
export function isAbout(
  { test, name, expected, matched, decision }: PolicyTestResult,
  filter: string,
): boolean {
  if (`${test}/${name}`.includes(filter)) return true;
  return [...expected, ...matched, ...(decision?.rules ?? [])].some((rule) =>
    rule.includes(filter),
  );
}

/** The outcomes of a part that decided in no case. */
export function missingOf({ decided }: PartCoverage): readonly ("true" | "false")[] {
  return (["true", "false"] as const).filter((outcome) => decided[outcome] === 0);
}

function coverageOf({ coverage, parts }: PolicyTestRun): CoverageSum {
  const total = coverage.length + parts.length * 2;
  const missing = parts.reduce((sum, part) => sum + missingOf(part).length, 0);
  const seen = coverage.filter(({ cases }) => cases > 0).length + parts.length * 2 - missing;
  return { seen, total, percent: total === 0 ? 100 : Math.floor((seen / total) * 1_000) / 10 };
}

/** A whole run as data. */
export function reportData({ chosen, run, coverage }: TestReport): Json {
  return {
    cases: chosen.map((result) => caseData(result)),
    coverage: run.coverage.map(({ rule, effect, cases, source }) => ({
      rule,
      effect,
      cases,
      file: source.file,
      line: source.start.line,
    })),
    parts: run.parts.map(({ rules, expression, kind, source, decided, masked }) => ({
      rules: [...rules],
      expression,
      kind,
      file: source.file,
      line: source.start.line,
      column: source.start.column,
      decided,
      masked,
    })),
    seen: coverage.seen,
    total: coverage.total,
    percent: coverage.percent,
  };
}

function caseData({ test, name, passed, mismatches, source, ...rest }: PolicyTestResult): Json {
  return {
    test,
    name,
    passed,
    file: source.file,
    line: source.start.line,
    mismatches: mismatches.map(
      ({ field, expected, found }) => `${field}: expected ${expected}, found ${found}`,
    ),
    ...(rest.explanation === undefined ? {} : { explanation: rest.explanation }),
  };
}
