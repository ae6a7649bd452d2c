import type { Expr, Range } from "../cel/syntax.ts";
import { CelError } from "./cel-error.ts";
import { evaluateWithin } from "./evaluate.ts";
import { bindRound, roundsOf } from "./evaluate-macro.ts";
import { childrenOf } from "./expression-tree.ts";
import type { Bindings, Scope } from "./scope.ts";
import { Optional } from "./value.ts";
import type { Value } from "./value.ts";

/**
 * An expression and what it came to, with its parts. Nothing is evaluated before it is asked
 * for, and nothing twice; parts that evaluation itself would not have looked at (the right side
 * of a decided `&&`) have values too.
 */
export interface Trace {
  readonly expr: Expr;
  readonly value: Value | CelError;
  /** the parts that stand outside what a macro repeats, in the order written */
  readonly parts: readonly Trace[];
  /** of a macro: for each round in turn, its repeated parts with the names bound */
  readonly rounds: readonly (readonly Trace[])[];
}

/** The trace of an expression. Never throws; pure as long as the scope is. */
export function evaluateTraced(ast: Expr, scope: Scope): Trace {
  return new LazyTrace(ast, scope, undefined);
}

/** The smallest part outside macros that covers a range of the text, if the expression does. */
export function tracedAt(trace: Trace, range: Range): Trace | undefined {
  const { start, end } = trace.expr.range;
  if (range.start < start || range.end > end) return undefined;
  for (const part of trace.parts) {
    const found = tracedAt(part, range);
    if (found !== undefined) return found;
  }
  return trace;
}

class LazyTrace implements Trace {
  readonly expr: Expr;
  readonly #scope: Scope;
  readonly #bindings: Bindings | undefined;
  #parts: readonly Trace[] | undefined;
  #rounds: readonly (readonly Trace[])[] | undefined;
  #value: { readonly known: Value | CelError } | undefined;

  constructor(expr: Expr, scope: Scope, bindings: Bindings | undefined) {
    this.expr = expr;
    this.#scope = scope;
    this.#bindings = bindings;
  }

  get value(): Value | CelError {
    this.#value ??= { known: evaluateWithin(this.expr, this.#scope, this.#bindings) };
    return this.#value.known;
  }

  get parts(): readonly Trace[] {
    this.#parts ??= partsOf(this.expr).map(
      (part) => new LazyTrace(part, this.#scope, this.#bindings),
    );
    return this.#parts;
  }

  get rounds(): readonly (readonly Trace[])[] {
    const { expr } = this;
    const [operand] = this.parts;
    if (expr.kind !== "macro" || operand === undefined) return [];
    this.#rounds ??= roundsOfMacro(expr, operand.value).map((round) => {
      const bindings = bindRound(expr, round, this.#bindings);
      return expr.args.map((arg) => new LazyTrace(arg, this.#scope, bindings));
    });
    return this.#rounds;
  }
}

/** A macro repeats its arguments; only what it ranges over stands outside. */
function partsOf(expr: Expr): readonly Expr[] {
  return expr.kind === "macro" ? [expr.operand] : childrenOf(expr);
}

/** What the names of a macro hold in each round: `bind` and a held optional have one. */
function roundsOfMacro(
  expr: Extract<Expr, { readonly kind: "macro" }>,
  operand: Value | CelError,
): readonly (readonly (Value | CelError)[])[] {
  if (expr.macro === "bind") return [[operand]];
  if (operand instanceof CelError) return [];
  if (operand instanceof Optional) return operand.value === undefined ? [] : [[operand.value]];
  return roundsOf(operand, expr.variables.length) ?? [];
}
