/** One token of a query, as the lexer of PostgreSQL cuts it. */
export interface SqlToken {
  readonly text: string;
}

/** The grammar of PostgreSQL; {@link openSqlParser} gives the real one. */
export interface SqlParser {
  /** The raw parse tree of each statement. Throws when the text does not parse. */
  parse(text: string): readonly unknown[];
  /** The tokens of a text that parses, without comments and white space; controls in them as spaces. */
  tokens(text: string): readonly SqlToken[];
}

/**
 * Loads the grammar of PostgreSQL 18 (2 MB of WebAssembly), once for each thread that asks. Texts
 * must not hold NUL: the library takes what stands before it for the whole.
 */
export async function openSqlParser(): Promise<SqlParser> {
  const { loadModule, parseSync, scanSync } = await import("libpg-query");
  await loadModule();
  return {
    parse: (text) => (parseSync(text).stmts ?? []).map(({ stmt }) => stmt),
    // WHY: the library gives controls as they are, and so no JSON. Where a text may hold one and parses,
    // in quotes, comments and white space, a space cuts it into the same tokens.
    tokens: (text) =>
      scanSync(text.replaceAll(/(?![\t\n\r\u007f-\u009f])\p{Cc}/gu, " ")).tokens.filter(
        ({ tokenName }) => !tokenName.endsWith("COMMENT"),
      ),
  };
}
