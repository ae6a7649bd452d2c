import type { Call } from "./check-call.ts";
import { fieldType, noteAbsent, noteNull } from "./check-select.ts";
import { wantBool } from "./check-macro.ts";
import { reject } from "./checking.ts";
import type { Checking, CheckScope } from "./checking.ts";
import { comparable } from "./comparable.ts";
import { factsOf, pathText } from "./flow.ts";
import { checkNames } from "./name-check.ts";
import { resolveOverload } from "./overload.ts";
import type { Expr } from "./syntax.ts";
import type { CelType } from "./type.ts";
import { boolType, dynType, nullType } from "./type.ts";
import { nullable } from "./type-builder.ts";
import { typeText } from "./type-text.ts";

/** The type of an operator's call; undefined when the call is a function's. */
export function checkOperator(
  expr: Call,
  checking: Checking,
  scope: CheckScope,
): CelType | undefined {
  const [first, second, third] = expr.args;
  if (first === undefined || !/^[_!@-]/u.test(expr.function) || /^_[A-Za-z]/u.test(expr.function)) {
    return undefined;
  }
  if (second === undefined) {
    return checkPlain(expr, checking, scope);
  }
  switch (expr.function) {
    case "_&&_":
    case "_||_": {
      wantBool(first, checking, scope);
      wantBool(second, checking, knowing(scope, first, expr.function === "_&&_"));
      return boolType;
    }
    case "_?_:_":
      return third === undefined
        ? undefined
        : checkConditional([first, second, third], checking, scope);
    case "_==_":
    case "_!=_":
      return checkEquality(expr, first, second, checking, scope);
    case "@in":
      return checkIn(expr, first, second, checking, scope);
    case "_[_]":
    case "_[?_]":
      return checkIndex(expr, first, second, checking, scope);
    default:
      return checkPlain(expr, checking, scope);
  }
}

function knowing(scope: CheckScope, test: Expr, truth: boolean): CheckScope {
  return { ...scope, known: new Set([...scope.known, ...factsOf(test, truth)]) };
}

function checkConditional(
  [test, whenTrue, whenFalse]: readonly [Expr, Expr, Expr],
  checking: Checking,
  scope: CheckScope,
): CelType {
  wantBool(test, checking, scope);
  const { unifier } = checking;
  const left = checking.check(whenTrue, knowing(scope, test, true));
  const right = checking.check(whenFalse, knowing(scope, test, false));
  const result = unifier.fresh();
  if (unifier.try(() => unifier.assign(left, result) && unifier.assign(right, result))) {
    return unifier.resolve(result);
  }
  if (unifier.resolve(left).kind === "null") {
    return nullable(right);
  }
  if (unifier.resolve(right).kind === "null") {
    return nullable(left);
  }
  const message = `the values of a conditional have one type, not ${shown(left, checking)} and ${shown(right, checking)}; convert one, or use \`dyn(…)\``;
  return reject(checking, "cel_type", message, whenFalse.range);
}

function checkEquality(
  expr: Call,
  left: Expr,
  right: Expr,
  checking: Checking,
  scope: CheckScope,
): CelType {
  const noted = checking.unguarded.length;
  const types = [checking.check(left, scope), checking.check(right, scope)] as const;
  if (!comparable(types[0], types[1], checking.unifier)) {
    const nullAt = types.findIndex((type) => checking.unifier.resolve(type).kind === "null");
    const message =
      nullAt >= 0
        ? neverNull(nullAt === 0 ? right : left, types[1 - nullAt] ?? dynType, noted, checking)
        : `${shown(types[0], checking)} and ${shown(types[1], checking)} are never equal; convert one of them`;
    return reject(checking, "cel_never_equal", message, expr.range);
  }
  checkNames(left, types[1], checking);
  checkNames(right, types[0], checking);
  return boolType;
}

/**
 * What to say where a value that is never null is compared with null. Behind a value that can be
 * null, it is that one which is meant, and asking for a test before it would tell the slip twice.
 */
function neverNull(operand: Expr, type: CelType, noted: number, checking: Checking): string {
  const found = checking.unguarded.slice(noted).findLast(({ reason }) => reason === "null");
  const holder = operand.kind === "select" ? pathText(operand.operand) : undefined;
  if (found === undefined || found.path !== holder) {
    return `${shown(type, checking)} is never null; test a field that can be absent with \`has(…)\``;
  }
  checking.unguarded.splice(noted);
  return `\`${pathText(operand) ?? holder}\` is never null, but \`${holder}\` may be; compare that one: \`${holder} == null\``;
}

function checkIn(
  expr: Call,
  value: Expr,
  container: Expr,
  checking: Checking,
  scope: CheckScope,
): CelType {
  const valueType = checking.check(value, scope);
  const containerType = checking.check(container, scope);
  let type = checking.unifier.resolve(containerType);
  if (type.kind === "nullable") {
    noteNull(container, checking);
    type = checking.unifier.resolve(type.of);
  }
  if (type.kind === "dyn" || type.kind === "variable") {
    return boolType;
  }
  if (type.kind === "object") {
    if (value.kind === "constant" && value.constant.type === "string") {
      const field = value.constant.value;
      const site = { operand: container, field, range: value.range, tolerant: true };
      fieldType(type, site, checking, scope);
      return boolType;
    }
    type = { kind: "map", key: { kind: "string" }, value: dynType };
  }
  const wanted = type.kind === "list" ? type.element : type.kind === "map" ? type.key : undefined;
  if (wanted === undefined) {
    const message = `\`in\` looks in a list or in the keys of a map, not in ${shown(type, checking)}`;
    return reject(checking, "cel_no_overload", message, container.range);
  }
  if (!comparable(valueType, wanted, checking.unifier)) {
    const message = `${shown(valueType, checking)} is never in ${shown(type, checking)}; convert it`;
    return reject(checking, "cel_never_equal", message, expr.range);
  }
  checkNames(value, wanted, checking);
  checkNames(container, { kind: "list", element: valueType }, checking);
  return boolType;
}

function checkIndex(
  expr: Call,
  operand: Expr,
  index: Expr,
  checking: Checking,
  scope: CheckScope,
): CelType {
  const optional = expr.function === "_[?_]";
  let type = checking.unifier.resolve(checking.check(operand, scope));
  const indexType = checking.check(index, scope);
  if (type.kind === "nullable") {
    noteNull(operand, checking);
    type = checking.unifier.resolve(type.of);
  }
  const held = type.kind === "optional" ? checking.unifier.resolve(type.of) : type;
  const found = elementType(expr, operand, held, index, indexType, checking, scope);
  const lifted = optional || type.kind === "optional";
  return lifted && found.kind !== "optional" ? { kind: "optional", of: found } : found;
}

function elementType(
  expr: Call,
  operand: Expr,
  type: CelType,
  index: Expr,
  indexType: CelType,
  checking: Checking,
  scope: CheckScope,
): CelType {
  if (type.kind === "dyn") {
    return dynType;
  }
  if (type.kind === "variable") {
    return checking.unifier.fresh();
  }
  if (index.kind === "constant" && index.constant.type === "string") {
    const { range } = index;
    const tolerant = expr.function === "_[?_]";
    const site = { operand, field: index.constant.value, range, tolerant };
    if (type.kind === "object") return fieldType(type, site, checking, scope);
    if (type.kind === "map") noteAbsent(site, checking, scope);
  }
  if (type.kind === "object") {
    if (comparable(indexType, { kind: "string" }, checking.unifier)) {
      return dynType;
    }
  }
  const declaration = checking.environment.functions.get("_[_]");
  const call = { target: undefined, args: [type, indexType] };
  const resolution =
    declaration === undefined ? undefined : resolveOverload(declaration, call, checking.unifier);
  if (resolution !== undefined) {
    return resolution.result;
  }
  const message =
    type.kind === "list" || type.kind === "map" || type.kind === "object"
      ? `${shown(type, checking)} has no index of type ${shown(indexType, checking)}`
      : `only lists and maps have an index, not ${shown(type, checking)}`;
  return reject(checking, "cel_no_overload", message, expr.functionRange);
}

/** Arithmetic, ordering and negation: plain overloads, with advice when none fits. */
function checkPlain(expr: Call, checking: Checking, scope: CheckScope): CelType | undefined {
  const declaration = checking.environment.functions.get(expr.function);
  if (declaration === undefined) {
    return undefined;
  }
  const args = expr.args.map((arg) => checking.check(arg, scope));
  const resolution = resolveOverload(declaration, { target: undefined, args }, checking.unifier);
  if (resolution === undefined) {
    const mark = expr.function.replace("@", "").replaceAll("_", "");
    const types = args.map((type) => shown(type, checking));
    const message = `\`${mark}\` is not defined for ${types.join(" and ")}${advice(expr, args, checking)}`;
    return reject(checking, "cel_no_overload", message, expr.functionRange);
  }
  expr.args.forEach((arg, index) => {
    if (checking.unifier.resolve(args[index] ?? dynType).kind === "nullable") {
      noteNull(arg, checking);
    }
  });
  return resolution.result;
}

/** For numbers of two types, how to make them one. */
function advice(expr: Call, args: readonly CelType[], checking: Checking): string {
  const kinds = args.map((type) => checking.unifier.resolve(type).kind);
  const intAt = kinds.indexOf("int");
  if (intAt >= 0 && kinds.includes("double") && kinds.length === 2) {
    const literal = expr.args[intAt];
    return literal?.kind === "constant" && literal.constant.type === "int"
      ? `; write \`${literal.constant.value}.0\``
      : "; convert the int with `double(…)`";
  }
  if (kinds.includes("uint") && kinds.includes("int")) {
    return "; write the int with a `u` after it, or convert it with `uint(…)`";
  }
  if (expr.function === "!_") return "; compare it with a value, as in `… == …`";
  if (!kinds.includes("string") || kinds.length !== 2) return "";
  if (expr.function === "_+_") return "; convert to text with `string(…)`";
  const other = kinds.find((kind) => kind !== "string");
  const isNumber = other === "int" || other === "uint" || other === "double";
  return isNumber ? `; convert the text with \`${other}(…)\`` : "";
}

function shown(type: CelType, checking: Checking): string {
  return typeText(checking.unifier.substitute(type, nullTypeOrDyn(type)));
}

function nullTypeOrDyn(type: CelType): CelType {
  return type.kind === "null" ? nullType : dynType;
}
