import { parseSync, visitorKeys } from "oxc-parser";
import { isNode } from "../tidy/source-file.ts";
import type { SyntaxNode } from "../tidy/source-file.ts";
import { isSkipped } from "./skip.ts";

/** A node that code runs, where it stands, and the region that it runs in. */
export interface Site {
  readonly node: SyntaxNode;
  /** from the module down to the node's parent */
  readonly above: readonly SyntaxNode[];
  /** which field of its parent the node stands in */
  readonly field: string;
  readonly region: number;
}

/**
 * A part of a file that runs as a whole or not at all: a statement, the value of an arrow function,
 * a branch. Region 0 is the module itself, which runs when it is imported.
 */
export interface Region {
  readonly start: number;
  readonly end: number;
  readonly kind: "statement" | "body" | "value";
}

/** One source file taken apart. */
export interface ParsedSource {
  readonly path: string;
  readonly text: string;
  /** in the order of the text, parents first */
  readonly sites: readonly Site[];
  /** number n stands at n - 1 */
  readonly regions: readonly Region[];
}

/**
 * The sites of a TypeScript file that are code and not types.
 *
 * @throws SyntaxError when the text does not parse
 */
export function parseSource(path: string, text: string): ParsedSource {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new SyntaxError(`\`${path}\` does not parse: ${errors[0]?.message}`);
  const sites: Site[] = [];
  const regions: Region[] = [];
  const enter = (node: SyntaxNode, above: readonly SyntaxNode[], field: string, outer: number) => {
    if (isSkipped(node, above, field)) return;
    const kind = regionKind(node, above.at(-1), field);
    if (kind !== undefined) regions.push({ start: node.start, end: node.end, kind });
    const region = kind === undefined ? outer : regions.length;
    sites.push({ node, above, field, region });
    for (const key of visitorKeys[node.type] ?? []) {
      const value = node[key];
      for (const child of Array.isArray(value) ? value : [value]) {
        if (isNode(child)) enter(child, [...above, node], key, region);
      }
    }
  };
  if (isNode(program)) enter(program, [], "", 0);
  return { path, text, sites, regions };
}

const declarations = new Set(["FunctionDeclaration", "ClassDeclaration"]);

/** Whether a region begins with a node, and how what runs there can be told. */
function regionKind(
  node: SyntaxNode,
  parent: SyntaxNode | undefined,
  field: string,
): Region["kind"] | undefined {
  if (declarations.has(node.type)) return undefined;
  if (parent === undefined) return undefined;
  switch (parent.type) {
    case "BlockStatement":
    case "FunctionBody":
    case "StaticBlock":
      return field === "body" ? "statement" : undefined;
    case "SwitchCase":
      return field === "consequent" ? "statement" : undefined;
    case "IfStatement":
    case "ForStatement":
    case "ForOfStatement":
    case "ForInStatement":
    case "WhileStatement":
    case "DoWhileStatement":
      return isBody(field) && node.type !== "BlockStatement" ? "body" : undefined;
    case "ArrowFunctionExpression":
      return field === "body" && node.type !== "BlockStatement" ? "value" : undefined;
    case "LogicalExpression":
      return field === "right" ? "value" : undefined;
    case "ConditionalExpression":
      return field === "test" ? undefined : "value";
    default:
      return undefined;
  }
}

function isBody(field: string): boolean {
  return field === "body" || field === "consequent" || field === "alternate";
}

/** The text of a file in which each region calls `probe` with its number before it runs. */
export function withProbes({ text, regions }: ParsedSource, probe: string): string {
  const opening = { statement: "", body: "{", value: "(" } as const;
  const closing = { statement: "", body: "}", value: ")" } as const;
  const marks = regions.flatMap(({ start, end, kind }, index) => {
    const call = `${opening[kind]}${probe}(${index + 1})${kind === "value" ? "," : ";"}`;
    return [
      { at: start, closes: 0, size: end - start, text: call },
      { at: end, closes: 1, size: end - start, text: closing[kind] },
    ];
  });
  // Of two regions at one place the larger is around the other; what ends comes before what begins.
  marks.sort(
    (a, b) => a.at - b.at || b.closes - a.closes || (a.closes ? a.size - b.size : b.size - a.size),
  );
  let done = 0;
  let result = "";
  for (const mark of marks) {
    result += text.slice(done, mark.at) + mark.text;
    done = mark.at;
  }
  return result + text.slice(done);
}
