import { printExpression } from "../cel/printer.ts";
import type { Expr } from "../cel/syntax.ts";
import type { CelType } from "../cel/type.ts";

/** What a term is made of. `text` is there when the author wrote it as CEL text. */
export interface Built {
  readonly ast: Expr;
  readonly type: CelType;
  readonly text?: string;
}

/** Where a term keeps what it is made of: no argument of a tool can have this name. */
export const built: unique symbol = Symbol("holdfast.term");

/** What `value` is made of when it is a term. */
export function builtIn(value: unknown): Built | undefined {
  if (typeof value !== "object" || value === null || !(built in value)) return undefined;
  return value[built] as Built;
}

/** The CEL text of a term: as the author wrote it, or printed. */
export function celTextOf({ ast, text }: Built): string {
  return text ?? printExpression(ast);
}
