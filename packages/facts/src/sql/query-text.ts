import { factLimits } from "../fact-limit.ts";
import type { SqlParser } from "./sql-parser.ts";

/** How deep parentheses and brackets nest in a text that parses; the tree does not keep them all. */
export function nestingOf(text: string, parser: SqlParser): number {
  // WHY: the lexer costs as much as the parser, and few texts have so many.
  if (text.split(/[([]/u).length - 1 <= factLimits.sqlDepthMax) return 0;
  let depth = 0;
  let deepest = 0;
  for (const { text: token } of parser.tokens(text)) {
    if (token === "(" || token === "[") depth += 1;
    if (token === ")" || token === "]") depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** How many statements of a text that parses are empty: a semicolon first, or behind another. */
export function emptyStatementsIn(text: string, parser: SqlParser): number {
  const written = text.split(";").length - 1;
  const oneAtEnd = written === 1 && /[^;\s]\s*;\s*$/u.test(text) && !/--|\/\*/u.test(text);
  if (written === 0 || oneAtEnd) return 0;
  const tokens = parser.tokens(text);
  const isEmpty = (at: number): boolean => at === 0 || tokens[at - 1]?.text === ";";
  return tokens.filter(({ text: token }, at) => token === ";" && isEmpty(at)).length;
}
