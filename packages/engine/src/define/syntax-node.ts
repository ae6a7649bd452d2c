import { buildChain, chainTerms } from "../cel/chain.ts";
import type { LogicalOperator } from "../cel/chain.ts";
import type { Constant, Expr, Macro } from "../cel/syntax.ts";

/** What is built has no text yet, so nothing in it has a place. */
const range = { start: 0, end: 0 } as const;

/** A variable. */
export function identNode(name: string): Expr {
  return { kind: "ident", name, absolute: false, range };
}

/** A constant. */
export function constantNode(constant: Constant): Expr {
  return { kind: "constant", constant, range };
}

/** A function or operator by the name that `Expr` gives it; `target` is the receiver of a method. */
export function callNode(name: string, args: readonly Expr[], target?: Expr): Expr {
  const call = { kind: "call", function: name, args, range, functionRange: range } as const;
  return target === undefined ? call : { ...call, target };
}

/** `a && b && c`, as the parser builds it: what the first is joined of goes on as one chain. */
export function chainNode(operator: LogicalOperator, parts: readonly [Expr, ...Expr[]]): Expr {
  const [first, ...others] = parts;
  const terms = [...chainTerms(first, operator), ...others].map((expr) => ({ expr, range }));
  const operators = terms.slice(1).map(() => range);
  return buildChain(terms, operators, (left, right) => callNode(operator, [left.expr, right.expr]));
}

/** A field: `a.b`, or `a["odd name"]` where the grammar has no plain form. */
export function fieldNode(operand: Expr, field: string): Expr {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/u.test(field) && !/^(?:true|false|null|in)$/u.test(field)) {
    return { kind: "select", operand, field, optional: false, range, fieldRange: range };
  }
  return callNode("_[_]", [operand, constantNode({ type: "string", value: field })]);
}

/** Whether the field that `expr` reads is there; undefined when it reads none. */
export function presenceNode(expr: Expr): Expr | undefined {
  if (expr.kind === "select") return hasNode(expr.operand, expr.field);
  if (expr.kind !== "call" || expr.function !== "_[_]") return undefined;
  const [operand, key] = expr.args;
  if (operand === undefined || key?.kind !== "constant") return undefined;
  if (key.constant.type !== "string") return undefined;
  // What `has` can name between backticks; any other key is asked for in the map.
  const named = /^[A-Za-z0-9_.\-/ ]+$/u.test(key.constant.value);
  return named ? hasNode(operand, key.constant.value) : callNode("@in", [key, operand]);
}

function hasNode(operand: Expr, field: string): Expr {
  return { kind: "has", operand, field, range, fieldRange: range };
}

/** A macro that goes over `operand` and binds one variable. */
export function macroNode(
  macro: Macro,
  operand: Expr,
  { variable, body }: { readonly variable: string; readonly body: Expr },
): Expr {
  const variables = [{ name: variable, range }];
  return { kind: "macro", macro, operand, variables, args: [body], range };
}

/** A list of values. */
export function listNode(values: readonly Expr[]): Expr {
  return { kind: "list", elements: values.map((value) => ({ value, optional: false })), range };
}

/** A map with text keys. */
export function mapNode(entries: readonly (readonly [string, Expr])[]): Expr {
  const written = entries.map(([key, value]) => ({
    key: constantNode({ type: "string", value: key }),
    value,
    optional: false,
  }));
  return { kind: "map", entries: written, range };
}
