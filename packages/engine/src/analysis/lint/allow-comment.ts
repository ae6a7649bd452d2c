import { nearestName } from "@holdfast/model";
import type { Span } from "@holdfast/model";
import { Lexer } from "yaml";
import { didYouMean } from "../../compile/report.ts";
import type { SourceFile } from "../../compile/source-file.ts";
import type { Finding } from "./finding.ts";
import { lintCodes } from "./lint-code.ts";
import type { LintSet } from "./lint-set.ts";

/** `# holdfast: allow CODE because REASON`, and the stretch of its file in which it allows. */
interface AllowComment {
  readonly code: string;
  readonly span: Span;
  readonly from: number;
  readonly to: number;
}

/** Codes that a comment can allow: those of lint, and of the warnings of the compiler. */
const allowable: ReadonlySet<string> = new Set([
  ...Object.keys(lintCodes).filter((code) => !code.startsWith("comment_")),
  "unregistered_tool",
  "unknown_tool",
]);

const form = "write `# holdfast: allow CODE because REASON`";

/**
 * The findings that no allow-comment covers, and those about the comments themselves: one that
 * gives no reason, one that is none, one that allows nothing. Behind something on its line, a
 * comment covers that line; alone on its line, the whole of what begins on the next one: a key
 * with its value, a rule, or a document.
 */
export function withoutAllowed(findings: readonly Finding[], set: LintSet): readonly Finding[] {
  const comments = [...set.marks.files.values()].flatMap((file) => commentsOf(file, set));
  if (comments.length === 0) return findings;
  const used = new Set<AllowComment>();
  const byFile = new Map<string, AllowComment[]>();
  for (const comment of comments) {
    const list = byFile.get(comment.span.file) ?? [];
    byFile.set(comment.span.file, [...list, comment]);
  }
  const left = findings.filter(({ code, span }) => {
    const allowing = (byFile.get(span.file) ?? []).filter(
      (each) => each.code === code && each.from <= span.start.offset && span.start.offset < each.to,
    );
    for (const each of allowing) used.add(each);
    return allowing.length === 0;
  });
  for (const comment of comments) {
    if (used.has(comment)) continue;
    const message = `nothing here is \`${comment.code}\`, so the comment allows nothing`;
    const { file, start, end } = comment.span;
    set.tell("comment_unused", message, comment.span, {
      suggestion: "remove it",
      fix: {
        title: `remove the comment that allows \`${comment.code}\``,
        edits: [
          {
            ...commentCut(set.marks.files.get(file)?.text ?? "", start.offset, end.offset),
            file,
            text: "",
          },
        ],
      },
    });
  }
  return left;
}

/** A comment goes with its line when it is alone there. */
function commentCut(text: string, start: number, end: number): { start: number; end: number } {
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const before = text.slice(lineStart, start);
  if (before.trim() === "") return { start: lineStart, end: Math.min(text.length, end + 1) };
  return { start: lineStart + before.trimEnd().length, end };
}

function commentsOf(file: SourceFile, set: LintSet): readonly AllowComment[] {
  if (!file.text.includes("holdfast:")) return [];
  const found: AllowComment[] = [];
  for (const { start, text } of yamlComments(file.text)) {
    const said = /^#+\s*holdfast:\s*(.*)$/u.exec(text)?.[1];
    if (said === undefined) continue;
    const span = file.span(start, start + text.length);
    const [, code = "", reason = ""] =
      /^allow\s+(\S+)(?:\s+because(?:\s+(.*))?)?\s*$/u.exec(said) ?? [];
    if (!allowable.has(code)) {
      const suggestion = code === "" ? form : didYouMean(nearestName(code, allowable));
      const message =
        code === ""
          ? "this is no allow-comment"
          : `\`${code}\` is no code that lint can be told to allow`;
      set.tell("comment_unknown", message, span, { suggestion: suggestion ?? form });
    } else if (reason.trim() === "") {
      const message = `the comment allows \`${code}\` and does not say why`;
      set.tell("comment_without_reason", message, span, { suggestion: form });
    } else found.push({ code, span, ...coverOf(file.text, start, start + text.length) });
  }
  return found;
}

/** The comments of a YAML text, found by its lexer, so that a `#` in a text is none. */
function yamlComments(text: string): readonly { readonly start: number; readonly text: string }[] {
  const found: { start: number; text: string }[] = [];
  let offset = 0;
  let scalar = false;
  for (const token of new Lexer().lex(text)) {
    // The lexer marks documents and scalars with control characters that are not in the text.
    if (token === "\u0002" || token === "\u0018" || token === "\u001f") {
      scalar = token === "\u001f";
      continue;
    }
    if (!scalar && token.startsWith("#")) found.push({ start: offset, text: token.trimEnd() });
    scalar = false;
    offset += token.length;
  }
  return found;
}

/** What a comment covers: its own line, or the block that begins on the next line with content. */
function coverOf(text: string, start: number, end: number): { from: number; to: number } {
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  if (text.slice(lineStart, start).trim() !== "")
    return { from: lineStart, to: lineEnd(text, end) };
  let from = lineEnd(text, end);
  while (from < text.length && isBlank(lineAt(text, from))) from = lineEnd(text, from);
  const indent = indentOf(lineAt(text, from));
  let to = lineEnd(text, from);
  while (to < text.length) {
    const line = lineAt(text, to);
    // At the left margin stands a document, up to the mark of the next.
    const inside = indent === 0 ? !line.startsWith("---") : indentOf(line) > indent;
    if (!isBlank(line) && !inside) break;
    to = lineEnd(text, to);
  }
  return { from, to };
}

function lineEnd(text: string, from: number): number {
  const found = text.indexOf("\n", from);
  return found === -1 ? text.length : found + 1;
}

function lineAt(text: string, from: number): string {
  return text.slice(from, lineEnd(text, from));
}

function isBlank(line: string): boolean {
  const trimmed = line.trim();
  return trimmed === "" || trimmed.startsWith("#");
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
