import type { FactAnswer, Json } from "@holdfast/model";
import type { AnnotatedArgument } from "../annotated-argument.ts";
import { factError, isTexts, textsOf } from "../fact-error.ts";
import { factLimits } from "../fact-limit.ts";
import { hasLoneSurrogate, utf8Bytes } from "../text-bytes.ts";
import { emptyStatementsIn, nestingOf } from "./query-text.ts";
import type { SqlParser } from "./sql-parser.ts";
import { readStatement } from "./statement.ts";
import type { ReadStatement, SqlStatement } from "./statement.ts";
import { TooDeep } from "./statement-reading.ts";

/** What a query is parsed by, and for which database it is meant. */
export interface SqlSettings {
  readonly parser: SqlParser;
  /** of others than PostgreSQL nothing is known: their fact is opaque */
  readonly dialect?: "postgresql" | "mysql" | "sqlite" | undefined;
}

/**
 * The fact `sql` (POLICY.md section 1): the statements of all arguments annotated `sql`, in order.
 * `writes` is false only when nothing in them is known or thought to change anything.
 *
 * Errors: `unannotated`, `invalid` (not a text, NUL, or it does not parse), `limit` (more than
 * 64 KiB, 200 levels of nesting, 20,000 nodes, or 1,000 entries of a list).
 */
export function sqlFact(
  annotated: readonly AnnotatedArgument[],
  { parser, dialect = "postgresql" }: SqlSettings,
): FactAnswer {
  const texts = textsOf(annotated, "sql", factLimits.entriesMax);
  if (!isTexts(texts)) return texts;
  const found: ReadStatement[] = [];
  for (const { arg, text } of texts) {
    if (text.includes("\0") || hasLoneSurrogate(text)) {
      return factError("invalid", `\`${arg}\` holds a character that no query has`);
    }
    if (text.length > factLimits.textBytesMax || utf8Bytes(text) > factLimits.textBytesMax) {
      return factError("limit", `\`${arg}\` is longer than ${factLimits.textBytesMax} bytes`);
    }
    // WHY: a parser that is given thousands of statements takes long to say that they are too many.
    if (text.split(";").length > factLimits.entriesMax) {
      return factError("limit", `\`${arg}\` has more than ${factLimits.entriesMax} semicolons`);
    }
    const read = dialect === "postgresql" ? statementsOf(text, parser) : [unseen];
    if ("error" in read) return factError(read.error, `\`${arg}\` ${read.reason}`);
    found.push(...read);
  }
  if (found.length > factLimits.entriesMax || found.some(({ statement }) => isLong(statement))) {
    return factError("limit", `more than ${factLimits.entriesMax} entries`);
  }
  return {
    value: {
      statements: found.map(({ statement }) => statement as unknown as Json),
      writes: found.some(({ writes }) => writes),
      opaque: found.some(({ opaque }) => opaque),
    },
  };
}

interface Unread {
  readonly error: "invalid" | "limit";
  readonly reason: string;
}

function statementsOf(text: string, parser: SqlParser): readonly ReadStatement[] | Unread {
  const tooDeep: Unread = {
    error: "limit",
    reason: `nests deeper than ${factLimits.sqlDepthMax} levels, or is too large`,
  };
  try {
    const read = parser.parse(text).map(readStatement);
    if (nestingOf(text, parser) > factLimits.sqlDepthMax) return tooDeep;
    const empty = emptyStatementsIn(text, parser);
    return [...withSettings(read), ...Array.from({ length: empty }, () => nothing)];
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : "";
    const full = /memory exhausted|stack depth|call stack/u.test(message);
    if (thrown instanceof TooDeep || full) return tooDeep;
    return { error: "invalid", reason: `is no PostgreSQL: ${message}` };
  }
}

/** What a setting of the session makes of the statements around it, no fact shows. */
function withSettings(statements: readonly ReadStatement[]): readonly ReadStatement[] {
  const sets = ({ statement: { kind } }: ReadStatement): boolean =>
    ["set", "reset", "discard"].includes(kind);
  if (statements.length < 2 || !statements.some(sets)) return statements;
  return statements.map((each) => ({ ...each, opaque: true }));
}

const blank: SqlStatement = {
  kind: "empty",
  tables_read: [],
  tables_written: [],
  columns: [],
  functions: [],
  has_where: false,
  limit: null,
  single_row: false,
  locks: false,
};

/** A semicolon that ends no statement. */
const nothing: ReadStatement = { statement: blank, writes: false, opaque: false };

/** A query in a language that nobody here reads. */
const unseen: ReadStatement = {
  statement: { ...blank, kind: "unknown" },
  writes: true,
  opaque: true,
};

function isLong(statement: SqlStatement): boolean {
  const { tables_read, tables_written, columns, functions } = statement;
  return [tables_read, tables_written, columns, functions].some(
    ({ length }) => length > factLimits.entriesMax,
  );
}
