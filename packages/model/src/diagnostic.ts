import { lineIndex } from "./line-index.ts";
import { printable } from "./printable.ts";
import type { Span } from "./span.ts";

/** Something to tell the author of a text, and where. */
export interface Diagnostic {
  /** stable, `snake_case`; what tests and tools compare */
  readonly code: string;
  readonly severity: "error" | "warning";
  /** lower case, no final period, user input in backticks */
  readonly message: string;
  readonly span: Span;
  /** what to do, in words: ``did you mean `user`?`` */
  readonly suggestion?: string;
  /** other places that matter, such as the first of two definitions */
  readonly notes?: readonly { readonly message: string; readonly span: Span }[];
}

/** The widest piece of a source line that is shown; longer lines are cut around the carets. */
const excerptWidthMax = 120;

/**
 * A diagnostic as text: `file:line:column code message`, then, when the source is known, the
 * line with carets under the span, `help: …` and one line per note. No final line break.
 * Control and bidirectional characters of the source are shown as `\uFFFD`, so that a policy
 * file cannot drive or mislead the terminal of whoever reads its errors.
 */
export function renderDiagnostic(
  diagnostic: Omit<Diagnostic, "severity"> & { readonly severity: string },
  source: string | undefined,
): string {
  const { span, code, severity, message, suggestion, notes } = diagnostic;
  const label = severity === "error" ? "" : `${severity}: `;
  const lines = [printable(`${place(span)} ${code} ${label}${message}`)];
  if (source !== undefined) lines.push(...excerpt(span, source));
  if (suggestion !== undefined) lines.push(printable(`help: ${suggestion}`));
  for (const note of notes ?? [])
    lines.push(printable(`note: ${place(note.span)} ${note.message}`));
  return lines.join("\n");
}

function place(span: Span): string {
  return `${span.file}:${span.start.line}:${span.start.column}`;
}

/** The first line of a span with carets under it; lines wider than `widthMax` are cut around them. */
export function excerpt(
  span: Span,
  source: string,
  widthMax: number = excerptWidthMax,
): readonly string[] {
  const text = lineIndex(source).lineText(span.start.line);
  const start = Math.min(span.start.column - 1, text.length);
  const from = insidePair(text, start) ? start - 1 : start;
  const oneLine = span.end.line === span.start.line;
  const end = Math.max(from, oneLine ? Math.min(span.end.column - 1, text.length) : text.length);
  const to = insidePair(text, end) ? end + 1 : end;
  const cutStart = text.length > widthMax ? Math.max(0, from - Math.floor(widthMax / 2)) : 0;
  const cutEnd = Math.min(text.length, cutStart + widthMax);
  const before = `${cutStart > 0 ? "…" : ""}${text.slice(cutStart, from)}`;
  const marked = text.slice(from, Math.min(to, cutEnd));
  const after = `${text.slice(from + marked.length, cutEnd)}${cutEnd < text.length ? "…" : ""}`;
  const number = String(span.start.line);
  const margin = " ".repeat(number.length);
  const carets = "^".repeat(Math.max(1, Array.from(marked).length));
  // Tabs are kept in the padding, so that the carets stand right at any tab width.
  const padding = Array.from(before, (character) => (character === "\t" ? "\t" : " ")).join("");
  return [
    `  ${number} | ${printable(before + marked + after)}`.trimEnd(),
    `  ${margin} | ${padding}${carets}`,
  ];
}

/** Whether an offset lies between the two units of one character. */
function insidePair(text: string, offset: number): boolean {
  return offset > 0 && (text.codePointAt(offset - 1) ?? 0) > 0xffff;
}
