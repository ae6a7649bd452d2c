import { chainTerms } from "./chain.ts";
import { constantText, selectorText } from "./literal-text.ts";
import type { Expr } from "./syntax.ts";

/** How tightly an expression holds together; an operand looser than its place needs parentheses. */
export const level = {
  conditional: 0,
  or: 1,
  and: 2,
  relation: 3,
  addition: 4,
  multiplication: 5,
  unary: 6,
  member: 7,
} as const;
export type Level = (typeof level)[keyof typeof level];

interface BinaryOperator {
  readonly mark: string;
  readonly level: Level;
}

const binaryOperators: ReadonlyMap<string, BinaryOperator> = new Map([
  ["_<_", { mark: "<", level: level.relation }],
  ["_<=_", { mark: "<=", level: level.relation }],
  ["_>_", { mark: ">", level: level.relation }],
  ["_>=_", { mark: ">=", level: level.relation }],
  ["_==_", { mark: "==", level: level.relation }],
  ["_!=_", { mark: "!=", level: level.relation }],
  ["@in", { mark: "in", level: level.relation }],
  ["_+_", { mark: "+", level: level.addition }],
  ["_-_", { mark: "-", level: level.addition }],
  ["_*_", { mark: "*", level: level.multiplication }],
  ["_/_", { mark: "/", level: level.multiplication }],
  ["_%_", { mark: "%", level: level.multiplication }],
]);

type Call = Extract<Expr, { readonly kind: "call" }>;

/**
 * The text of an expression, on one line, with no parentheses but the needed ones. For every
 * tree that the parser can build, parsing the text gives the same tree up to ranges.
 */
export function printExpression(ast: Expr): string {
  return printOperand(ast, level.conditional);
}

/** The text of an operand, in parentheses when it is looser than its place. */
export function printOperand(expr: Expr, place: Level): string {
  const text = printBare(expr);
  return levelOf(expr) < place ? `(${text})` : text;
}

/** How tightly an expression itself holds together. */
export function levelOf(expr: Expr): Level {
  if (expr.kind !== "call" || expr.target !== undefined) {
    return level.member;
  }
  switch (expr.function) {
    case "_?_:_":
      return level.conditional;
    case "_||_":
      return level.or;
    case "_&&_":
      return level.and;
    case "!_":
    case "-_":
      return level.unary;
    default:
      return binaryOperators.get(expr.function)?.level ?? level.member;
  }
}

function printBare(expr: Expr): string {
  switch (expr.kind) {
    case "constant":
      return constantText(expr.constant);
    case "ident":
      return expr.absolute ? `.${expr.name}` : expr.name;
    case "select":
      return `${printOperand(expr.operand, level.member)}${expr.optional ? ".?" : "."}${selectorText(expr.field)}`;
    case "has":
      return `has(${printOperand(expr.operand, level.member)}.${selectorText(expr.field)})`;
    case "call":
      return printCall(expr);
    case "list":
      return `[${expr.elements.map(({ value, optional }) => mark(optional, printExpression(value))).join(", ")}]`;
    case "map":
      return `{${expr.entries
        .map(({ key, value, optional }) =>
          mark(optional, `${printExpression(key)}: ${printExpression(value)}`),
        )
        .join(", ")}}`;
    case "struct":
      return `${expr.typeName}{${expr.fields
        .map(({ name, value, optional }) =>
          mark(optional, `${selectorText(name)}: ${printExpression(value)}`),
        )
        .join(", ")}}`;
    case "macro": {
      const names = expr.variables.map((variable) => variable.name);
      const args = expr.args.map(printExpression);
      return expr.macro === "bind"
        ? `cel.bind(${[...names, printExpression(expr.operand), ...args].join(", ")})`
        : `${printOperand(expr.operand, level.member)}.${expr.macro}(${[...names, ...args].join(", ")})`;
    }
  }
}

function mark(optional: boolean, text: string): string {
  return optional ? `?${text}` : text;
}

function printCall(call: Call): string {
  if (call.target === undefined) {
    const operator = printOperator(call);
    if (operator !== undefined) {
      return operator;
    }
  }
  const args = call.args.map(printExpression).join(", ");
  return call.target === undefined
    ? `${call.function}(${args})`
    : `${printOperand(call.target, level.member)}.${call.function}(${args})`;
}

function printOperator(call: Call): string | undefined {
  const [first, second, third] = call.args;
  if (first === undefined) {
    return undefined;
  }
  if (call.function === "!_" || call.function === "-_") {
    return printUnary(call.function.charAt(0), call.function, first);
  }
  if (second === undefined) {
    return undefined;
  }
  switch (call.function) {
    case "_||_":
      return chainTerms(call, "_||_")
        .map((term) => printOperand(term, level.and))
        .join(" || ");
    case "_&&_":
      return chainTerms(call, "_&&_")
        .map((term) => printOperand(term, level.relation))
        .join(" && ");
    case "_[_]":
      return `${printOperand(first, level.member)}[${printExpression(second)}]`;
    case "_[?_]":
      return `${printOperand(first, level.member)}[?${printExpression(second)}]`;
    case "_?_:_":
      return third === undefined
        ? undefined
        : `${printOperand(first, level.or)} ? ${printOperand(second, level.or)} : ${printExpression(third)}`;
    default: {
      const operator = binaryOperators.get(call.function);
      return operator === undefined
        ? undefined
        : `${printOperand(first, operator.level)} ${operator.mark} ${printRight(second, operator)}`;
    }
  }
}

/** The right operand of a left-associative operator holds tighter than the operator. */
function printRight(operand: Expr, operator: BinaryOperator): string {
  return levelOf(operand) <= operator.level ? `(${printBare(operand)})` : printBare(operand);
}

/**
 * WHY: `-1` is a constant, so minus applied to the constant 1 is `-(1)`; and the grammar lets
 * `!` and `-` repeat but not mix.
 */
function printUnary(symbol: string, operator: string, operand: Expr): string {
  const text = printBare(operand);
  const sameUnary = operand.kind === "call" && operand.function === operator;
  const bare = levelOf(operand) === level.member || (sameUnary && operand.target === undefined);
  const joinsNumber = symbol === "-" && /^[0-9]/u.test(text) && !/^[0-9]+u/u.test(text);
  return bare && !joinsNumber ? `${symbol}${text}` : `${symbol}(${text})`;
}
