import type { Database, Statement } from "node-sqlite3-wasm";
import type { SessionName } from "../index-row.ts";
import type { Subject } from "../subject.ts";
import { firstRow, numberOf } from "./column.ts";
import { finalizeAll } from "./kept-statements.ts";

/** How many names of a kind are kept in memory; then all are looked up again. */
const keptMax = 65_536;

type Kind = "agent" | "subject" | "session";

/** Numbers for names that many rows share. */
export class NameTable {
  readonly #statements: Readonly<
    Record<Kind, { readonly find: Statement; readonly add: Statement }>
  >;
  readonly #kept: Readonly<Record<Kind, Map<string, number>>> = {
    agent: new Map(),
    subject: new Map(),
    session: new Map(),
  };

  constructor(database: Database) {
    const pair = (find: string, add: string) => ({
      find: database.prepare(find),
      add: database.prepare(add),
    });
    this.#statements = {
      agent: pair("SELECT id FROM agent WHERE name=?", "INSERT INTO agent (name) VALUES (?)"),
      subject: pair(
        "SELECT id FROM subject WHERE facets=?",
        "INSERT INTO subject (facets) VALUES (?)",
      ),
      session: pair(
        "SELECT id FROM session WHERE name=? AND root=?",
        "INSERT INTO session (name, root) VALUES (?,?)",
      ),
    };
  }

  agent(name: string): number {
    return this.#number("agent", name, [name]);
  }

  subject(subject: Subject): number {
    const facets = JSON.stringify(subject);
    return this.#number("subject", facets, [facets]);
  }

  session({ id, root }: SessionName): number {
    return this.#number("session", `${id.length}:${id}${root}`, [id, root]);
  }

  /** Forgets what is in memory. */
  forget(): void {
    for (const kept of Object.values(this.#kept)) kept.clear();
  }

  close(): void {
    for (const { find, add } of Object.values(this.#statements)) finalizeAll([find, add]);
  }

  #number(kind: Kind, key: string, values: string[]): number {
    const kept = this.#kept[kind];
    const known = kept.get(key);
    if (known !== undefined) return known;
    const { find, add } = this.#statements[kind];
    const row = firstRow(find, values);
    const id = numberOf(row === undefined ? add.run(values).lastInsertRowid : row["id"]);
    if (kept.size >= keptMax) kept.clear();
    kept.set(key, id);
    return id;
  }
}
