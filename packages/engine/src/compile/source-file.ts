import { lineIndex } from "@holdfast/model";
import type { Span } from "@holdfast/model";

/** One policy file and how to point into it. */
export interface SourceFile {
  /** as the user gave it, with `/` */
  readonly path: string;
  readonly text: string;
  /** the folder the file lies in, relative to the policy root; empty for the root itself */
  readonly folder: string;
  span(start: number, end: number): Span;
}

/** Indexes a file for pointing into it. */
export function sourceFile(path: string, text: string, root: string): SourceFile {
  const lines = lineIndex(text);
  return {
    path,
    text,
    folder: folderOf(path, root),
    span: (start, end) => lines.spanAt(path, start, end),
  };
}

/** The folder of `path` below `root`; a path outside the root keeps its whole folder. */
function folderOf(path: string, root: string): string {
  const parts = segments(path).slice(0, -1);
  const base = segments(root);
  const inside = base.every((part, index) => parts[index] === part);
  return (inside ? parts.slice(base.length) : parts).join("/");
}

function segments(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}
