import type { Expr } from "../../cel/syntax.ts";
import type { Expression } from "../../document/expression.ts";
import { compileExpression } from "../expression/compile.ts";
import type { Bound } from "../expression/frame.ts";
import { roundsOf, slotsOf } from "../expression/macro.ts";
import { policyNames, situationNames } from "../rule/policy-names.ts";
import type { Subject } from "../rule/subject.ts";
import { isPath, partsOf, variableName } from "../rule/syntax.ts";
import { Failure } from "../value/failure.ts";
import type { Result } from "../value/value.ts";
import { failureWords } from "./words.ts";

/** Where in a condition one looks: the text that holds the part, and the names bound around it. */
export interface Place {
  readonly expression: Expression;
  readonly host: Subject;
  readonly bound: Bound;
  readonly slots: Result[];
}

/** The smallest part that was not so, and what it would have needed. */
export interface FailingPart {
  readonly expression: Expression;
  readonly part: Expr;
  readonly found: string;
  readonly needed: string;
}

type Call = Extract<Expr, { readonly kind: "call" }>;
type Macro = Extract<Expr, { readonly kind: "macro" }>;

/**
 * Why `part` is not `wanted`: follows what decides through logic, ternaries, variables and
 * macros down to one comparison, membership, call or error.
 */
export function findFailing(part: Expr, wanted: boolean, place: Place): FailingPart {
  const value = valueAt(part, place);
  if (value instanceof Failure) return erring(part, value, place);
  const within = variablePlace(part, place);
  if (within !== undefined) return findFailing(within.expression.ast, wanted, within);
  if (part.kind === "macro") return failingRound(part, wanted, place);
  if (part.kind !== "call") return leaf(part, wanted, place);
  const [first, second, third] = part.args;
  if (first === undefined) return leaf(part, wanted, place);
  if (part.function === "!_") return findFailing(first, !wanted, place);
  if (second === undefined) return leaf(part, wanted, place);
  if (part.function === "_&&_" || part.function === "_||_") {
    return failingSide(part, [first, second], wanted, place);
  }
  if (part.function === "_?_:_" && third !== undefined) {
    return findFailing(valueAt(first, place) === true ? second : third, wanted, place);
  }
  return leaf(part, wanted, place);
}

/** How many of the parts joined by `&&` hold and how many do not. */
export function countConjuncts(
  part: Expr,
  place: Place,
): { readonly failing: number; readonly holding: number } {
  if (part.kind === "call" && part.function === "_&&_") {
    let failing = 0;
    let holding = 0;
    for (const arg of part.args) {
      const counted = countConjuncts(arg, place);
      failing += counted.failing;
      holding += counted.holding;
    }
    return { failing, holding };
  }
  const within = variablePlace(part, place);
  if (within !== undefined) return countConjuncts(within.expression.ast, within);
  const holds = valueAt(part, place) === true;
  return { failing: holds ? 0 : 1, holding: holds ? 1 : 0 };
}

/** Of two sides the one that decides; where neither does alone, the one nearest to `wanted`. */
function failingSide(
  part: Call,
  sides: readonly [Expr, Expr],
  wanted: boolean,
  place: Place,
): FailingPart {
  const failing = sides.filter((side) => valueAt(side, place) !== wanted);
  const certain = failing.filter((side) => !(valueAt(side, place) instanceof Failure));
  const among = certain.length > 0 ? certain : failing;
  const needsBoth = (part.function === "_&&_") === wanted;
  const [first, second] = among;
  if (first === undefined) return leaf(part, wanted, place);
  if (needsBoth || second === undefined) return findFailing(first, wanted, place);
  const distance = (side: Expr): number => countConjuncts(side, place).failing;
  return findFailing(distance(second) < distance(first) ? second : first, wanted, place);
}

/** The element that decides an `all`, or an `exists` that should be false. */
function failingRound(part: Macro, wanted: boolean, place: Place): FailingPart {
  const [body] = part.args;
  const range = valueAt(part.operand, place);
  const decides = part.macro === "all" ? wanted : part.macro === "exists" && !wanted;
  if (!decides || body === undefined || range instanceof Failure) return leaf(part, wanted, place);
  const { slots, inside: bound } = slotsOf(part, place.bound, place.slots.length);
  for (const round of roundsOf(range, slots.length) ?? []) {
    const within = { ...place, bound, slots: [...place.slots, ...round] };
    if (valueAt(body, within) !== wanted) return findFailing(body, wanted, within);
  }
  return leaf(part, wanted, place);
}

function leaf(part: Expr, wanted: boolean, place: Place): FailingPart {
  const words = failureWords(part, wanted, (expr) => valueAt(expr, place), place.expression.text);
  return { expression: place.expression, part, ...words };
}

/** The part at which an error stands. */
function erring(part: Expr, { code, message, range }: Failure, place: Place): FailingPart {
  const inner = range === undefined ? undefined : partAt(part, range.start, range.end);
  const absent = code === "no_such_key" || code === "absent";
  return {
    expression: place.expression,
    part: inner ?? part,
    found: absent && inner !== undefined && isPath(inner) ? "absent" : `an error: ${message}`,
    needed: "a value",
  };
}

/** The outermost part that stands exactly there. */
function partAt(expr: Expr, start: number, end: number): Expr | undefined {
  if (expr.range.start === start && expr.range.end === end) return expr;
  for (const part of partsOf(expr)) {
    const found = partAt(part, start, end);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What a part comes to by itself. */
export function valueAt(part: Expr, { host, bound, slots }: Place): Result {
  const names = host.policy === undefined ? situationNames : policyNames(host.policy);
  const evaluate = compileExpression(part, names, bound);
  return evaluate({ host, bench: host.situation.program.bench, slots: [...slots] });
}

/** Where the variable is defined that a part names; `undefined`: it names none. */
export function variablePlace(part: Expr, place: Place): Place | undefined {
  const { policy } = place.host;
  const index = policy?.variables.get(variableName(part) ?? "");
  const expression = index === undefined ? undefined : policy?.policy.variables[index]?.expression;
  return expression === undefined
    ? undefined
    : { ...place, expression, bound: new Map(), slots: [] };
}
