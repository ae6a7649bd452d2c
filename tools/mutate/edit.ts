import type { SyntaxNode } from "../tidy/source-file.ts";
import type { Site } from "./site.ts";

/** One small change of a text; positions are UTF-16 offsets. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

/** A kind of change: the edits it knows for a site, each of them one mutant. */
export interface Mutator {
  /** what a survivor of it is listed under */
  readonly name: string;
  readonly edits: (site: Site, textOf: (node: SyntaxNode) => string) => readonly Edit[];
}

/** Puts other text in the place of a node. */
export function replaced(node: SyntaxNode, replacement: string): Edit {
  return { start: node.start, end: node.end, replacement };
}

/** The text after an edit. */
export function edited(text: string, { start, end, replacement }: Edit): string {
  return text.slice(0, start) + replacement + text.slice(end);
}
