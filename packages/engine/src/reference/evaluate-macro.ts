import type { Expr } from "../cel/syntax.ts";
import { CelError } from "./cel-error.ts";
import { absorb, notBool } from "./evaluate-call.ts";
import { mapOf } from "./evaluate-literal.ts";
import type { Evaluation, ExprOf } from "./evaluation.ts";
import { noSuchOverload } from "./function-family.ts";
import type { Bindings } from "./scope.ts";
import { isList } from "./value-type.ts";
import { CelMap, Optional, isMapKey } from "./value.ts";
import type { MapKey, Value } from "./value.ts";

/** What a macro runs in: its own node and the names bound around it. */
interface Run {
  readonly expr: ExprOf<"macro">;
  readonly evaluation: Evaluation;
  readonly bindings: Bindings | undefined;
}

/**
 * A macro (cel-spec, langdef.md, "Macros", and the two-variable comprehensions, bindings and
 * optional extensions). `all` and `exists` absorb errors as `&&` and `||` do; the others end in
 * the first error. What `bind` binds may be an error: whoever reads the name gets it.
 */
export function evaluateMacro(
  expr: ExprOf<"macro">,
  evaluation: Evaluation,
  bindings: Bindings | undefined,
): Value | CelError {
  const run: Run = { expr, evaluation, bindings };
  const operand = evaluation.evaluate(expr.operand, evaluation, bindings);
  if (expr.macro === "bind") {
    return visitArg(run, 0, bindNames(run, [operand]));
  }
  if (operand instanceof CelError) return operand;
  if (expr.macro === "optMap" || expr.macro === "optFlatMap") return mapOptional(run, operand);
  const rounds = roundsOf(operand, expr.variables.length);
  return rounds === undefined
    ? noSuchOverload(expr.macro, [operand])
    : comprehend(run, expr.macro, rounds);
}

function comprehend(
  run: Run,
  macro: Exclude<ExprOf<"macro">["macro"], "bind" | "optMap" | "optFlatMap">,
  rounds: readonly (readonly Value[])[],
): Value | CelError {
  switch (macro) {
    case "all":
      return quantify(run, rounds, false);
    case "exists":
      return quantify(run, rounds, true);
    case "existsOne":
    case "exists_one":
      return existsOne(run, rounds);
    case "filter":
      return filter(run, rounds);
    case "map":
    case "transformList":
      return transformList(run, rounds);
    case "transformMap":
      return transformMap(run, rounds);
    case "transformMapEntry":
      return transformMapEntry(run, rounds);
  }
}

/**
 * What the variables hold in each round: with one variable the elements of a list or the keys
 * of a map; with two the index and element, or the key and value. Undefined for other values, and
 * for a map that withholds some of its keys.
 */
export function roundsOf(
  operand: Value,
  variables: number,
): readonly (readonly Value[])[] | undefined {
  if (operand instanceof CelMap) {
    if (operand.withheld !== undefined) return undefined;
    return Array.from(operand.entries(), ([key, value]) =>
      variables === 1 ? [key] : [key, value],
    );
  }
  if (operand === null || !isList(operand)) return undefined;
  return operand.map((value, index) => (variables === 1 ? [value] : [BigInt(index), value]));
}

/** The names of a macro bound to the values of one round, around what was bound before. */
export function bindRound(
  expr: ExprOf<"macro">,
  round: readonly (Value | CelError)[],
  outer: Bindings | undefined,
): Bindings | undefined {
  return expr.variables.reduce<Bindings | undefined>((bound, variable, index) => {
    const value = round[index];
    return value === undefined ? bound : { name: variable.name, value, outer: bound };
  }, outer);
}

function bindNames(run: Run, round: readonly (Value | CelError)[]): Bindings | undefined {
  return bindRound(run.expr, round, run.bindings);
}

function visitArg(run: Run, index: number, bindings: Bindings | undefined): Value | CelError {
  const arg: Expr | undefined = run.expr.args[index];
  if (arg === undefined) return noSuchOverload(run.expr.macro, []);
  return run.evaluation.evaluate(arg, run.evaluation, bindings);
}

function quantify(
  run: Run,
  rounds: readonly (readonly Value[])[],
  decisive: boolean,
): Value | CelError {
  let result: Value | CelError = !decisive;
  for (const round of rounds) {
    result = absorb(result, () => visitArg(run, 0, bindNames(run, round)), decisive);
    if (result === decisive) return result;
  }
  return result;
}

function existsOne(run: Run, rounds: readonly (readonly Value[])[]): Value | CelError {
  let count = 0;
  for (const round of rounds) {
    const holds = visitArg(run, 0, bindNames(run, round));
    if (holds instanceof CelError) return holds;
    if (typeof holds !== "boolean") return notBool(holds);
    if (holds) count += 1;
  }
  return count === 1;
}

function filter(run: Run, rounds: readonly (readonly Value[])[]): Value | CelError {
  const kept: Value[] = [];
  for (const round of rounds) {
    const holds = visitArg(run, 0, bindNames(run, round));
    if (holds instanceof CelError) return holds;
    if (typeof holds !== "boolean") return notBool(holds);
    const [element] = round;
    if (holds && element !== undefined) kept.push(element);
  }
  return kept;
}

/** The transformed value of each round that the filter, if there is one, lets through. */
function transformed(
  run: Run,
  rounds: readonly (readonly Value[])[],
): readonly { readonly round: readonly Value[]; readonly value: Value }[] | CelError {
  const filtered = run.expr.args.length === 2;
  const results: { readonly round: readonly Value[]; readonly value: Value }[] = [];
  for (const round of rounds) {
    const names = bindNames(run, round);
    if (filtered) {
      const holds = visitArg(run, 0, names);
      if (holds instanceof CelError) return holds;
      if (typeof holds !== "boolean") return notBool(holds);
      if (!holds) continue;
    }
    const value = visitArg(run, filtered ? 1 : 0, names);
    if (value instanceof CelError) return value;
    results.push({ round, value });
  }
  return results;
}

function transformList(run: Run, rounds: readonly (readonly Value[])[]): Value | CelError {
  const results = transformed(run, rounds);
  return results instanceof CelError ? results : results.map(({ value }) => value);
}

function transformMap(run: Run, rounds: readonly (readonly Value[])[]): Value | CelError {
  const results = transformed(run, rounds);
  if (results instanceof CelError) return results;
  const entries: (readonly [MapKey, Value])[] = [];
  for (const { round, value } of results) {
    const [key] = round;
    if (key !== undefined && isMapKey(key)) entries.push([key, value]);
  }
  return mapOf(entries);
}

function transformMapEntry(run: Run, rounds: readonly (readonly Value[])[]): Value | CelError {
  const results = transformed(run, rounds);
  if (results instanceof CelError) return results;
  const entries: (readonly [MapKey, Value])[] = [];
  for (const { value } of results) {
    if (!(value instanceof CelMap)) return noSuchOverload("transformMapEntry", [value]);
    run.evaluation.budget.spend(value.size);
    for (const entry of value.entries()) entries.push(entry);
  }
  return mapOf(entries);
}

function mapOptional(run: Run, operand: Value): Value | CelError {
  const { macro } = run.expr;
  if (!(operand instanceof Optional)) return noSuchOverload(macro, [operand]);
  if (operand.value === undefined) return Optional.none;
  const result = visitArg(run, 0, bindNames(run, [operand.value]));
  if (result instanceof CelError) return result;
  if (macro === "optMap") return Optional.of(result);
  return result instanceof Optional ? result : noSuchOverload(macro, [result]);
}
