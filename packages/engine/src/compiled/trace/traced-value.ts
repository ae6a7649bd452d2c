import { canonicalJson } from "@holdfast/model";
import type { DecisionTrace, Json } from "@holdfast/model";
import type { Expr } from "../../cel/syntax.ts";
import { valueAt, variablePlace } from "../explanation/failing.ts";
import type { Place } from "../explanation/failing.ts";
import { isPath, partsOf } from "../rule/syntax.ts";
import { Failure } from "../value/failure.ts";
import { jsonOf } from "../value/json.ts";
import type { Result } from "../value/value.ts";

type Rule = DecisionTrace["rules"][number];
type TracedValue = NonNullable<Rule["condition"]>["parts"][number]["values"][number];
type Origin = Rule["origins"][number];

/** Units of canonical JSON from which on a value is cut. */
const wholeMax = 4_096;
const cutUnits = 200;
/** Values listed of one part. */
const valuesMax = 16;

/** A value as data, under the words that gave it. */
function tracedValue(expression: string, result: Result | undefined): TracedValue {
  if (result === undefined) return { expression };
  const json = result instanceof Failure ? result : jsonOf(result);
  return json instanceof Failure
    ? { expression, error: json.message }
    : tracedJson(expression, json);
}

/** JSON under the words that gave it. */
export function tracedJson(expression: string, json: Json | undefined): TracedValue {
  if (json === undefined) return { expression };
  const text = canonicalJson(json);
  if (text.length <= wholeMax) return { expression, value: json };
  const last = text.charCodeAt(cutUnits - 1);
  // A cut through a surrogate pair would leave text that has no canonical form.
  const end = last >= 0xd800 && last < 0xdc00 ? cutUnits - 1 : cutUnits;
  return { expression, cut: { text: text.slice(0, end), length: text.length } };
}

/** What a part of a condition read: the sides of a comparison, and the paths within it. */
export function valuesWithin(part: Expr, place: Place): TracedValue[] {
  if (part.kind === "has") return presentValue(part, place);
  const found = new Map<string, Expr>();
  const sides = part.kind === "call" ? partsOf(part) : [];
  for (const side of sides) {
    const isTold = side.kind === "call" || side.kind === "macro" || side.kind === "select";
    if (isTold) found.set(textOf(side, place), side);
  }
  notePaths(part, place, found);
  found.delete(textOf(part, place));
  return [...found]
    .slice(0, valuesMax)
    .map(([expression, expr]) => tracedValue(expression, valueAt(expr, place)));
}

/** What is there where `has` looks. */
function presentValue(
  { operand, field, range, fieldRange }: Extract<Expr, { readonly kind: "has" }>,
  place: Place,
): TracedValue[] {
  const select = { kind: "select", operand, field, optional: false, range, fieldRange } as const;
  const value = valueAt(select, place);
  if (value instanceof Failure) return [];
  return [tracedValue(`${textOf(operand, place)}.${field}`, value)];
}

/** Paths outside what macros repeat, where other names are bound. */
function notePaths(expr: Expr, place: Place, found: Map<string, Expr>): void {
  if (expr.kind === "macro") notePaths(expr.operand, place, found);
  else if (isPath(expr)) found.set(textOf(expr, place), expr);
  else for (const part of partsOf(expr)) notePaths(part, place, found);
}

/** A part of a condition as it is written. */
export function textOf({ range }: Expr, { expression }: Pick<Place, "expression">): string {
  return expression.text.slice(range.start, range.end);
}

const asking: ReadonlySet<string> = new Set(["origin", "from_only", "touches", "requested_by"]);

/** Where the values were first seen that a condition asks this about, itself or in a variable. */
export function originsWithin(condition: Expr, place: Place): Origin[] {
  const found = new Map<string, Origin>();
  noteOrigins(condition, place, found);
  return [...found.values()];
}

function noteOrigins(expr: Expr, place: Place, found: Map<string, Origin>): void {
  const within = variablePlace(expr, place);
  if (within !== undefined) {
    noteOrigins(within.expression.ast, within, found);
    return;
  }
  if (expr.kind === "macro") {
    noteOrigins(expr.operand, place, found);
    return;
  }
  const [value] = expr.kind === "call" && asking.has(expr.function) ? expr.args : [];
  if (value !== undefined) {
    const expression = textOf(value, place);
    if (!found.has(expression)) found.set(expression, originOf(value, place));
  }
  for (const part of partsOf(expr)) noteOrigins(part, place, found);
}

function originOf(value: Expr, place: Place): Origin {
  const expression = textOf(value, place);
  const { range } = value;
  const call = {
    kind: "call",
    function: "origin",
    args: [value],
    range,
    functionRange: range,
  } as const;
  const result = valueAt(call, place);
  if (result instanceof Failure) return { expression, error: result.message };
  const json = jsonOf(result);
  const isOrigin = !(json instanceof Failure) && typeof json === "object" && json !== null;
  const { tier, source } = (isOrigin ? json : {}) as {
    readonly tier?: Json;
    readonly source?: Json;
  };
  return {
    expression,
    ...(typeof tier === "string" ? { tier } : {}),
    ...(typeof source === "string" && source !== "" ? { source } : {}),
  };
}
