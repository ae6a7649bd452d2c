import type { Finding, FindingLevel } from "@holdfast/engine";
import { githubCommand } from "../github-command.ts";
import type { GithubCommand } from "../github-command.ts";

const commands: Readonly<Record<FindingLevel, GithubCommand["command"]>> = {
  error: "error",
  warning: "warning",
  note: "notice",
  unknown: "notice",
};

/**
 * A finding as a workflow command of GitHub Actions (docs.github.com, "Workflow commands",
 * "Setting an error message"): an annotation at its place. One line, whatever the finding holds.
 */
export function githubAnnotation(finding: Finding): string {
  const { code, level, message, span, suggestion, rules } = finding;
  const oneLine = span.start.line === span.end.line;
  const properties = {
    file: span.file,
    line: span.start.line,
    endLine: span.end.line,
    // Columns of a span over several lines are not taken.
    ...(oneLine ? { col: span.start.column, endColumn: span.end.column } : {}),
    title: `holdfast ${code}`,
  };
  const said = [
    message,
    ...(rules.length === 0 ? [] : [`rules: ${rules.join(", ")}`]),
    ...(suggestion === undefined ? [] : [suggestion]),
    ...(level === "unknown" ? ["could not be decided"] : []),
  ].join("\n");
  return githubCommand({ command: commands[level], properties, text: said });
}
