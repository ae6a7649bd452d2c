import type { Finding, FindingLevel } from "@holdfast/engine";

const commands: Readonly<Record<FindingLevel, string>> = {
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
  const listed = Object.entries(properties).map(
    ([key, value]) => `${key}=${property(String(value))}`,
  );
  return `::${commands[level]} ${listed.join(",")}::${data(said)}`;
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
