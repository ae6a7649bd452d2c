import { sqlFact } from "@holdfast/facts";
import type { SqlParser } from "@holdfast/facts";
import type { PostgresSession } from "./postgres-wire.ts";

/** What stands between the fact of a text and what a server of PostgreSQL does with it. */
export interface SqlDifference {
  readonly kind: "only the fact parses it" | "the server writes" | "the server locks";
  /** what the server said, when it said something */
  readonly error?: string;
}

/** A text that was compared. */
export interface SqlCompared {
  /** whether its fact has a value that is not opaque */
  readonly isTold: boolean;
  readonly differences: readonly SqlDifference[];
}

interface SqlValue {
  readonly writes: boolean;
  readonly opaque: boolean;
  readonly statements: readonly { readonly kind: string }[];
}

/** Tables that generated queries and those of our own name, in a database that is thrown away. */
const setup = `
CREATE SCHEMA s;
${["orders", "customers", "t", "u", "v", "old", "s.log", "copy2"]
  .map(
    (
      name,
    ) => `CREATE TABLE ${name} (id int PRIMARY KEY, name text, total int, at timestamptz, a int,
  b int, c int, customer_id int); INSERT INTO ${name} (id, name) VALUES (1, 'x');`,
  )
  .join("\n")}
CREATE SEQUENCE numbers`;

/** Syntax errors, found before anything of a text is looked at (SQLSTATE class 42 and 22, 08P01). */
const syntax = /^(?:42601|42602|42622|22021|22025|22P06|2200B|54001|22P02|22003|0A000|42939)$/u;

/** Holds the fact `sql` against a server. */
export class SqlComparison {
  readonly #session: PostgresSession;
  readonly #parser: SqlParser;

  private constructor(session: PostgresSession, parser: SqlParser) {
    this.#session = session;
    this.#parser = parser;
  }

  static async open(session: PostgresSession, parser: SqlParser): Promise<SqlComparison> {
    const made = await session.ask(setup);
    if (made.error !== undefined) throw new Error(`the tables were not made: ${made.error}`);
    return new SqlComparison(session, parser);
  }

  /**
   * The differences of a text. What the fact refuses and the server takes is none: it is denied. What
   * is opaque is only asked whether it parses.
   */
  async compare(text: string): Promise<SqlCompared> {
    const answer = sqlFact([{ arg: "q", use: "sql", value: text }], { parser: this.#parser });
    if ("error" in answer) return { isTold: false, differences: [] };
    const fact = answer.value as unknown as SqlValue;
    const isTold = !fact.opaque;
    const error = await this.#refused(text, fact);
    if (error !== undefined)
      return { isTold, differences: [{ kind: "only the fact parses it", error }] };
    if (fact.writes || fact.opaque) return { isTold, differences: [] };
    return { isTold, differences: await this.#effects(text) };
  }

  /**
   * The error by which the server refuses the text before it looks at what it means. In a transaction
   * that has failed it parses all of a text, and then does nothing of it that does not end the transaction.
   */
  async #refused(text: string, fact: SqlValue): Promise<string | undefined> {
    const ends = fact.statements.some(({ kind }) => /^(?:commit|rollback|prepare)/u.test(kind));
    if (ends) return undefined;
    await this.#session.ask("ROLLBACK; BEGIN; SELECT 1/0");
    const { error } = await this.#session.ask(text);
    await this.#session.ask("ROLLBACK");
    return error !== undefined && syntax.test(error) ? error : undefined;
  }

  /** What the server changes or locks when it runs the text, for itself and when it may only read. */
  async #effects(text: string): Promise<readonly SqlDifference[]> {
    const found: SqlDifference[] = [];
    await this.#session.ask("ROLLBACK; BEGIN");
    const ran = await this.#session.ask(text);
    if (ran.status === "T") {
      const asked = await this.#session
        .ask(`SELECT pg_current_xact_id_if_assigned(), (SELECT count(*)
        FROM pg_locks WHERE pid = pg_backend_pid() AND locktype IN ('relation', 'advisory', 'tuple')
        AND mode <> 'AccessShareLock')`);
      const [[id = null, locks = "0"] = []] = asked.rows;
      if (id !== null) found.push({ kind: "the server writes" });
      if (locks !== "0") found.push({ kind: "the server locks" });
    } else if (ran.status === "I")
      found.push({ kind: "the server writes", error: "it ended the transaction" });
    await this.#session.ask("ROLLBACK; BEGIN READ ONLY");
    const read = await this.#session.ask(text);
    if (read.error === "25006") found.push({ kind: "the server writes", error: read.error });
    await this.#session.ask("ROLLBACK");
    return found;
  }

  /** Names of functions that may do something, by the server's catalog, and that the fact does not mind. */
  async volatileFunctions(): Promise<readonly string[]> {
    const { rows } = await this.#session.ask(`SELECT DISTINCT proname FROM pg_proc
      WHERE provolatile = 'v' AND pronamespace = 'pg_catalog'::regnamespace AND prokind <> 'a' ORDER BY 1`);
    return rows.flatMap(([name]) => {
      if (name === null || name === undefined) return [];
      const value = `SELECT pg_catalog."${name}"()`;
      const answer = sqlFact([{ arg: "q", use: "sql", value }], { parser: this.#parser });
      const fact = "value" in answer ? (answer.value as unknown as SqlValue) : undefined;
      return fact === undefined || fact.writes || fact.opaque ? [] : [name];
    });
  }
}
