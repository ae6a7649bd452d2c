import type { Expr } from "../../cel/syntax.ts";
import type { CelType } from "../../cel/type.ts";
import { callOf, pathOf, variableName } from "./syntax-walk.ts";

/** What is known of the tool that an expression is checked for. */
export interface PruneScope {
  readonly args: CelType;
  /** the arguments of every tool the expression is checked for */
  readonly others: readonly CelType[];
  readonly constants: ReadonlyMap<string, boolean>;
}

/**
 * The expression as far as it matters for one tool: `has(args.x)` is false for a tool whose
 * schema has no `x`, when another matched tool has it, and what such a test guards is left out.
 * So one rule can serve several tools, and an argument that none of them has stays an error. A
 * boolean when such tests alone decide the whole; literals of the author decide nothing.
 */
export function prune(expr: Expr, scope: PruneScope): Expr | boolean {
  if (expr.kind === "has") return isElsewhere(expr, scope) ? false : expr;
  const variable = variableName(expr);
  const constant = variable === undefined ? undefined : scope.constants.get(variable);
  if (constant !== undefined) return constant;
  // The operand of a macro may be shortened; its body binds names and stays as it is.
  if (expr.kind === "macro") return { ...expr, operand: pruned(expr.operand, scope) };
  if (expr.kind !== "call") return expr;
  const [condition, then, otherwise] = callOf(expr, "_?_:_") ?? [];
  if (condition !== undefined && then !== undefined && otherwise !== undefined) {
    const test = prune(condition, scope);
    if (typeof test === "boolean") return prune(test ? then : otherwise, scope);
    return { ...expr, args: [test, pruned(then, scope), pruned(otherwise, scope)] };
  }
  const [first, second] = expr.args;
  if (first !== undefined && expr.function === "!_") {
    const negated = prune(first, scope);
    return typeof negated === "boolean" ? !negated : { ...expr, args: [negated] };
  }
  if (first !== undefined && second !== undefined) {
    if (expr.function === "_&&_") return joined(expr, first, second, false, scope);
    if (expr.function === "_||_") return joined(expr, first, second, true, scope);
  }
  return { ...expr, args: expr.args.map((each) => pruned(each, scope)) };
}

type Call = Extract<Expr, { kind: "call" }>;

/** `&&` and `||`: `decisive` is the truth of one side that decides the whole. */
function joined(
  call: Call,
  first: Expr,
  second: Expr,
  decisive: boolean,
  scope: PruneScope,
): Expr | boolean {
  const left = prune(first, scope);
  const right = prune(second, scope);
  if (left === decisive || right === decisive) return decisive;
  if (typeof left === "boolean") return right;
  if (typeof right === "boolean") return left;
  return { ...call, args: [left, right] };
}

function pruned(expr: Expr, scope: PruneScope): Expr {
  const rest = prune(expr, scope);
  if (typeof rest !== "boolean") return rest;
  return { kind: "constant", constant: { type: "bool", value: rest }, range: expr.range };
}

function isElsewhere(expr: Extract<Expr, { kind: "has" }>, scope: PruneScope): boolean {
  const path = pathOf(expr.operand);
  if (path === undefined || (path.root !== "args" && path.root !== "original")) return false;
  const fields = [...path.fields, expr.field];
  return (
    !canHave(scope.args, fields) &&
    scope.others.some((other) => other !== scope.args && canHave(other, fields))
  );
}

function canHave(type: CelType, fields: readonly string[]): boolean {
  const [field, ...below] = fields;
  if (field === undefined) return true;
  if (type.kind === "dyn") return true;
  if (type.kind === "map") return canHave(type.value, below);
  if (type.kind === "nullable" || type.kind === "optional") return canHave(type.of, fields);
  if (type.kind !== "object") return false;
  const next = type.fields.get(field)?.type ?? type.rest;
  return next !== undefined && canHave(next, below);
}
