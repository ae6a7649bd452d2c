import type { Database, JSValue, QueryResult, Statement } from "node-sqlite3-wasm";
import sqlite from "node-sqlite3-wasm";
import { firstRow } from "./column.ts";

/** Statements kept at a time; texts name lists of numbers, so that there is no end of them. */
const keptMax = 64;

/** Questions to a database that are made once for each text: to make one costs as much as to ask it. */
export class KeptStatements {
  readonly #database: Database;
  readonly #kept = new Map<string, Statement>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** The first row of an answer. */
  first(sql: string, values: JSValue[]): QueryResult | undefined {
    return firstRow(this.#of(sql), values);
  }

  all(sql: string, values: JSValue[]): QueryResult[] {
    return this.#of(sql).all(values);
  }

  close(): void {
    finalizeAll(this.#kept.values());
    this.#kept.clear();
  }

  #of(sql: string): Statement {
    const kept = this.#kept.get(sql);
    if (kept !== undefined) return kept;
    if (this.#kept.size >= keptMax) this.close();
    const made = this.#database.prepare(sql);
    this.#kept.set(sql, made);
    return made;
  }
}

/**
 * Ends statements, each of them: one that failed says so once more when it ends, and one that is left
 * keeps the database's file open.
 */
export function finalizeAll(statements: Iterable<Statement>): void {
  for (const statement of statements) {
    try {
      statement.finalize();
    } catch (error) {
      if (!(error instanceof sqlite.SQLite3Error)) throw error;
    }
  }
}
