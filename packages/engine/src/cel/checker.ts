import { checkList, checkMap } from "./check-aggregate.ts";
import { checkCall } from "./check-call.ts";
import { checkMacro } from "./check-macro.ts";
import { checkIdent, checkSelection } from "./check-select.ts";
import { reject } from "./checking.ts";
import type { Checking, CheckObserver, CheckScope, UnguardedRead } from "./checking.ts";
import type { TypeEnvironment } from "./environment.ts";
import type { ExpressionError } from "./expression-error.ts";
import type { Expr } from "./syntax.ts";
import type { CelType } from "./type.ts";
import { dynType } from "./type.ts";
import { Unifier } from "./unifier.ts";

export interface CheckResult {
  /** of the whole expression; `dyn` where it is only known at run time, or after an error */
  readonly type: CelType;
  /** in the order they stand */
  readonly errors: readonly ExpressionError[];
  /**
   * Reads of what may be null or absent that no test before them covers: an error at run time
   * when it is. A narrowing rule must not depend on one.
   */
  readonly unguarded: readonly UnguardedRead[];
}

/**
 * Checks an expression against what it can name (langdef.md, "Gradual Type Checking"). Never
 * throws. Everything unknown, every call that no overload takes and every literal that cannot be
 * right is an error; what only run time can tell has type `dyn` and is none. Struct literals are
 * errors: there are no protobuf messages.
 */
export function checkExpression(
  ast: Expr,
  environment: TypeEnvironment,
  observer?: CheckObserver,
): CheckResult {
  const checking: Checking = {
    observer,
    environment,
    unifier: new Unifier(),
    errors: [],
    unguarded: [],
    check: (expr, scope) => {
      const type = checkNode(expr, checking, scope);
      observer?.node(expr, checking.unifier.substitute(type, dynType), scope.locals);
      return type;
    },
  };
  const type = checking.check(ast, { locals: new Map(), known: new Set() });
  const byPlace = (a: { range: { start: number } }, b: { range: { start: number } }): number =>
    a.range.start - b.range.start;
  return {
    type: checking.unifier.substitute(type, dynType),
    errors: checking.errors.toSorted(byPlace),
    unguarded: checking.unguarded.toSorted(byPlace),
  };
}

function checkNode(expr: Expr, checking: Checking, scope: CheckScope): CelType {
  switch (expr.kind) {
    case "constant":
      return { kind: expr.constant.type };
    case "ident":
      return checkIdent(expr, checking, scope);
    case "select":
    case "has":
      return checkSelection(expr, checking, scope);
    case "call":
      return checkCall(expr, checking, scope);
    case "list":
      return checkList(expr, checking, scope);
    case "map":
      return checkMap(expr, checking, scope);
    case "macro":
      return checkMacro(expr, checking, scope);
    case "struct":
      for (const field of expr.fields) {
        checking.check(field.value, scope);
      }
      return reject(
        checking,
        "cel_struct",
        `\`${expr.typeName}{…}\` makes a protobuf message, and there are no protobuf messages here; write a map, as in \`{"field": value}\``,
        expr.range,
      );
  }
}
