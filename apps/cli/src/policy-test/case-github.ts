import { githubCommand } from "../github-command.ts";
import { gapsOf } from "./coverage-gap.ts";
import type { TestReport } from "./test-report.ts";

/**
 * Each failing case as an annotation of a GitHub workflow, where the case is written, and, when
 * coverage is asked for, each gap of it where the rule is written.
 */
export function githubAnnotations(report: TestReport, coverage: boolean): readonly string[] {
  const failing = report.chosen
    .filter(({ passed }) => !passed)
    .map(({ test, name, mismatches, source, explanation }) => {
      const said = mismatches.map(
        ({ field, expected, found }) => `${field}: expected ${expected}, found ${found}`,
      );
      return githubCommand({
        command: "error",
        properties: {
          file: source.file,
          line: source.start.line,
          title: `policy test ${test}: ${name}`,
        },
        text: [...said, explanation ?? ""].join("\n").trimEnd(),
      });
    });
  const gaps = coverage ? gapsOf(report.run) : [];
  return [
    ...failing,
    ...gaps.map(({ span, code, message }) =>
      githubCommand({
        command: "notice",
        properties: { file: span.file, line: span.start.line, title: `holdfast ${code}` },
        text: message,
      }),
    ),
  ];
}
