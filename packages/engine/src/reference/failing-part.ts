import type { Expr } from "../cel/syntax.ts";
import type { Expression } from "../document/expression.ts";
import type { Policy } from "../document/policy.ts";
import { CelError } from "./cel-error.ts";
import { evaluateWithin } from "./evaluate.ts";
import { roundsOf, bindRound } from "./evaluate-macro.ts";
import { pathOf, subexpressionsOf } from "./expression-tree.ts";
import type { Bindings, Scope } from "./scope.ts";
import type { Value } from "./value.ts";
import { valueWords } from "./value-words.ts";

/** A condition in which to look for what failed. */
export interface Looking {
  readonly policy: Policy;
  readonly scope: Scope;
  /** the text that holds the part looked at: of the rule or of a variable */
  readonly expression: Expression;
  readonly bindings: Bindings | undefined;
}

/** The smallest part of a condition that was not so, and what it would have needed. */
export interface FailingPart {
  readonly expression: Expression;
  readonly part: Expr;
  readonly found: string;
  readonly needed: string;
}

/**
 * Why `part` is not `wanted`: follows the operand that decides through logic, ternaries, policy
 * variables and macros down to one comparison, membership, call or error.
 *
 * **Contract:** `part` evaluates to something else than `wanted`.
 */
export function failingPart(part: Expr, wanted: boolean, at: Looking): FailingPart {
  const value = valueOf(part, at);
  if (value instanceof CelError) return erringPart(part, value, at);
  const variable = variableNamed(part, at);
  if (variable !== undefined) {
    return failingPart(variable.ast, wanted, { ...at, expression: variable, bindings: undefined });
  }
  if (part.kind === "call") {
    const [first, second, third] = part.args;
    if (part.function === "!_" && first !== undefined) return failingPart(first, !wanted, at);
    if (first !== undefined && second !== undefined) {
      const logical = part.function === "_&&_" || part.function === "_||_";
      if (logical) return failingOperand(part, [first, second], wanted, at);
      if (part.function === "_?_:_" && third !== undefined) {
        const branch = valueOf(first, at) === true ? second : third;
        return failingPart(branch, wanted, at);
      }
    }
  }
  if (part.kind === "macro") return failingMacro(part, wanted, at);
  return leaf(part, wanted, at);
}

/** How many of the conditions joined by `&&` are not so; the fewer, the nearer. */
export function failingConjuncts(part: Expr, at: Looking): { failing: number; holding: number } {
  if (part.kind === "call" && part.function === "_&&_") {
    return part.args
      .map((arg) => failingConjuncts(arg, at))
      .reduce((a, b) => ({ failing: a.failing + b.failing, holding: a.holding + b.holding }));
  }
  const variable = variableNamed(part, at);
  if (variable !== undefined) {
    return failingConjuncts(variable.ast, { ...at, expression: variable, bindings: undefined });
  }
  const holds = valueOf(part, at) === true;
  return { failing: holds ? 0 : 1, holding: holds ? 1 : 0 };
}

/** Of two operands the one that decides; where neither does alone, the one nearest to `wanted`. */
function failingOperand(
  part: Extract<Expr, { kind: "call" }>,
  operands: readonly [Expr, Expr],
  wanted: boolean,
  at: Looking,
): FailingPart {
  const failing = operands.filter((operand) => valueOf(operand, at) !== wanted);
  const certain = failing.filter((operand) => !(valueOf(operand, at) instanceof CelError));
  const candidates = certain.length > 0 ? certain : failing;
  const needsAll = (part.function === "_&&_") === wanted;
  const sorted = needsAll
    ? candidates
    : candidates.toSorted(
        (a, b) => failingConjuncts(a, at).failing - failingConjuncts(b, at).failing,
      );
  const [nearest] = sorted;
  return nearest === undefined ? leaf(part, wanted, at) : failingPart(nearest, wanted, at);
}

/** `all` and its kin: the element that decides; `exists`: what would have been needed of one. */
function failingMacro(
  part: Extract<Expr, { kind: "macro" }>,
  wanted: boolean,
  at: Looking,
): FailingPart {
  const [body] = part.args;
  const range = valueOf(part.operand, at);
  const decides = part.macro === "all" ? wanted : part.macro === "exists" && !wanted;
  if (!decides || body === undefined || range instanceof CelError) return leaf(part, wanted, at);
  for (const round of roundsOf(range, part.variables.length) ?? []) {
    const inside = { ...at, bindings: bindRound(part, round, at.bindings) };
    if (valueOf(body, inside) !== wanted) return failingPart(body, wanted, inside);
  }
  return leaf(part, wanted, at);
}

function leaf(part: Expr, wanted: boolean, at: Looking): FailingPart {
  const words = valueWords(part, wanted, (expr) => valueOf(expr, at), at.expression.text);
  return { expression: at.expression, part, ...words };
}

/** The innermost part that is an error while all its own parts are not. */
function erringPart(part: Expr, error: CelError, at: Looking): FailingPart {
  const range = error.range;
  const inner = subexpressionsOf(part).find(
    (expr) =>
      range !== undefined && expr.range.start === range.start && expr.range.end === range.end,
  );
  const path = inner === undefined ? undefined : pathOf(inner);
  const absent = error.code === "no_such_key" || error.code === "absent";
  return {
    expression: at.expression,
    part: inner ?? part,
    found: absent && path !== undefined ? "absent" : `an error: ${error.message}`,
    needed: "a value",
  };
}

function valueOf(part: Expr, { scope, bindings }: Looking): Value | CelError {
  return evaluateWithin(part, scope, bindings);
}

function variableNamed(part: Expr, { policy }: Looking): Expression | undefined {
  const path = pathOf(part);
  if (path?.length !== 2 || path[0] !== "variables") return undefined;
  return policy.variables.find(({ name }) => name === path[1])?.expression;
}
