import { printExpression } from "../cel/printer.ts";
import type { Expr } from "../cel/syntax.ts";
import type { CelType } from "../cel/type.ts";
import { definitionError } from "./definition-error.ts";

/** What a term is made of. `text` is there when the author wrote it as CEL text. */
export interface Built {
  readonly ast: Expr;
  readonly type: CelType;
  readonly text?: string | undefined;
  /** of the scope it was built in; text alone has none */
  readonly ledger?: Ledger | undefined;
}

/** The conditions that were built in one scope and that nothing has used yet. */
export type Ledger = Set<Built>;

/** Where a term keeps what it is made of: no argument of a tool can have this name. */
export const built: unique symbol = Symbol("holdfast.term");

/** What `value` is made of when it is a term; whoever looks uses it. */
export function builtIn(value: unknown): Built | undefined {
  if (typeof value !== "object" || value === null || !(built in value)) return undefined;
  return value[built] as Built;
}

/** The CEL text of a term: as the author wrote it, or printed. */
export function celTextOf({ ast, text }: Built): string {
  return text ?? printExpression(ast);
}

/**
 * WHY: a term is an object, so `a && b` is `b`, `!a` is false and `a ? b : c` is b. A policy that
 * lost a condition in this way would look right and grant more, or deny less, than it says.
 *
 * @throws HoldfastError `definition_invalid` when a condition was built and not used
 */
export function checkUsed(ledger: Ledger): void {
  const [unused] = ledger;
  if (unused === undefined) return;
  throw definitionError(
    `\`${celTextOf(unused)}\` was built and is not used; join conditions with \`.and\`, \`.or\`, \`.not\` and \`choose\`, JavaScript's \`&&\`, \`||\`, \`!\` and \`?:\` do not`,
  );
}
