import { Lexer } from "yaml";

/** A comment of a file, which YAML's values know nothing of. */
export interface Comment {
  readonly offset: number;
  /** with its `#`, without white space behind it */
  readonly text: string;
  /** from 0 */
  readonly column: number;
  /** nothing but white space stands before it on its line */
  readonly alone: boolean;
  /** an empty line stands before it */
  readonly blankBefore: boolean;
  /** the white space between it and what stands before it on its line */
  readonly gap: string;
}

/** A stretch of a file between two marks of documents. */
export interface Segment {
  readonly start: number;
  readonly end: number;
  readonly comments: readonly Comment[];
  /** whether an empty line stands before the mark that begins it, and behind that mark */
  readonly blankBefore: boolean;
  readonly blankBehind: boolean;
}

/**
 * The comments of a YAML file and where its documents begin and end, told by YAML's own lexer, so
 * that a `#` in a text is none.
 */
export function segmentsOf(text: string): readonly Segment[] {
  const segments: Segment[] = [];
  let comments: Comment[] = [];
  let begun = { start: 0, blankBefore: false, blankBehind: false };
  let offset = 0;
  let inScalar = false;
  for (const token of new Lexer().lex(text)) {
    if (token === scalarMark) {
      inScalar = true;
      continue;
    }
    if (token === documentMark || token === flowErrorMark) continue;
    if (!inScalar && (token === "---" || token === "...")) {
      segments.push({ ...begun, end: offset, comments });
      comments = [];
      const behind = offset + token.length;
      begun = {
        start: behind,
        blankBefore: isBlankBefore(text, offset),
        blankBehind: /^[^\n]*\n[ \t]*\r?\n/u.test(text.slice(behind)),
      };
    } else if (!inScalar && token.startsWith("#")) comments.push(commentAt(text, offset, token));
    inScalar = false;
    offset += token.length;
  }
  segments.push({ ...begun, end: text.length, comments });
  return segments;
}

/** Marks that the lexer puts between the tokens of a text (yaml, `cst.ts`). */
const documentMark = "\u0002";
const flowErrorMark = "\u0018";
const scalarMark = "\u001f";

function commentAt(text: string, offset: number, token: string): Comment {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  const before = text.slice(lineStart, offset);
  const gap = /[ \t]*$/u.exec(before)?.[0] ?? "";
  return {
    offset,
    text: token.trimEnd(),
    column: before.length,
    alone: before.trim() === "",
    blankBefore: isBlankBefore(text, offset),
    gap: gap === "" ? " " : gap,
  };
}

/** Whether the line before the one of `offset` is empty. */
export function isBlankBefore(text: string, offset: number): boolean {
  const lineStart = text.lastIndexOf("\n", offset - 1);
  if (lineStart <= 0) return false;
  const before = text.lastIndexOf("\n", lineStart - 1) + 1;
  return text.slice(before, lineStart).trim() === "";
}
