import type { Constant, Range } from "./syntax.ts";

/** Operators and delimiters, of two characters and of one. */
export const punctuators = [
  "==",
  "!=",
  "<=",
  ">=",
  "&&",
  "||",
  "<",
  ">",
  "+",
  "-",
  "*",
  "/",
  "%",
  "!",
  "?",
  ":",
  ".",
  ",",
  "(",
  ")",
  "[",
  "]",
  "{",
  "}",
] as const;
export type Punctuator = (typeof punctuators)[number];

/** Words that are part of the syntax and can be neither identifiers nor plain selectors. */
export const keywords: ReadonlySet<string> = new Set(["true", "false", "null", "in"]);

/** Words that cannot name a variable or function, but can be selected (`a.package`). */
export const reservedWords: ReadonlySet<string> = new Set([
  "as",
  "break",
  "const",
  "continue",
  "else",
  "for",
  "function",
  "if",
  "import",
  "let",
  "loop",
  "package",
  "namespace",
  "return",
  "var",
  "void",
  "while",
]);

/**
 * A lexical element (cel-spec, langdef.md, "Syntax"). `number` carries no sign: whether a `-`
 * before it is part of the literal is the parser's to say, so its range is checked there.
 */
export type Token =
  | { readonly kind: "punctuator"; readonly text: Punctuator; readonly range: Range }
  | { readonly kind: "word"; readonly text: string; readonly range: Range }
  | { readonly kind: "quoted"; readonly text: string; readonly range: Range }
  | {
      readonly kind: "number";
      readonly text: string;
      readonly type: "int" | "uint" | "double";
      readonly range: Range;
    }
  | {
      readonly kind: "literal";
      readonly text: string;
      readonly constant: Constant;
      readonly range: Range;
    }
  | { readonly kind: "end"; readonly text: ""; readonly range: Range };
