import type { Constant, Expr } from "../../cel/syntax.ts";
import { Failure, LimitReached } from "../value/failure.ts";
import { Uint, doubleOf, intOf } from "../value/value.ts";
import type { Result, Value } from "../value/value.ts";
import { compileCall } from "./call.ts";
import type { Bound, Frame, Names, Step } from "./frame.ts";
import { compileList, compileMap } from "./literal.ts";
import { compileMacro } from "./macro.ts";
import { compileHas, compileIdent, compileSelect } from "./select.ts";

/** What compiling the parts of one expression shares. */
export interface Compiling<Host> {
  readonly names: Names<Host>;
  /** compiles a part where these names are bound and this many slots are taken */
  readonly part: (expr: Expr, bound: Bound) => Step<Host>;
}

/** Evaluates a whole expression with a budget of its own; never throws. */
export type Evaluate<Host> = (frame: Frame<Host>) => Result;

/**
 * An expression as closures, one for each of its parts. Every part is charged to the budget as
 * it is evaluated, so that expressions over large values end in the error `limit`.
 */
export function compileExpression<Host>(
  ast: Expr,
  names: Names<Host>,
  bound: Bound = new Map(),
): Evaluate<Host> {
  const compiling: Compiling<Host> = {
    names,
    part: (expr, inner) => charged(expr, compileKind(expr, compiling, inner)),
  };
  const step = compiling.part(ast, bound);
  return (frame) => {
    try {
      return frame.bench.budget.anew(() => step(frame));
    } catch (thrown) {
      if (thrown instanceof LimitReached) return thrown.failure.at(ast.range);
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      return new Failure("internal", `evaluation failed: ${message}`, ast.range);
    }
  };
}

function charged<Host>(expr: Expr, step: Step<Host>): Step<Host> {
  const { range } = expr;
  return (frame) => {
    const { budget } = frame.bench;
    budget.enter();
    budget.spend(1);
    const result = step(frame);
    budget.leave();
    return result instanceof Failure ? result.at(range) : result;
  };
}

function compileKind<Host>(expr: Expr, compiling: Compiling<Host>, bound: Bound): Step<Host> {
  switch (expr.kind) {
    case "constant": {
      const value = constantValue(expr.constant);
      return () => value;
    }
    case "ident":
      return compileIdent(expr, compiling, bound);
    case "select":
      return compileSelect(expr, compiling, bound);
    case "has":
      return compileHas(expr, compiling, bound);
    case "call":
      return compileCall(expr, compiling, bound);
    case "list":
      return compileList(expr, compiling, bound);
    case "map":
      return compileMap(expr, compiling, bound);
    case "struct": {
      const words = `there is no message type \`${expr.typeName}\``;
      return () => new Failure("unknown_name", words);
    }
    case "macro":
      return compileMacro(expr, compiling, bound);
  }
}

/** The value of a constant as written. */
export function constantValue(constant: Constant): Value {
  switch (constant.type) {
    case "null":
      return null;
    case "int":
      return intOf(constant.value);
    case "uint":
      return new Uint(constant.value);
    case "double":
      return doubleOf(constant.value);
    case "bool":
    case "string":
    case "bytes":
      return constant.value;
  }
}
