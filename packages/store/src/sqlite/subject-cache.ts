import type { Database } from "node-sqlite3-wasm";
import type { IndexFilter } from "../audit-index.ts";
import { subjectTest } from "../subject.ts";
import type { Subject } from "../subject.ts";
import { jsonOf, numberOf } from "./column.ts";

/** How many subjects are kept in memory; what lies beyond is read for each search. */
const keptMax = 65_536;

/** Subjects are read so many at once. */
const readTogether = 1024;

/** The subjects of a database, most of which are in memory after the first search. */
export class SubjectCache {
  readonly #database: Database;
  readonly #kept: (readonly [number, Subject])[] = [];

  constructor(database: Database) {
    this.#database = database;
  }

  /** Numbers of the subjects that a filter asks for. */
  matching(filter: IndexFilter): number[] {
    const fits = subjectTest(filter);
    const ids: number[] = [];
    for (const [id, subject] of this.#all()) if (fits(subject)) ids.push(id);
    return ids;
  }

  /** Subjects are only ever added, with rising numbers. */
  *#all(): Generator<readonly [number, Subject]> {
    yield* this.#kept;
    let last = this.#kept.at(-1)?.[0] ?? 0;
    for (;;) {
      const sql = "SELECT id, facets FROM subject WHERE id > ? ORDER BY id LIMIT ?";
      const rows = this.#database.all(sql, [last, readTogether]);
      for (const row of rows) {
        last = numberOf(row["id"]);
        const found = [last, jsonOf(row["facets"]) as Subject] as const;
        if (this.#kept.length < keptMax) this.#kept.push(found);
        yield found;
      }
      if (rows.length < readTogether) return;
    }
  }
}
