import type { Expr } from "../../cel/syntax.ts";

/** The direct parts of an expression, in the order written, each with the names bound in it. */
export function parts(expr: Expr): readonly { expr: Expr; binds: readonly string[] }[] {
  const free = (list: readonly Expr[]) => list.map((each) => ({ expr: each, binds: [] }));
  switch (expr.kind) {
    case "constant":
    case "ident":
      return [];
    case "select":
    case "has":
      return free([expr.operand]);
    case "call":
      return free(expr.target === undefined ? expr.args : [expr.target, ...expr.args]);
    case "list":
      return free(expr.elements.map(({ value }) => value));
    case "map":
      return free(expr.entries.flatMap(({ key, value }) => [key, value]));
    case "struct":
      return free(expr.fields.map(({ value }) => value));
    case "macro": {
      const binds = expr.variables.map(({ name }) => name);
      return [...free([expr.operand]), ...expr.args.map((each) => ({ expr: each, binds }))];
    }
  }
}

/** Calls `visit` on every expression in `expr`, outermost first, with the names bound around it. */
export function walk(
  expr: Expr,
  visit: (expr: Expr, bound: ReadonlySet<string>) => void,
  bound: ReadonlySet<string> = new Set(),
): void {
  visit(expr, bound);
  for (const part of parts(expr)) {
    walk(part.expr, visit, part.binds.length === 0 ? bound : new Set([...bound, ...part.binds]));
  }
}

/** Every variable that `expr` reads and no macro binds, with the place of each reading. */
export function freeNames(expr: Expr): Map<string, Expr[]> {
  const found = new Map<string, Expr[]>();
  walk(expr, (each, bound) => {
    if (each.kind !== "ident" || (bound.has(each.name) && !each.absolute)) return;
    found.set(each.name, [...(found.get(each.name) ?? []), each]);
  });
  return found;
}

/** `a.b["c"]` as its root name and the fields below it; undefined when it is anything else. */
export function pathOf(expr: Expr): { root: string; fields: readonly string[] } | undefined {
  if (expr.kind === "ident") return { root: expr.name, fields: [] };
  if (expr.kind === "select") {
    const below = pathOf(expr.operand);
    return below && { root: below.root, fields: [...below.fields, expr.field] };
  }
  const call = callOf(expr, "_[_]");
  const [operand, key] = call ?? [];
  const name = key === undefined ? undefined : literalText(key);
  const below = operand === undefined ? undefined : pathOf(operand);
  if (below === undefined || name === undefined) return undefined;
  return { root: below.root, fields: [...below.fields, name] };
}

/** The text of a string literal. */
export function literalText(expr: Expr): string | undefined {
  if (expr.kind !== "constant" || expr.constant.type !== "string") return undefined;
  return expr.constant.value;
}

/** The arguments of a call of `name`, its receiver first; undefined when it is no such call. */
export function callOf(expr: Expr, name: string): readonly Expr[] | undefined {
  if (expr.kind !== "call" || expr.function !== name) return undefined;
  return expr.target === undefined ? expr.args : [expr.target, ...expr.args];
}

/** The terms of `a && b && c` (or of `||`), however they nest. */
export function terms(expr: Expr, operator: "_&&_" | "_||_"): readonly Expr[] {
  const args = callOf(expr, operator);
  return args === undefined ? [expr] : args.flatMap((each) => terms(each, operator));
}

/** `variables.NAME`, when `expr` is just that. */
export function variableName(expr: Expr): string | undefined {
  const path = pathOf(expr);
  return path?.root === "variables" && path.fields.length === 1 ? path.fields[0] : undefined;
}
