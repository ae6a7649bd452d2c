import sqlite from "node-sqlite3-wasm";
import { expect, test } from "vitest";
import { KeptStatements } from "../src/sqlite/kept-statements.ts";

test("more texts than are kept are answered as if each were new, in a database others change", () => {
  const database = new sqlite.Database(":memory:");
  database.exec("CREATE TABLE number (value INTEGER)");
  const ask = new KeptStatements(database);
  for (let round = 1; round <= 3; round += 1) {
    database.exec(`INSERT INTO number VALUES (${round})`);
    for (let text = 0; text < 150; text += 1) {
      const sql = `SELECT count(*) + ${text} AS found FROM number WHERE value >= ?`;
      expect(ask.first(sql, [1])).toEqual({ found: round + text });
      expect(ask.all(sql, [round])).toEqual([{ found: 1 + text }]);
    }
    expect(ask.first("SELECT value FROM number WHERE value > ?", [round])).toBeUndefined();
    // None of them is left in the middle of an answer, which would hold a transaction.
    database.exec("BEGIN IMMEDIATE; COMMIT");
  }
  ask.close();
  database.close();
});
