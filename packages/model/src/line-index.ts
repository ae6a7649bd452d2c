import type { Position, Span } from "./span.ts";

/** Finds lines and columns in one text. Built once per text, each question is O(log lines). */
export interface LineIndex {
  /** The place of a UTF-16 offset; offsets outside the text are moved to its nearest end. */
  positionAt(offset: number): Position;
  /** The span from `start` to `end`, both UTF-16 offsets, `end` exclusive. */
  spanAt(file: string, start: number, end: number): Span;
  /** The text of a line (from 1) without its line break; empty past the last line. */
  lineText(line: number): string;
}

/** Indexes the line starts of a text. `\n`, `\r\n` and a lone `\r` end a line, as in YAML. */
export function lineIndex(text: string): LineIndex {
  const starts = [0];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) starts.push(at + 1);
  }
  const positionAt = (wanted: number): Position => {
    const offset = Math.min(Math.max(Math.trunc(wanted), 0), text.length);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { offset, line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
  return {
    positionAt,
    spanAt: (file, start, end) => ({ file, start: positionAt(start), end: positionAt(end) }),
    lineText: (line) => {
      const start = starts[line - 1];
      if (start === undefined) return "";
      return text.slice(start, starts[line] ?? text.length).replace(/[\r\n]+$/u, "");
    },
  };
}
