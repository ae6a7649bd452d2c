import { isNode, textOf } from "../tidy/source-file.ts";
import type { SyntaxNode } from "../tidy/source-file.ts";

/** Types that only wrap a value: what they wrap is code. */
const wrappers = new Set(["TSAsExpression", "TSSatisfiesExpression", "TSNonNullExpression"]);

/** What throws to say that the program itself is wrong. */
const bugErrors = new Set(["Error", "RangeError", "TypeError", "SyntaxError"]);

/**
 * Whether a node, with all below it, is left alone because no change of it can be seen by a test.
 * Comments are no nodes. Each rule is one on which behaviour is certain to be equal:
 *
 * - types are gone before anything runs
 * - what a module imports and exports is a matter of the compiler, which finds every change
 * - the key of an object literal or of a class is a name, not a value
 * - a directive is not evaluated
 * - the words of an `Error` that a bug throws: no decision, explanation or slice contains them
 *   (those of a `CelError` or `Failure` stand in explanations and are mutated)
 */
export function isSkipped(node: SyntaxNode, above: readonly SyntaxNode[], field: string): boolean {
  const parent = above.at(-1);
  if (node.type.startsWith("TS") && !wrappers.has(node.type)) return true;
  if (parent !== undefined && wrappers.has(parent.type) && field !== "expression") return true;
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportAllDeclaration":
    case "ExportSpecifier":
      return true;
    case "ExportNamedDeclaration":
      return isNode(node["source"]);
    case "ExpressionStatement":
      return typeof node["directive"] === "string";
    default:
      return isKey(parent, field) || isBugText(parent, field);
  }
}

function isKey(parent: SyntaxNode | undefined, field: string): boolean {
  return field === "key" && parent?.["computed"] === false;
}

function isBugText(parent: SyntaxNode | undefined, field: string): boolean {
  if (parent?.type !== "NewExpression" || field !== "arguments") return false;
  return bugErrors.has(textOf(parent["callee"]) ?? "");
}
