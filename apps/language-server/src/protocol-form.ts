import {
  CompletionItemKind,
  DiagnosticSeverity,
  MarkupKind,
  SymbolKind,
} from "vscode-languageserver";
import type { CompletionItem, Diagnostic, DocumentSymbol, Range } from "vscode-languageserver";
import type { TextEdit, WorkspaceEdit } from "vscode-languageserver";
import type { Finding, PolicyFileText } from "@holdfast/engine";
import type { CompletionList, OutlineEntry } from "@holdfast/engine/editor";
import { lineIndex } from "@holdfast/model";
import type { LineIndex } from "@holdfast/model";
import { uriOf } from "./policy-folder.ts";

/** Turns offsets of files into the protocol's lines and characters, each file indexed once. */
export interface Places {
  range(file: string, start: number, end: number): Range;
}

export function placesIn(files: readonly PolicyFileText[]): Places {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const indexes = new Map<string, LineIndex>();
  const indexOf = (file: string): LineIndex => {
    const index = indexes.get(file) ?? lineIndex(texts.get(file) ?? "");
    indexes.set(file, index);
    return index;
  };
  return {
    range: (file, start, end) => {
      const { start: from, end: to } = indexOf(file).spanAt(file, start, end);
      return {
        start: { line: from.line - 1, character: from.column - 1 },
        end: { line: to.line - 1, character: to.column - 1 },
      };
    },
  };
}

const severities = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  note: DiagnosticSeverity.Information,
  unknown: DiagnosticSeverity.Hint,
} as const;

/** A finding as the protocol has it: what to do stands behind what is wrong. */
export function diagnosticOf(finding: Finding, places: Places): Diagnostic {
  const { code, level, message, span, suggestion, notes = [] } = finding;
  return {
    code,
    source: "holdfast",
    severity: severities[level],
    message: suggestion === undefined ? message : `${message}\nhelp: ${suggestion}`,
    range: places.range(span.file, span.start.offset, span.end.offset),
    relatedInformation: notes.map((note) => ({
      message: note.message,
      location: {
        uri: uriOf(note.span.file),
        range: places.range(note.span.file, note.span.start.offset, note.span.end.offset),
      },
    })),
  };
}

const itemKinds = {
  key: CompletionItemKind.Property,
  value: CompletionItemKind.EnumMember,
  name: CompletionItemKind.Reference,
  variable: CompletionItemKind.Variable,
  field: CompletionItemKind.Field,
  function: CompletionItemKind.Function,
} as const;

export function completionItems(
  { start, end, items }: CompletionList,
  file: string,
  places: Places,
): CompletionItem[] {
  const range = places.range(file, start, end);
  return items.map(({ label, kind, detail, documentation, insert }) => ({
    label,
    kind: itemKinds[kind],
    ...(detail === undefined ? {} : { detail }),
    ...(documentation === "" ? {} : { documentation }),
    // WHY: editors filter by what is replaced, which may hold a prefix such as `group:`.
    filterText: insert,
    textEdit: { range, newText: insert },
  }));
}

/** Words for a person, with what stands in backticks as code. */
export function markdown(lines: readonly string[]) {
  return { kind: MarkupKind.Markdown, value: lines.join("\n\n") };
}

const symbolKinds = {
  document: SymbolKind.Class,
  rule: SymbolKind.Method,
  case: SymbolKind.Event,
} as const;

export function symbolOf(entry: OutlineEntry, file: string, places: Places): DocumentSymbol {
  const range = places.range(file, entry.start, entry.end);
  return {
    name: entry.name,
    detail: entry.detail,
    kind: symbolKinds[entry.kind],
    range,
    selectionRange: { start: range.start, end: range.start },
    children: entry.children.map((child) => symbolOf(child, file, places)),
  };
}

/** Changes of files, as one change of the workspace. */
export function workspaceEdit(
  edits: readonly {
    readonly file: string;
    readonly start: number;
    readonly end: number;
    readonly text: string;
  }[],
  places: Places,
): WorkspaceEdit {
  const changes: Record<string, TextEdit[]> = {};
  for (const { file, start, end, text } of edits) {
    (changes[uriOf(file)] ??= []).push({ range: places.range(file, start, end), newText: text });
  }
  return { changes };
}
