import type { ShellDifference } from "./shell-comparison.ts";
import type { SqlDifference } from "./sql-comparison.ts";
import type { UrlDifference } from "./url-comparison.ts";

/** A kind of difference that somebody looked at, with one text of our own that shows it. */
export interface Explained<Difference> {
  /** who is right, and why nothing unseen can run by it */
  readonly reason: string;
  readonly example: string;
  readonly matches: (text: string, difference: Difference) => boolean;
}

const refused = (difference: ShellDifference): boolean =>
  difference.kind === "the other grammar refuses it";

/**
 * Where tree-sitter-bash reads a command otherwise than the fact, `bash -n` parses it, and the fact is
 * neither opaque nor an error. It is a grammar to colour texts by, and wrong in each of these.
 */
export const explainedShell: readonly Explained<ShellDifference>[] = [
  {
    reason: "it takes `time` and `coproc` for programs, and not for words of the grammar",
    example: "time -p ls | wc -l",
    matches: (text) => /\b(?:time|coproc)\b/u.test(text),
  },
  {
    reason: "it ends a word at a line that goes on",
    example: "l\\\ns",
    matches: (text) => /\\\n/u.test(text),
  },
  {
    reason: "it takes a line that begins with an escape for more words of the one before",
    example: "sort a\n\\cat b",
    matches: (text) => /\n\s*\\[^\n]/u.test(text),
  },
  {
    reason: "it does not read backquotes within backquotes",
    example: "echo `echo \\`id\\``",
    matches: (text) => /`[^`]*\\`/u.test(text),
  },
  {
    reason: "it wants a here-document to end, and takes no escaped dollar in one",
    example: "cat <<EOF\nplain",
    matches: (text, difference) => text.includes("<<") && refused(difference),
  },
  {
    reason: "it does not know a number before `<>`",
    example: "cat 3<> a",
    matches: (text, difference) => text.includes("<>") && refused(difference),
  },
  {
    reason: "it does not take `|` right behind `esac` on a line of its own",
    example: "case x in\n(x)\nls\n;;\nesac|pwd",
    matches: (text, difference) => /esac\s*\|/u.test(text) && refused(difference),
  },
  {
    reason: "it takes words behind a redirection for more files, and not for words of the command",
    example: "ls >a b",
    matches: (text, difference) =>
      /[<>]\s*[^\s|;&<>]+\s+[^\s|;&<>#]/u.test(text) && !refused(difference),
  },
  {
    reason: "it takes braces behind `<` for a group",
    example: "<{a}\\n",
    matches: (text, difference) => /<\{/u.test(text) && !refused(difference),
  },
  {
    reason: "it parts a word at escapes within brackets",
    example: "grep ^[\\>\\<] a",
    matches: (text, difference) => /\[[^\]]*\\[<>]/u.test(text) && !refused(difference),
  },
  {
    reason: "it takes an escaped space for a gap",
    example: "tr \\  a",
    matches: (text, difference) => /\\ /u.test(text) && !refused(difference),
  },
  {
    reason: "it ends a word between a quote and an escape",
    example: 'ls "a"\\)',
    matches: (text, difference) => /["']\\./u.test(text) && !refused(difference),
  },
  {
    reason: "it takes no backslash at the very end, which is one to bash",
    example: "cat a \\",
    matches: (text, difference) => text.endsWith("\\") && refused(difference),
  },
];

const onlyFact = (difference: SqlDifference): boolean =>
  difference.kind === "only the fact parses it";

/** Where PostgreSQL 15 and the grammar of 18 differ, or a server does more than a fact says. */
export const explainedSql: readonly Explained<SqlDifference>[] = [
  {
    reason: "the JSON of the standard came with PostgreSQL 16 and 17",
    example: "SELECT JSON_OBJECT('a' : b), JSON_ARRAY(c), a IS JSON FROM t",
    matches: (text, difference) =>
      /\bjson|\bIS\s+(?:NOT\s+)?JSON\b/iu.test(text) && onlyFact(difference),
  },
  {
    reason: "RETURNING of MERGE came with PostgreSQL 17",
    example:
      "WITH x AS (MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN DELETE RETURNING *) SELECT * FROM x",
    matches: (text, difference) => /\bmerge\b/iu.test(text) && onlyFact(difference),
  },
  {
    reason: "numbers in hexadecimal, octal and binary form came with PostgreSQL 16",
    example: "SELECT a FROM t LIMIT 0x10",
    matches: (text, difference) => /\b0[xob][0-9a-f_]+/iu.test(text) && onlyFact(difference),
  },
  {
    reason: "underscores within numbers came with PostgreSQL 16",
    example: "SELECT a FROM t LIMIT 1_0",
    matches: (text, difference) => /\d_\d/u.test(text) && onlyFact(difference),
  },
];

/** Functions that PostgreSQL calls volatile since their value changes, and not what is stored. */
export const explainedVolatile: Readonly<Record<string, string>> = {
  clock_timestamp: "tells the time",
  current_query: "tells the text that runs",
  gen_random_uuid: "makes a number",
  pg_database_size: "looks at a size",
  pg_indexes_size: "looks at a size",
  pg_is_in_recovery: "tells the state of the server",
  pg_relation_size: "looks at a size",
  pg_table_size: "looks at a size",
  pg_tablespace_size: "looks at a size",
  pg_total_relation_size: "looks at a size",
  random: "makes a number; the seed is of the session",
  timeofday: "tells the time",
};

/** Where curl asks another host than the fact says. */
export const explainedUrl: readonly Explained<UrlDifference>[] = [
  {
    reason:
      "`0x` alone is the number 0 to the standard and a name to curl, which no resolver knows",
    example: "http://0x.0x.0x.0x/",
    matches: (text) => /(?:[/@.]|^)0[xX](?:[.:/?#]|$)/u.test(text),
  },
];

/** The first explanation of a difference; `undefined` when nobody explained it. */
export function explanationOf<Difference>(
  explained: readonly Explained<Difference>[],
  text: string,
  difference: Difference,
): Explained<Difference> | undefined {
  return explained.find(({ matches }) => matches(text, difference));
}
