import type { Constant, Expr } from "../../cel/syntax.ts";
import { Failure, LimitReached } from "../value/failure.ts";
import { Uint, doubleOf, intOf } from "../value/value.ts";
import type { Result, Value } from "../value/value.ts";
import { compileCall } from "./call.ts";
import { constantStep } from "./compiling.ts";
import type { Compiling } from "./compiling.ts";
import type { Bound, Frame, Names, Step } from "./frame.ts";
import { compileList, compileMap } from "./literal.ts";
import { compileMacro } from "./macro.ts";
import { compileHas, compileIdent, compileSelect } from "./select.ts";

/** Evaluates a whole expression with a budget of its own; never throws. */
export type Evaluate<Host> = (frame: Frame<Host>) => Result;

/**
 * An expression as closures, one for each of its parts. Every part is charged to the budget, so
 * that expressions over large values end in the error `limit`. It is evaluated with all its parts
 * charged for at once, which is never less than what is owed; an error, which must stand where it
 * was met, and a limit that may not have been owed are found anew, part by part.
 */
export function compileExpression<Host>(
  ast: Expr,
  names: Names<Host>,
  bound: Bound = new Map(),
): Evaluate<Host> {
  const quick = compilePrepaid(ast, names, bound);
  let exact: Evaluate<Host> | undefined;
  // Mostly an expression that has ended in an error ends in one again.
  let failed = false;
  return (frame) => {
    const result = failed ? undefined : quick(frame);
    if (result !== undefined && !(result instanceof Failure)) return result;
    exact ??= compileExact(ast, names, bound);
    const found = exact(frame);
    failed = found instanceof Failure;
    return found;
  };
}

/** Every part is charged as it is evaluated, and an error is given its place. */
function compileExact<Host>(ast: Expr, names: Names<Host>, bound: Bound): Evaluate<Host> {
  const part = (expr: Expr, inner: Bound): Step<Host> =>
    charged(expr, compileKind(expr, compiling, inner));
  const compiling: Compiling<Host> = { names, part, body: part, exact: true, constants: new Map() };
  const step = part(ast, bound);
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

/**
 * How deep a part is taken to be where parts are not counted: no less deep than any is, and the same in every
 * expression, as what calls come to is kept for others.
 */
const depthMin = 128;

/** Charges for all parts before the first is evaluated; `undefined` for what ends in a throw. */
function compilePrepaid<Host>(
  ast: Expr,
  names: Names<Host>,
  bound: Bound,
): (frame: Frame<Host>) => Result | undefined {
  let parts = 0;
  let depth = 0;
  let deepest = 0;
  const part = (expr: Expr, inner: Bound): Step<Host> => {
    parts += 1;
    depth += 1;
    deepest = Math.max(deepest, depth);
    const step = compileKind(expr, compiling, inner);
    depth -= 1;
    return step;
  };
  const prepaid = (expr: Expr, inner: Bound): Step<Host> => {
    const around = parts;
    parts = 0;
    const step = part(expr, inner);
    const owed = parts;
    parts = around;
    return (frame) => {
      frame.bench.budget.spend(owed);
      return step(frame);
    };
  };
  const constants = new Map<Step<Host>, Value>();
  const compiling: Compiling<Host> = { names, part, body: prepaid, exact: false, constants };
  const step = prepaid(ast, bound);
  if (deepest > depthMin) return () => undefined;
  return (frame) => {
    const { budget } = frame.bench;
    budget.begin(depthMin);
    try {
      return step(frame);
    } catch {
      return undefined;
    } finally {
      budget.end();
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
      return constantStep(constantValue(expr.constant), compiling);
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
