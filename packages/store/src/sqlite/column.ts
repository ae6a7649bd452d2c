import type { JSValue, QueryResult, Statement } from "node-sqlite3-wasm";

/**
 * The first row of a statement that is kept. `Statement.get` stops before the end, and a statement
 * that is not at its end holds the database in a transaction.
 */
export function firstRow(statement: Statement, values: JSValue[]): QueryResult | undefined {
  return statement.all(values)[0];
}

/** An integer of the database, all of which are exact in a double here. */
export function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  throw new TypeError("not a number in the index");
}

/** What a column of JSON text holds; what wrote it is this room alone. */
export function jsonOf(value: unknown): unknown {
  if (typeof value !== "string") throw new TypeError("not a text in the index");
  return JSON.parse(value);
}
