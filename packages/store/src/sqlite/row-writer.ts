import type { RecordPlace } from "@holdfast/log";
import type { Database, JSValue, Statement } from "node-sqlite3-wasm";
import type { IndexBatch } from "../audit-index.ts";
import type { IndexRow } from "../index-row.ts";
import { endedSubject } from "../subject.ts";
import type { Subject } from "../subject.ts";
import { firstRow, jsonOf } from "./column.ts";
import { finalizeAll } from "./kept-statements.ts";
import { NameTable } from "./name-table.ts";

type Of<Kind extends IndexRow["kind"]> = Extract<IndexRow, { readonly kind: Kind }>;

/** A decision of the batch at hand, with its end when that is in the batch too. */
interface NewDecision {
  readonly row: Of<"decision">;
  end?: { readonly place: RecordPlace; readonly ended: number | null };
}

/** How many decisions are kept in memory for their outcomes; others are read again. */
const openMax = 16_384;

/** Marks written by one statement, which costs about as much as one alone. */
const marksTogether = 16;

/** Writes batches into the tables, with statements made once for each opened database. */
export class RowWriter {
  readonly #database: Database;
  readonly #names: NameTable;
  /** subjects of decisions whose end may still come */
  readonly #open = new Map<number, Subject>();
  readonly #statements: Readonly<
    Record<"decision" | "mark" | "marks" | "end" | "note" | "span" | "place" | "find", Statement>
  >;

  constructor(database: Database) {
    this.#database = database;
    this.#names = new NameTable(database);
    const made = (sql: string): Statement => database.prepare(sql);
    const mark = "INSERT OR IGNORE INTO mark (subject, seq) VALUES (?,?)";
    this.#statements = {
      decision: made(
        "INSERT INTO decision (seq, time, agent, session, subject, segment, offset, ended, end_seq, end_segment, end_offset) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
      ),
      mark: made(mark),
      marks: made(`${mark}${",(?,?)".repeat(marksTogether - 1)}`),
      end: made("UPDATE decision SET ended=?, end_seq=?, end_segment=?, end_offset=? WHERE seq=?"),
      note: made("INSERT INTO note (seq, session, segment, offset) VALUES (?,?,?,?)"),
      span: made("INSERT INTO span (first, last, min_ms, max_ms) VALUES (?,?,?,?)"),
      place: made("INSERT OR REPLACE INTO place (one, place) VALUES (1, ?)"),
      find: made(
        "SELECT s.facets FROM decision d JOIN subject s ON s.id = d.subject WHERE d.seq=?",
      ),
    };
  }

  /** Writes a batch in one transaction. */
  write({ rows, place }: IndexBatch): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const added = new Map<number, NewDecision>();
      const marks: number[] = [];
      for (const row of rows) this.#take(row, added, marks);
      for (const decision of added.values()) this.#insert(decision);
      this.#mark(marks);
      this.#span(rows);
      this.#statements.place.run(JSON.stringify(place));
      this.#database.exec("COMMIT");
    } catch (error) {
      // What was named or opened in this transaction is not there any more.
      this.#names.forget();
      this.#open.clear();
      if (this.#database.inTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  close(): void {
    finalizeAll(Object.values(this.#statements));
    this.#names.close();
  }

  #take(row: IndexRow, added: Map<number, NewDecision>, marks: number[]): void {
    const { index, segment, offset } = row;
    switch (row.kind) {
      case "decision": {
        marks.push(this.#names.subject(row.subject), index);
        if (this.#open.size >= openMax) this.#open.clear();
        this.#open.set(index, row.subject);
        added.set(index, { row });
        return;
      }
      case "outcome":
      case "ambiguous": {
        const ended = row.kind === "outcome" ? this.#endedSubject(row) : null;
        if (ended !== null) marks.push(ended, row.decision);
        const decision = added.get(row.decision);
        if (decision === undefined) {
          this.#statements.end.run([ended, index, segment, offset, row.decision]);
        } else {
          decision.end = { place: { index, segment, offset }, ended };
        }
        return;
      }
      case "session": {
        const session = this.#names.session(row.session);
        this.#statements.note.run([index, session, segment, offset]);
        return;
      }
      case "pruned":
        for (const before of added.keys()) if (before < row.minimum) added.delete(before);
        for (const table of ["decision", "mark", "note"]) {
          this.#database.run(`DELETE FROM ${table} WHERE seq < ?`, [row.minimum]);
        }
    }
  }

  /** Undefined decisions, of a log that begins in the middle, have no subject. */
  #endedSubject({ decision, verdict }: Of<"outcome">): number | null {
    const open = this.#open.get(decision) ?? this.#readOpen(decision);
    this.#open.delete(decision);
    if (open === undefined) return null;
    return this.#names.subject(endedSubject(open, verdict));
  }

  #readOpen(decision: number): Subject | undefined {
    const row = firstRow(this.#statements.find, [decision]);
    return row === undefined ? undefined : (jsonOf(row["facets"]) as Subject);
  }

  #insert({ row, end }: NewDecision): void {
    const { index, segment, offset, timeMs, session, subject } = row;
    const agent = this.#names.agent(subject.agent);
    const about = this.#names.subject(subject);
    const bound = session === undefined ? null : this.#names.session(session);
    const ended: JSValue[] =
      end === undefined
        ? [null, null, null, null]
        : [end.ended, end.place.index, end.place.segment, end.place.offset];
    const values = [index, timeMs, agent, bound, about, segment, offset, ...ended];
    this.#statements.decision.run(values);
  }

  #mark(marks: readonly number[]): void {
    const together = 2 * marksTogether;
    let at = 0;
    for (; at + together <= marks.length; at += together) {
      this.#statements.marks.run(marks.slice(at, at + together));
    }
    for (; at < marks.length; at += 2) this.#statements.mark.run(marks.slice(at, at + 2));
  }

  #span(rows: readonly IndexRow[]): void {
    let [first, last, min, max] = [Infinity, -1, Infinity, -Infinity];
    for (const row of rows) {
      if (row.kind !== "decision") continue;
      first = Math.min(first, row.index);
      last = Math.max(last, row.index);
      min = Math.min(min, row.timeMs);
      max = Math.max(max, row.timeMs);
    }
    if (last >= 0) this.#statements.span.run([first, last, min, max]);
  }
}
