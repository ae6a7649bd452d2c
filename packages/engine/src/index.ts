export type { Bundle } from "./document/bundle.ts";
export type {
  Capabilities,
  DecisionInput,
  Engine,
  Explanation,
  NearestAllow,
  Occurrence,
  RuleReference,
  State,
} from "./engine.ts";
export { parseExpression } from "./cel/parse.ts";
export type { ParseResult } from "./cel/parse.ts";
export type { ExpressionError } from "./cel/expression-error.ts";
export type { Constant, Expr, Macro, Range } from "./cel/syntax.ts";
export { printExpression } from "./cel/printer.ts";
