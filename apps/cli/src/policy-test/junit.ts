import type { PolicyTestResult } from "@holdfast/engine";
import { printable } from "@holdfast/model";
import type { TestReport } from "./test-report.ts";

/**
 * The chosen cases as JUnit XML, in the form that Jenkins, GitLab and GitHub reporters read: one
 * suite for each PolicyTest, one case each with its file and line. No times: none are measured.
 */
export function junitReport({ chosen }: TestReport): string {
  const suites = new Map<string, PolicyTestResult[]>();
  for (const result of chosen)
    suites.set(result.test, [...(suites.get(result.test) ?? []), result]);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="holdfast test" ${counts(chosen)}>`,
    ...[...suites].map(([test, results]) => suiteElement(test, results)),
    "</testsuites>",
  ].join("\n");
}

function suiteElement(test: string, results: readonly PolicyTestResult[]): string {
  const cases = results.map((result) => caseElement(result));
  const head = `  <testsuite name="${attribute(test)}" ${counts(results)}>`;
  return [head, ...cases, "  </testsuite>"].join("\n");
}

function counts(results: readonly PolicyTestResult[]): string {
  const failures = results.filter(({ passed }) => !passed).length;
  return `tests="${results.length}" failures="${failures}" errors="0" skipped="0"`;
}

function caseElement({
  test,
  name,
  passed,
  mismatches,
  source,
  ...rest
}: PolicyTestResult): string {
  const { file, start } = source;
  const about = `classname="${attribute(test)}" name="${attribute(name)}" file="${attribute(file)}"`;
  const head = `    <testcase ${about} line="${start.line}"`;
  if (passed) return `${head}/>`;
  const said = mismatches.map(
    ({ field, expected, found }) => `${field}: expected ${expected}, found ${found}`,
  );
  const text = [`${file}:${start.line}:${start.column}`, ...said, rest.explanation ?? ""]
    .join("\n")
    .trimEnd();
  const message = attribute(said.join("; "));
  return `${head}>\n      <failure type="expectation" message="${message}">${escaped(text)}</failure>\n    </testcase>`;
}

/** WHY: a line break in an attribute is read as a space, and begins a line of a build log. */
function attribute(text: string): string {
  return escaped(text).replaceAll("\n", "&#10;");
}

/** Text of XML 1.0, which has no controls and no surrogates, escaped or not. */
function escaped(text: string): string {
  const lines = text.split("\n").map((line) => printable(line));
  return lines
    .join("\n")
    .replaceAll(/[\ufffe\uffff]/gu, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
