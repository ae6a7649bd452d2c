import type { Finding, FindingLevel } from "@holdfast/engine";
import { canonicalJson, copyJson, excerpt, printable } from "@holdfast/model";
import type { Json, JsonObject } from "@holdfast/model";
import { wrapped } from "../paragraph.ts";
import type { Terminal } from "../terminal.ts";
import { countFindings } from "./finding-data.ts";

interface Page {
  readonly terminal: Terminal;
  /** characters in a line */
  readonly width: number;
  /** the text of a file by its path */
  readonly sources: ReadonlyMap<string, string>;
}

/** Prints findings for people, one block each, and a line that sums them up. */
export function printFindings(findings: readonly Finding[], page: Page): void {
  for (const finding of findings) page.terminal.data(`${block(finding, page)}\n`);
}

function block(finding: Finding, { terminal, width, sources }: Page): string {
  const { code, level, message, span, suggestion, notes, rules, witness } = finding;
  const { bold, dim } = terminal.colors;
  const place = `${span.file}:${span.start.line}:${span.start.column}`;
  const lines = [`${coloured(level, terminal)} ${bold(code)}  ${dim(printable(place))}`];
  const label = (name: string, text: string): void => {
    for (const [index, line] of wrapped(text, width - labelWidth).entries()) {
      lines.push(`  ${(index === 0 ? name : "").padEnd(labelWidth - 2)}${line}`);
    }
  };
  for (const line of wrapped(message, width - 2)) lines.push(`  ${line}`);
  const source = sources.get(span.file);
  if (source !== undefined) {
    lines.push(
      ...excerpt(span, source, Math.max(40, width - excerptMargin)).map((line) => dim(line)),
    );
  }
  if (rules.length > 0) label("rules", rulesText(rules));
  if (suggestion !== undefined) label("do", suggestion);
  for (const note of notes ?? []) {
    label("see", `${note.span.file}:${note.span.start.line} ${note.message}`);
  }
  if (witness !== undefined) {
    label("shown by", requestText(copyJson(witness.request)));
    if (witness.given !== undefined) label("given", canonicalJson(copyJson(witness.given)));
    const { effect, code: reason, rules: determining } = witness.decision;
    label(
      "decided",
      `${effect} (${reason})${determining.length === 0 ? "" : ` by ${determining.join(", ")}`}`,
    );
  }
  return lines.join("\n");
}

const labelWidth = 12;
/** What stands before an excerpt: a line number and a bar. */
const excerptMargin = 10;
const rulesShownMax = 4;

function rulesText(rules: readonly string[]): string {
  const shown = rules.slice(0, rulesShownMax).join(", ");
  return rules.length > rulesShownMax ? `${shown} and ${rules.length - rulesShownMax} more` : shown;
}

/** A request as short as it can be written: what is not said is left out. */
function requestText(request: Json): string {
  if (!isObject(request)) return "";
  const { tool, args, ...rest } = request;
  const parts = [
    ...(typeof tool === "string" ? [tool] : []),
    canonicalJson(args ?? {}),
    ...Object.entries(rest).map(([key, value]) => `${key} ${canonicalJson(value ?? null)}`),
  ];
  return parts.join(" ");
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function coloured(level: FindingLevel, { colors }: Terminal): string {
  switch (level) {
    case "error":
      return colors.red(level);
    case "warning":
      return colors.yellow(level);
    case "note":
      return colors.cyan(level);
    case "unknown":
      return colors.magenta(level);
  }
}

/** What a run came to in one or two lines: counts, and what was left out of the list. */
export function summaryOf(findings: readonly Finding[], unknownShown: boolean): string {
  const counts = countFindings(findings);
  const of = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;
  const told = [of(counts.error, "error"), of(counts.warning, "warning"), of(counts.note, "note")];
  const fixable = findings.filter(({ fix }) => fix !== undefined).length;
  const lines = [told.join(", ")];
  if (fixable > 0) lines.push(`${fixable} can be mended by \`--fix\``);
  if (counts.unknown > 0) {
    const hint = unknownShown ? "" : " (`--unknown` lists them)";
    lines.push(
      `${of(counts.unknown, "question")} could not be decided, which is not the same as fine${hint}:`,
    );
    lines.push(...unknownByCode(findings));
  }
  return lines.join("\n");
}

function unknownByCode(findings: readonly Finding[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { level, code } of findings) {
    if (level === "unknown") counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return [...counts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, count]) => `  ${String(count).padStart(5)}  ${code}`);
}
