import { nearestName } from "@holdfast/model";
import type { Span } from "@holdfast/model";
import { isMap, isNode, isSeq } from "yaml";
import type { Pair } from "yaml";
import { didYouMean } from "../../compile/report.ts";
import type { SourceFile } from "../../compile/source-file.ts";
import { segmentsOf } from "../../format/trivia.ts";
import type { Comment, Segment } from "../../format/trivia.ts";
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
 * comment covers that line; alone on its line, the whole of what begins below it in its document: a
 * key with its value, a rule, or, above all of it, a document.
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
  const documents = [...set.marks.placed.values()].filter((each) => each.file === file);
  const parts = documents.flatMap(({ root }) => partsOf(root));
  const segments = segmentsOf(file.text);
  const placed = segments.flatMap((segment, index) =>
    segment.comments.map((comment) => ({ comment, segment, next: segments[index + 1] })),
  );
  for (const { comment, segment, next } of placed) {
    const { offset: start, text } = comment;
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
    } else {
      found.push({ code, span, ...coverOf(comment, { text: file.text, segment, next, parts }) });
    }
  }
  return found;
}

/** What a comment covers: its own line, or what begins on the next line with content. */
function coverOf(comment: Comment, place: CommentPlace): { from: number; to: number } {
  const { offset, alone, text } = comment;
  const end = offset + text.length;
  if (!alone) {
    const whole = place.text;
    return { from: whole.lastIndexOf("\n", offset - 1) + 1, to: lineEnd(whole, end) };
  }
  const inside = (from: number, to: number): readonly Stretch[] =>
    place.parts.filter((part) => part.from >= from && part.from < to);
  const own = inside(place.segment.start, place.segment.end);
  // A comment above everything of a file, or between two marks, speaks of the document below.
  const behind = place.next;
  const open = own.length === 0 && behind !== undefined;
  const parts = open ? inside(behind.start, behind.end) : own.filter(({ from }) => from >= end);
  const from = Math.min(...parts.map((part) => part.from));
  const to = Math.max(...parts.filter((part) => part.from === from).map((part) => part.to));
  return parts.length === 0 ? { from: end, to: end } : { from, to };
}

/** Where a comment stands: in which file and document, and what there is that it can cover. */
interface CommentPlace {
  readonly text: string;
  readonly segment: Segment;
  readonly next: Segment | undefined;
  readonly parts: readonly Stretch[];
}

interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A document, and every key with its value and every item in it. */
function partsOf(node: unknown): readonly Stretch[] {
  if (!isNode(node)) return [];
  const [from, to] = node.range ?? [0, 0];
  const below = isMap(node)
    ? node.items.flatMap(pairParts)
    : isSeq(node)
      ? node.items.flatMap((item) => partsOf(item))
      : [];
  return [{ from, to }, ...below];
}

function pairParts({ key, value }: Pair): readonly Stretch[] {
  const [own, ...rest] = partsOf(key);
  if (own === undefined) return [];
  const below = partsOf(value);
  return [{ from: own.from, to: Math.max(own.to, below[0]?.to ?? 0) }, ...rest, ...below];
}

function lineEnd(text: string, from: number): number {
  const found = text.indexOf("\n", from);
  return found === -1 ? text.length : found + 1;
}
