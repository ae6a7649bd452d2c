import { SyntaxFault } from "./expression-error.ts";
import type { ExpressionError } from "./expression-error.ts";
import { tokenize } from "./lexer.ts";
import { Parser } from "./parser.ts";
import type { Expr } from "./syntax.ts";
import { TokenCursor } from "./token-cursor.ts";
import { expressionLimits, TreeBuilder } from "./tree-builder.ts";

export type ParseResult =
  | { readonly ok: true; readonly ast: Expr }
  | { readonly ok: false; readonly errors: readonly ExpressionError[] };

/**
 * Parses one CEL expression (cel-spec, langdef.md, "Syntax"), with macros, optional syntax,
 * quoted fields and struct literals. Never throws; on bad text it gives the first error, with
 * the range of the offending token. Limits are those of {@link expressionLimits}.
 */
export function parseExpression(text: string): ParseResult {
  try {
    if (text.length > expressionLimits.textLengthMax) {
      const message = `an expression has at most ${expressionLimits.textLengthMax} characters; split it into variables`;
      throw new SyntaxFault("cel_too_long", message, { start: 0, end: text.length });
    }
    const cursor = new TokenCursor(tokenize(text), text.length);
    return { ok: true, ast: new Parser(cursor, new TreeBuilder()).parseWhole() };
  } catch (fault) {
    if (fault instanceof SyntaxFault) {
      const { code, message, range } = fault;
      return { ok: false, errors: [{ code, message, range }] };
    }
    throw fault;
  }
}
