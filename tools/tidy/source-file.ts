import { lineIndex } from "@holdfast/model";
import { parseSync } from "oxc-parser";
import type { SourceTree } from "./source-tree.ts";

/** A node of the syntax tree (ESTree with TypeScript, as oxc gives it). */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** A module that a file names: by import, re-export, `import()` or `new URL(…, import.meta.url)`. */
export interface ModuleReference {
  readonly specifier: string;
  readonly line: number;
}

/** One parsed TypeScript or JavaScript file. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly program: SyntaxNode;
  readonly references: readonly ModuleReference[];
  readonly lineOf: (node: SyntaxNode) => number;
}

/** The parsed code files of a tree. A file that does not parse is the compiler's business. */
export function sourceFiles(tree: SourceTree): SourceFile[] {
  return [...tree].filter(([path]) => isCode(path)).map(([path, text]) => parseFile(path, text));
}

/** TypeScript and JavaScript. */
export function isCode(path: string): boolean {
  return /\.[cm]?[jt]sx?$/u.test(path);
}

function parseFile(path: string, text: string): SourceFile {
  const index = lineIndex(text);
  const lineOf = (node: SyntaxNode): number => index.positionAt(node.start).line;
  const program = parseSync(path, text).program as unknown as SyntaxNode;
  const references: ModuleReference[] = [];
  visit(program, (node) => {
    const specifier = moduleNamed(node);
    if (specifier !== undefined) references.push({ specifier, line: lineOf(node) });
  });
  return { path, text, program, references, lineOf };
}

/** Calls `on` for every node below `node`, parents first. */
export function visit(
  node: SyntaxNode,
  on: (node: SyntaxNode, parent: SyntaxNode | undefined) => void,
  parent?: SyntaxNode,
): void {
  on(node, parent);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) visit(child, on, node);
    }
  }
}

export function isNode(value: unknown): value is SyntaxNode {
  return (
    typeof value === "object" && value !== null && typeof Reflect.get(value, "type") === "string"
  );
}

/** The text of a string literal, or of a name. */
export function textOf(value: unknown): string | undefined {
  if (!isNode(value)) return undefined;
  const text = value.type === "Literal" ? value["value"] : value["name"];
  return typeof text === "string" ? text : undefined;
}

function moduleNamed(node: SyntaxNode): string | undefined {
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration":
    case "ImportExpression":
      return textOf(node["source"]);
    case "NewExpression": {
      if (textOf(node["callee"]) !== "URL" || !Array.isArray(node["arguments"])) return undefined;
      const address = textOf(node["arguments"][0]);
      return address?.startsWith(".") === true && isCode(address) ? address : undefined;
    }
    default:
      return undefined;
  }
}
