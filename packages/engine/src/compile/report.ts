import type { Diagnostic, Span } from "@holdfast/model";
import type { DiagnosticCode } from "./codes.ts";

/** What a diagnostic may carry besides its message. */
export interface Hints {
  readonly suggestion?: string | undefined;
  readonly notes?: readonly { readonly message: string; readonly span: Span }[];
}

/** Collects everything wrong with a policy set, so that all of it is told at once. */
export interface Report {
  error(code: DiagnosticCode, message: string, span: Span, hints?: Hints): void;
  warning(code: DiagnosticCode, message: string, span: Span, hints?: Hints): void;
  /** For codes of the expression parser and checker, which keep their own list. */
  add(diagnostic: Diagnostic): void;
  /** True as soon as one error is known. */
  readonly failed: boolean;
  /** Sorted by file and position; the same finding at the same place is told once. */
  diagnostics(severity: Diagnostic["severity"]): Diagnostic[];
}

/** An empty report. */
export function createReport(): Report {
  const found = new Map<string, Diagnostic>();
  let failed = false;
  const add = (diagnostic: Diagnostic): void => {
    const { code, message, span, severity } = diagnostic;
    if (severity === "error") failed = true;
    const key = JSON.stringify([span.file, span.start.offset, span.end.offset, code, message]);
    if (!found.has(key)) found.set(key, diagnostic);
  };
  const tell =
    (severity: Diagnostic["severity"]) =>
    (code: DiagnosticCode, message: string, span: Span, hints: Hints = {}): void =>
      add({
        code,
        severity,
        message,
        span,
        ...(hints.suggestion === undefined ? {} : { suggestion: hints.suggestion }),
        ...(hints.notes === undefined ? {} : { notes: hints.notes }),
      });
  return {
    add,
    error: tell("error"),
    warning: tell("warning"),
    get failed() {
      return failed;
    },
    diagnostics: (severity) =>
      [...found.values()].filter((each) => each.severity === severity).sort(byPlace),
  };
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  if (a.span.file !== b.span.file) return a.span.file < b.span.file ? -1 : 1;
  if (a.span.start.offset !== b.span.start.offset) return a.span.start.offset - b.span.start.offset;
  if (a.code !== b.code) return a.code < b.code ? -1 : 1;
  return a.message < b.message ? -1 : a.message > b.message ? 1 : 0;
}

/** ``did you mean `x`?``, or nothing when nothing is near. */
export function didYouMean(nearest: string | undefined): string | undefined {
  return nearest === undefined ? undefined : `did you mean \`${nearest}\`?`;
}
