import { isNode, textOf } from "../tidy/source-file.ts";
import type { SyntaxNode } from "../tidy/source-file.ts";

/** The node in a field. */
export function part(node: SyntaxNode | undefined, field: string): SyntaxNode | undefined {
  const value = node?.[field];
  return isNode(value) ? value : undefined;
}

/** The nodes in a field; holes of an array literal are left out. */
export function parts(node: SyntaxNode | undefined, field: string): readonly SyntaxNode[] {
  const value = node?.[field];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** A node without the parentheses and types around it. */
export function bare(node: SyntaxNode | undefined): SyntaxNode | undefined {
  if (node === undefined) return undefined;
  switch (node.type) {
    case "ParenthesizedExpression":
    case "ChainExpression":
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "TSNonNullExpression":
      return bare(part(node, "expression"));
    default:
      return node;
  }
}

/** The method that a call calls: `some` of `list.some(…)`, and of `Math.max(…)` `max`. */
export function methodOf(call: SyntaxNode | undefined): SyntaxNode | undefined {
  const callee = bare(call?.type === "CallExpression" ? part(call, "callee") : undefined);
  if (callee?.type !== "MemberExpression" || callee["computed"] === true) return undefined;
  return part(callee, "property");
}

/** The name of the method that a call calls. */
export function methodNameOf(call: SyntaxNode | undefined): string | undefined {
  return textOf(methodOf(call));
}

/** Whether an expression is text whatever its parts are, so that `+` joins. */
export function isText(node: SyntaxNode | undefined): boolean {
  const inner = bare(node);
  if (inner?.type === "TemplateLiteral") return true;
  if (inner?.type === "Literal") return typeof inner["value"] === "string";
  if (inner?.type !== "BinaryExpression" || inner["operator"] !== "+") return false;
  return isText(part(inner, "left")) || isText(part(inner, "right"));
}
