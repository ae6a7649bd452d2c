import { bindLocals, reject } from "./checking.ts";
import type { Checking, CheckScope } from "./checking.ts";
import { noteNull } from "./check-select.ts";
import type { Expr } from "./syntax.ts";
import type { CelType } from "./type.ts";
import { boolType, dynType, intType, stringType } from "./type.ts";
import { typeText } from "./type-text.ts";

type MacroExpr = Extract<Expr, { readonly kind: "macro" }>;

/** What a macro ranges over: the type of an index or key, and of what stands there. */
interface RangeTypes {
  readonly key: CelType;
  readonly value: CelType;
  readonly isMap: boolean;
}

/** The macros of langdef.md, "Macros", and of the extensions; each binds names for its arguments. */
export function checkMacro(expr: MacroExpr, checking: Checking, scope: CheckScope): CelType {
  const operand = checking.check(expr.operand, scope);
  const [first, second] = expr.variables.map((variable) => variable.name);
  if (expr.macro === "bind") {
    const inner = bindLocals(scope, [[first ?? "", operand]]);
    return checkLast(expr, checking, inner);
  }
  if (expr.macro === "optMap" || expr.macro === "optFlatMap") {
    return checkOptional(expr, operand, checking, scope);
  }
  const range = rangeTypes(expr, operand, checking);
  const names: (readonly [string, CelType])[] =
    second === undefined
      ? [[first ?? "", range.isMap ? range.key : range.value]]
      : [
          [first ?? "", range.key],
          [second, range.value],
        ];
  const inner = bindLocals(scope, names);
  switch (expr.macro) {
    case "all":
    case "exists":
    case "existsOne":
    case "exists_one":
      for (const arg of expr.args) {
        wantBool(arg, checking, inner);
      }
      return boolType;
    case "filter":
      wantBool(expr.args[0] ?? expr, checking, inner);
      return { kind: "list", element: range.isMap ? range.key : range.value };
    case "map":
    case "transformList":
      return { kind: "list", element: checkFiltered(expr, checking, inner) };
    case "transformMap":
      return { kind: "map", key: range.key, value: checkFiltered(expr, checking, inner) };
    case "transformMapEntry":
      return checkEntry(expr, checkFiltered(expr, checking, inner), checking);
  }
}

/** The last argument's type; one before it is a condition. */
function checkFiltered(expr: MacroExpr, checking: Checking, scope: CheckScope): CelType {
  const [filter, transform] = expr.args;
  if (filter !== undefined && transform !== undefined) {
    wantBool(filter, checking, scope);
  }
  return checkLast(expr, checking, scope);
}

function checkLast(expr: MacroExpr, checking: Checking, scope: CheckScope): CelType {
  const last = expr.args.at(-1);
  return last === undefined ? dynType : checking.check(last, scope);
}

function rangeTypes(expr: MacroExpr, operand: CelType, checking: Checking): RangeTypes {
  const { unifier } = checking;
  const type = unifier.resolve(operand);
  if (type.kind === "list") {
    return { key: intType, value: type.element, isMap: false };
  }
  if (type.kind === "map") {
    return { key: type.key, value: type.value, isMap: true };
  }
  if (type.kind === "object") {
    return { key: stringType, value: dynType, isMap: true };
  }
  if (type.kind === "nullable") {
    noteNull(expr.operand, checking);
    return rangeTypes(expr, type.of, checking);
  }
  if (type.kind !== "dyn" && type.kind !== "variable") {
    const shown = typeText(unifier.substitute(type, dynType));
    const message = `\`${expr.macro}\` goes over a list or a map, not ${shown}`;
    reject(checking, "cel_type", message, expr.operand.range);
  }
  return { key: dynType, value: dynType, isMap: false };
}

function checkOptional(
  expr: MacroExpr,
  operand: CelType,
  checking: Checking,
  scope: CheckScope,
): CelType {
  const { unifier } = checking;
  const held = unifier.fresh();
  if (!unifier.try(() => unifier.assign(operand, { kind: "optional", of: held }))) {
    const shown = typeText(unifier.substitute(operand, dynType));
    const message = `\`${expr.macro}\` is called on an optional value, not ${shown}`;
    reject(checking, "cel_type", message, expr.operand.range);
  }
  const inner = bindLocals(scope, [[expr.variables[0]?.name ?? "", held]]);
  const body = checkLast(expr, checking, inner);
  if (expr.macro === "optMap") {
    return { kind: "optional", of: body };
  }
  const result: CelType = { kind: "optional", of: unifier.fresh() };
  if (unifier.try(() => unifier.assign(body, result))) {
    return result;
  }
  const shown = typeText(unifier.substitute(body, dynType));
  const message = `the body of \`optFlatMap\` is an optional value, not ${shown}; use \`optMap\``;
  return reject(checking, "cel_type", message, expr.args.at(-1)?.range ?? expr.range);
}

function checkEntry(expr: MacroExpr, body: CelType, checking: Checking): CelType {
  const { unifier } = checking;
  const entry: CelType = { kind: "map", key: unifier.fresh(), value: unifier.fresh() };
  if (unifier.try(() => unifier.assign(body, entry))) {
    return entry;
  }
  const shown = typeText(unifier.substitute(body, dynType));
  const message = `\`transformMapEntry\` gives a map with one entry, as in \`{k: v}\`, not ${shown}`;
  return reject(checking, "cel_type", message, expr.args.at(-1)?.range ?? expr.range);
}

/** Checks a condition; anything that cannot be a bool is an error. */
export function wantBool(expr: Expr, checking: Checking, scope: CheckScope): void {
  const type = checking.check(expr, scope);
  if (!checking.unifier.try(() => checking.unifier.assign(type, boolType))) {
    const shown = typeText(checking.unifier.substitute(type, dynType));
    reject(
      checking,
      "cel_type",
      `expected a bool, found ${shown}; compare it with a value, as in \`… == …\``,
      expr.range,
    );
  }
}
