import type { PolicyTestResult } from "@holdfast/engine";
import { counted, printable } from "@holdfast/model";
import { missingOf } from "./test-report.ts";
import type { TestReport } from "./test-report.ts";
import type { Terminal } from "../terminal.ts";

const indent = "      ";
const cellMax = 44;

/** Each case that was chosen with its verdict, and the counts of the run. */
export function printCases({ chosen, run, coverage }: TestReport, terminal: Terminal): void {
  const { green, red } = terminal.colors;
  for (const result of chosen) {
    const verdict = result.passed ? green("pass") : red("FAIL");
    terminal.data(`${verdict}  ${printable(`${result.test}: ${result.name}`)}`);
    if (!result.passed) printFailure(result, terminal);
  }
  const failed = chosen.filter(({ passed }) => !passed).length;
  const uncovered = run.coverage.filter(({ cases }) => cases === 0);
  const outcomes = run.parts.length * 2;
  const missing = run.parts.reduce((sum, part) => sum + missingOf(part).length, 0);
  terminal.data(`\n${chosen.length - failed} passed, ${failed} failed`);
  terminal.data(
    `${run.coverage.length - uncovered.length} of ${counted(run.coverage.length, "rule")} held in some case, ` +
      `${outcomes - missing} of ${counted(outcomes, "outcome")} of conditions decided in one (${coverage.percent} %)`,
  );
}

/** What a failing case expected beside what was decided, and why it was decided so. */
function printFailure(
  { source, mismatches, explanation }: PolicyTestResult,
  terminal: Terminal,
): void {
  const { dim, green, red } = terminal.colors;
  const { file, start } = source;
  terminal.data(`${indent}${file}:${start.line}:${start.column}`);
  const rows = mismatches.map(({ field, expected, found }) => [field, bare(expected), bare(found)]);
  const field = width(rows, 0, "");
  const expected = width(rows, 1, "expected");
  terminal.data(dim(`${indent}${" ".repeat(field)}  ${"expected".padEnd(expected)}  actual`));
  for (const [name = "", wanted = "", found = ""] of rows) {
    const pad = " ".repeat(Math.max(0, expected - wanted.length));
    terminal.data(`${indent}${name.padEnd(field)}  ${green(wanted)}${pad}  ${red(found)}`);
  }
  for (const line of (explanation ?? "").trimEnd().split("\n")) {
    if (line !== "") terminal.data(dim(`${indent}${line}`));
  }
}

function width(rows: readonly (readonly string[])[], column: number, head: string): number {
  return Math.max(head.length, ...rows.map((row) => Math.min(cellMax, row[column]?.length ?? 0)));
}

/** Canonical JSON of a word without its quotes. */
function bare(text: string): string {
  return printable(/^"[\w/:. -]*"$/u.test(text) ? text.slice(1, -1) : text);
}
