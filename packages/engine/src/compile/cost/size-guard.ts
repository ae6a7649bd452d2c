import type { Constant, Expr } from "../../cel/syntax.ts";

/** Values that a test has shown to be no longer than a number, by their path. */
export type Guards = ReadonlyMap<string, number>;

/** The name of the value that an expression reads, when that is the same wherever it is read. */
export type Naming = (expr: Expr) => string | undefined;

/** The number an expression stands for, when it is known. */
export type Known = (expr: Expr) => number | undefined;

/**
 * What `size(x) <= 100` and its like show of sizes when a test has come out as `truth`. An error of
 * the test shows it too: then the value has no size, and nothing goes over it.
 */
export function guardsOf(expr: Expr, truth: boolean, name: Naming, known: Known): Guards {
  if (expr.kind !== "call" || expr.target !== undefined) return new Map();
  const [left, right] = expr.args;
  if (left === undefined) return new Map();
  if (expr.function === "!_") return guardsOf(left, !truth, name, known);
  if (right === undefined) return new Map();
  const decided = expr.function === (truth ? "_&&_" : "_||_");
  if (decided) {
    return joined(guardsOf(left, truth, name, known), guardsOf(right, truth, name, known));
  }
  const written = bound(expr.function, left, right, name, known);
  const turned = bound(mirrored.get(expr.function) ?? "", right, left, name, known);
  const found = written ?? turned;
  return found === undefined ? new Map() : found(truth);
}

/** Both: the smaller of two sizes of one value holds. */
export function joined(a: Guards, b: Guards): Guards {
  const both = new Map(a);
  for (const [path, most] of b) both.set(path, Math.min(most, both.get(path) ?? most));
  return both;
}

const mirrored: ReadonlyMap<string, string> = new Map([
  ["_<_", "_>_"],
  ["_<=_", "_>=_"],
  ["_>_", "_<_"],
  ["_>=_", "_<=_"],
  ["_==_", "_==_"],
]);

function bound(
  operator: string,
  sized: Expr,
  limit: Expr,
  name: Naming,
  known: Known,
): ((truth: boolean) => Guards) | undefined {
  const value = sizeArgument(sized);
  const path = value === undefined ? undefined : name(value);
  const most = known(limit);
  if (path === undefined || most === undefined) return undefined;
  const shown = (when: boolean, size: number) => (truth: boolean) =>
    truth === when ? new Map([[path, Math.max(0, size)]]) : new Map<string, number>();
  switch (operator) {
    case "_<=_":
    case "_==_":
      return shown(true, most);
    case "_<_":
      return shown(true, most - 1);
    case "_>_":
      return shown(false, most);
    case "_>=_":
      return shown(false, most - 1);
    default:
      return undefined;
  }
}

/** The value in `size(value)` or `value.size()`. */
function sizeArgument(expr: Expr): Expr | undefined {
  if (expr.kind !== "call" || expr.function !== "size") return undefined;
  const all = expr.target === undefined ? expr.args : [expr.target, ...expr.args];
  return all.length === 1 ? all[0] : undefined;
}

/** The number of an integer constant. */
export function wholeOf(constant: Constant): number | undefined {
  if (constant.type !== "int" && constant.type !== "uint") return undefined;
  const value = Number(constant.value);
  return Number.isSafeInteger(value) ? value : undefined;
}
