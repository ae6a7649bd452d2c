import { parseExpression } from "../cel/parse.ts";
import type { Expr } from "../cel/syntax.ts";

/** A path as the document model has it: `root` and the names below it. */
export interface ModificationPath {
  readonly root: "args" | "result";
  readonly segments: readonly string[];
}

/**
 * Reads `args.a.b` or `args["odd name"]` with the CEL parser: the root, then names. Undefined
 * for anything else: a list index is no name, lists are changed as a whole.
 */
export function readModificationPath(text: string): ModificationPath | undefined {
  const parsed = parseExpression(text);
  return parsed.ok ? pathOf(parsed.ast, []) : undefined;
}

function pathOf(at: Expr, below: readonly string[]): ModificationPath | undefined {
  if (at.kind === "select" && !at.optional) return pathOf(at.operand, [at.field, ...below]);
  if (at.kind === "call" && at.function === "_[_]") {
    const [operand, key] = at.args;
    if (operand === undefined || key?.kind !== "constant") return undefined;
    if (key.constant.type !== "string") return undefined;
    return pathOf(operand, [key.constant.value, ...below]);
  }
  if (at.kind !== "ident" || at.absolute) return undefined;
  if (at.name !== "args" && at.name !== "result") return undefined;
  return { root: at.name, segments: below };
}

/** The text that {@link readModificationPath} reads as this path. */
export function modificationPathText({ root, segments }: ModificationPath): string {
  const names = segments.map((name) =>
    plainName.test(name) && !keywords.has(name) ? `.${name}` : `[${JSON.stringify(name)}]`,
  );
  return root + names.join("");
}

const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/u;
const keywords: ReadonlySet<string> = new Set(["in", "true", "false", "null"]);
