import type { Expr } from "../cel/syntax.ts";
import type { Budget } from "./budget.ts";
import type { CelError } from "./cel-error.ts";
import type { Bindings, Scope } from "./scope.ts";
import type { Value } from "./value.ts";

/** What every step of one evaluation shares. */
export interface Evaluation {
  readonly scope: Scope;
  readonly budget: Budget;
  /** visits a sub-expression; an error it gives stands at the smallest expression that failed */
  readonly evaluate: (
    expr: Expr,
    evaluation: Evaluation,
    bindings: Bindings | undefined,
  ) => Value | CelError;
}

/** An expression of one kind. */
export type ExprOf<Kind extends Expr["kind"]> = Extract<Expr, { readonly kind: Kind }>;
