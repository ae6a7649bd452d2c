import type { Finding, FindingLevel, LintResult } from "@holdfast/engine";
import { findingLevels } from "@holdfast/engine";
import type { Diagnostic, Json, Span } from "@holdfast/model";
import { copyJson } from "@holdfast/model";

/** How many findings there are of each level. */
export type FindingCounts = Readonly<Record<FindingLevel, number>>;

/** Counts findings by level. */
export function countFindings(findings: readonly Finding[]): FindingCounts {
  const of = (level: FindingLevel): number =>
    findings.filter((finding) => finding.level === level).length;
  return { error: of("error"), warning: of("warning"), note: of("note"), unknown: of("unknown") };
}

/** What lint says of a set; what the compiler says where it does not compile. */
export function findingsOf(result: LintResult): readonly Finding[] {
  return result.ok ? result.findings : result.diagnostics.map(asFinding);
}

function asFinding({ severity: level, ...diagnostic }: Diagnostic): Finding {
  return { ...diagnostic, level, rules: [] };
}

/** Whether a finding of one level is as bad as `threshold`; what is unknown never is. */
export function reaches(level: FindingLevel, threshold: FindingLevel): boolean {
  return level !== "unknown" && findingLevels.indexOf(level) <= findingLevels.indexOf(threshold);
}

/** What `lint -o json` prints (docs/cli.md); stable. */
export function findingsData(result: LintResult, fixed: readonly string[]): Json {
  const findings = findingsOf(result);
  return {
    bundle: result.ok ? result.bundle.digest : null,
    counts: { ...countFindings(findings) },
    findings: findings.map((finding) => findingData(finding)),
    fixed: [...fixed],
  };
}

/** One finding as data; places count from 1, `endColumn` is exclusive. */
export function findingData(finding: Finding): Json {
  const { code, level, message, span, rules, suggestion, notes, witness, fix } = finding;
  return {
    code,
    level,
    message,
    ...placeData(span),
    endLine: span.end.line,
    endColumn: span.end.column,
    rules: [...rules],
    ...(suggestion === undefined ? {} : { suggestion }),
    ...(notes === undefined ? {} : { notes: notes.map(noteData) }),
    ...(witness === undefined ? {} : { witness: copyJson(witness) }),
    ...(fix === undefined ? {} : { fix: fix.title }),
  };
}

function noteData({ message, span }: { readonly message: string; readonly span: Span }): Json {
  return { message, ...placeData(span) };
}

function placeData({ file, start }: Span): { file: string; line: number; column: number } {
  return { file, line: start.line, column: start.column };
}
