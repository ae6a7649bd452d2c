import { replaced } from "./edit.ts";
import type { Mutator } from "./edit.ts";
import type { SyntaxNode } from "../tidy/source-file.ts";
import type { Site } from "./site.ts";
import { bare, part, parts } from "./syntax.ts";

/** `a.push(b);` is left out. */
const callRemoved: Mutator = {
  name: "call removed",
  edits: ({ node }) => (isCall(effectOf(node)) ? [replaced(node, ";")] : []),
};

/** `a = b;` is left out; `a += b` and `a++` alike. */
const assignmentRemoved: Mutator = {
  name: "assignment removed",
  edits: ({ node }) => {
    const effect = effectOf(node);
    const assigns = effect?.type === "AssignmentExpression" || effect?.type === "UpdateExpression";
    return assigns ? [replaced(node, ";")] : [];
  },
};

/**
 * An early `return` is left out, a `throw`, a `break` or a `continue`. The last `return` of a
 * function is not: without it the function returns undefined, which is another mutant.
 */
const exitRemoved: Mutator = {
  name: "exit removed",
  edits: (site) => {
    switch (site.node.type) {
      case "ReturnStatement":
        return isLast(site) ? [] : [replaced(site.node, ";")];
      case "ThrowStatement":
      case "BreakStatement":
      case "ContinueStatement":
        return [replaced(site.node, ";")];
      default:
        return [];
    }
  },
};

function effectOf(node: SyntaxNode): SyntaxNode | undefined {
  return node.type === "ExpressionStatement" ? bare(part(node, "expression")) : undefined;
}

function isCall(node: SyntaxNode | undefined): boolean {
  return node?.type === "CallExpression" || node?.type === "NewExpression";
}

/** Whether a statement is the last of a function's own block. */
function isLast({ node, above }: Site): boolean {
  const block = above.at(-1);
  const owner = above.at(-2)?.type ?? "";
  return owner.includes("Function") && parts(block, "body").at(-1) === node;
}

/** Mutators that leave a statement out. */
export const statementMutators: readonly Mutator[] = [callRemoved, assignmentRemoved, exitRemoved];
