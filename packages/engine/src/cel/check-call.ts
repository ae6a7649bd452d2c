import { nearestName } from "@holdfast/model";
import { checkOperator } from "./check-operator.ts";
import { didYouMean, dottedName, noteNull } from "./check-select.ts";
import { reject } from "./checking.ts";
import type { Checking, CheckScope } from "./checking.ts";
import type { FunctionDeclaration } from "./declaration.ts";
import { checkLiterals } from "./literal-check.ts";
import { checkNames, isLiteralName } from "./name-check.ts";
import { resolveOverload } from "./overload.ts";
import type { Expr } from "./syntax.ts";
import type { CelType } from "./type.ts";
import { dynType, stringType } from "./type.ts";
import { typeText } from "./type-text.ts";

export type Call = Extract<Expr, { readonly kind: "call" }>;

/** A call of an operator or a function: the overloads its argument types allow. */
export function checkCall(expr: Call, checking: Checking, scope: CheckScope): CelType {
  const operator = expr.target === undefined ? checkOperator(expr, checking, scope) : undefined;
  if (operator !== undefined) {
    return operator;
  }
  const { functions } = checking.environment;
  const space = expr.target === undefined ? undefined : dottedName(expr.target, scope);
  const qualified =
    space === undefined
      ? undefined
      : functions.get(`${space.replace(/^\./u, "")}.${expr.function}`);
  if (qualified !== undefined) {
    return checkFunction(expr, qualified, undefined, checking, scope);
  }
  const declaration = functions.get(expr.function);
  if (declaration === undefined || isNamespaced(declaration)) {
    return unknownFunction(expr, space, checking, scope);
  }
  return checkFunction(expr, declaration, expr.target, checking, scope);
}

function isNamespaced(declaration: FunctionDeclaration): boolean {
  return declaration.name.includes(".");
}

function checkFunction(
  expr: Call,
  declaration: FunctionDeclaration,
  target: Expr | undefined,
  checking: Checking,
  scope: CheckScope,
): CelType {
  const operands = target === undefined ? expr.args : [target, ...expr.args];
  const types = operands.map((operand, index) =>
    takesLiteralName(declaration, index) ? stringType : checking.check(operand, scope),
  );
  const call = {
    target: target === undefined ? undefined : types[0],
    args: target === undefined ? types : types.slice(1),
  };
  const resolution = resolveOverload(declaration, call, checking.unifier);
  if (resolution === undefined) {
    return noOverload(expr, declaration, types, target !== undefined, checking);
  }
  operands.forEach((operand, index) => {
    const type = types[index] ?? dynType;
    const param = resolution.params?.[index];
    if (param !== undefined) {
      checkNames(operand, param, checking);
    }
    const takesNull = param !== undefined && ["dyn", "variable", "nullable"].includes(param.kind);
    if (checking.unifier.resolve(type).kind === "nullable" && !takesNull) {
      noteNull(operand, checking);
    }
  });
  checkLiterals(declaration.name, operands, checking);
  return resolution.result;
}

/** Whether an argument is always a name written out, so that it is nothing to evaluate. */
function takesLiteralName({ overloads }: FunctionDeclaration, index: number): boolean {
  return overloads.every(({ target, params }) => {
    const param = target === undefined ? params[index] : undefined;
    return param !== undefined && isLiteralName(param);
  });
}

function unknownFunction(
  expr: Call,
  space: string | undefined,
  checking: Checking,
  scope: CheckScope,
): CelType {
  const { functions, variables } = checking.environment;
  const root = space?.split(".")[0] ?? "";
  const namespaced = space !== undefined && !scope.locals.has(root) && !variables.has(root);
  const name = namespaced ? `${space}.${expr.function}` : expr.function;
  if (!namespaced && expr.target !== undefined) {
    checking.check(expr.target, scope);
  }
  const macros = expr.target === undefined ? ["has"] : macroNames;
  if (!macros.includes(name)) {
    for (const arg of expr.args) {
      checking.check(arg, scope);
    }
  }
  const callable = [...functions.values()].filter(
    (each) =>
      /^[A-Za-z]/u.test(each.name) &&
      each.overloads.some(
        (overload) => (overload.target === undefined) === (namespaced || expr.target === undefined),
      ),
  );
  const near = nearestName(name, [...callable.map((each) => each.name), ...macros]);
  const message = macros.includes(name)
    ? `\`${name}\` does not take ${argumentCount(expr)}; write it like \`${macroExample(name)}\``
    : `unknown function \`${name}\`${didYouMean(near)}`;
  return reject(checking, "cel_unknown_function", message, expr.functionRange, near);
}

const macroNames: readonly string[] = [
  "all",
  "exists",
  "exists_one",
  "existsOne",
  "filter",
  "map",
  "transformList",
  "transformMap",
  "transformMapEntry",
  "optMap",
  "optFlatMap",
];

/** A macro as it is mostly written. */
function macroExample(name: string): string {
  if (name === "has") return "has(args.note)";
  return name === "bind" ? "cel.bind(x, args.note, x)" : `args.list.${name}(x, x > 0)`;
}

function argumentCount(expr: Call): string {
  return expr.args.length === 1 ? "1 argument" : `${expr.args.length} arguments`;
}

function noOverload(
  expr: Call,
  declaration: FunctionDeclaration,
  types: readonly CelType[],
  member: boolean,
  checking: Checking,
): CelType {
  const shown = types.map((type) => typeText(checking.unifier.substitute(type, dynType)));
  const { name, overloads } = declaration;
  const style = overloads.filter((overload) => (overload.target !== undefined) === member);
  if (style.length === 0) {
    const advice = member
      ? `write \`${name}(…)\`, with no value before it`
      : `write it after its first argument, as in \`x.${name}(…)\``;
    return reject(checking, "cel_no_overload", advice, expr.functionRange);
  }
  const found = member ? `${shown[0]}.(${shown.slice(1).join(", ")})` : `(${shown.join(", ")})`;
  const forms = style.slice(0, 4).map((overload) => `\`${overload.text}\``);
  const more = style.length > 4 ? " and others" : "";
  const written = member ? undefined : durationOf(expr, style);
  const help = written === undefined ? "" : `; write \`${written}\``;
  const message = `\`${name}\` is not declared for \`${found}\`; it takes ${forms.join(" or ")}${more}${help}`;
  return reject(checking, "cel_no_overload", message, expr.functionRange);
}

/** `duration("30m")`, where a text stands and a form takes a duration. */
function durationOf(expr: Call, forms: FunctionDeclaration["overloads"]): string | undefined {
  for (const [index, arg] of expr.args.entries()) {
    const text =
      arg.kind === "constant" && arg.constant.type === "string" ? arg.constant.value : "";
    const wanted = forms.some(({ params }) => params[index]?.kind === "duration");
    if (wanted && /^\d+(?:ms|[smhd])$/u.test(text)) return `duration("${text}")`;
  }
  return undefined;
}
