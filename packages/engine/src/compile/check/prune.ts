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
 * So one rule can serve several tools, and an argument that none of them has stays an error.
 */
export function prune(expr: Expr, scope: PruneScope): Expr {
  if (expr.kind === "has") return isElsewhere(expr, scope) ? literal(false, expr) : expr;
  const variable = variableName(expr);
  const constant = variable === undefined ? undefined : scope.constants.get(variable);
  if (constant !== undefined) return literal(constant, expr);
  if (expr.kind === "macro") {
    // The operand of a macro may be shortened; its body binds names and stays as it is.
    return { ...expr, operand: prune(expr.operand, scope) };
  }
  if (expr.kind !== "call") return expr;
  const [condition, then, otherwise] = callOf(expr, "_?_:_") ?? [];
  if (condition !== undefined && then !== undefined && otherwise !== undefined) {
    const test = prune(condition, scope);
    const known = truthOf(test);
    if (known !== undefined) return prune(known ? then : otherwise, scope);
    return { ...expr, args: [test, prune(then, scope), prune(otherwise, scope)] };
  }
  const args = expr.args.map((each) => prune(each, scope));
  return shortened({ ...expr, args });
}

type Call = Extract<Expr, { kind: "call" }>;

function shortened(call: Call): Expr {
  const truths = call.args.map(truthOf);
  switch (call.function) {
    case "!_": {
      const [only] = truths;
      return only === undefined ? call : literal(!only, call);
    }
    case "_&&_":
      return truths.includes(false) ? literal(false, call) : withoutNeutral(call, truths);
    case "_||_":
      return truths.includes(true) ? literal(true, call) : withoutNeutral(call, truths);
    default:
      return call;
  }
}

/** `true && x` is x only when x is a condition; where it is the only term left, it stays. */
function withoutNeutral(call: Call, truths: readonly (boolean | undefined)[]): Expr {
  const [first, second] = call.args;
  if (truths[0] !== undefined && second !== undefined) return second;
  if (truths[1] !== undefined && first !== undefined) return first;
  return call;
}

function truthOf(expr: Expr): boolean | undefined {
  if (expr.kind !== "constant" || expr.constant.type !== "bool") return undefined;
  return expr.constant.value;
}

function literal(value: boolean, { range }: Expr): Expr {
  return { kind: "constant", constant: { type: "bool", value }, range };
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
