import { checkExpression } from "../cel/checker.ts";
import type { TypeEnvironment } from "../cel/environment.ts";
import type { Expr } from "../cel/syntax.ts";
import type { CelType, NameSet } from "../cel/type.ts";

/** A part of a condition with its type, and what macros around it have bound. */
export interface TypedPart {
  readonly expr: Expr;
  readonly type: CelType;
  readonly locals: ReadonlyMap<string, CelType>;
}

/** All that the checker sees of a condition; errors in it are no hindrance. */
export interface ConditionView {
  /** inner parts before those they lie in */
  readonly parts: readonly TypedPart[];
  /** literals that stand where a name of a closed set is wanted */
  readonly names: readonly { readonly expr: Expr; readonly set: NameSet }[];
}

/** Looks at a condition through the checker. */
export function viewCondition(ast: Expr, environment: TypeEnvironment): ConditionView {
  const parts: TypedPart[] = [];
  const names: { expr: Expr; set: NameSet }[] = [];
  checkExpression(ast, environment, {
    node: (expr, type, locals) => void parts.push({ expr, type, locals }),
    name: (expr, set) => void names.push({ expr, set }),
  });
  return { parts, names };
}
