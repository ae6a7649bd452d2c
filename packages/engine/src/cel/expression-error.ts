import type { Range } from "./syntax.ts";

/**
 * One thing wrong with an expression, where it stands in the expression's own text. `code` is
 * stable; `message` is lower case, without a final period, and says what to do.
 */
export interface ExpressionError {
  readonly code: string;
  readonly message: string;
  readonly range: Range;
  /** the nearest right name, alone, where there is one */
  readonly suggestion?: string;
}

/** Carries the first syntax error out of the lexer and the parser; never leaves this folder. */
export class SyntaxFault extends Error {
  readonly code: string;
  readonly range: Range;

  constructor(code: string, message: string, range: Range) {
    super(message);
    this.name = "SyntaxFault";
    this.code = code;
    this.range = range;
  }
}
