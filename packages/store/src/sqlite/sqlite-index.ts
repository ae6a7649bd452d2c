import { existsSync, mkdirSync, rmSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { nodeFiles } from "@holdfast/log";
import type { RecordPlace, TailPlace } from "@holdfast/log";
import { HoldfastError } from "@holdfast/model";
import sqlite from "node-sqlite3-wasm";
import type { Database } from "node-sqlite3-wasm";
import type { AuditIndex, IndexBatch, IndexFilter, IndexHit, IndexPage } from "../audit-index.ts";
import { searchDecisions, searchTrail } from "./decision-search.ts";
import { jsonOf } from "./column.ts";
import { KeptStatements } from "./kept-statements.ts";
import { RowWriter } from "./row-writer.ts";
import { SubjectCache } from "./subject-cache.ts";
import { schema, schemaVersion } from "./schema.ts";

/** How long to wait for another process that uses the index. */
const waitMsMax = 10_000;

/** With less room than this beside the index, what SQLite could not write is not its fault. */
const roomBytes = 1024 * 1024;
/** What SQLite calls a write that the system refused; it does not say why. */
const refused = /disk i\/o error|disk is full|unable to open|could not open/iu;

interface Opened {
  readonly database: Database;
  readonly writer: RowWriter;
  readonly subjects: SubjectCache;
  /** what is asked again and again */
  readonly ask: KeptStatements;
  /** of the file: another one by that name is another index */
  readonly inode: bigint;
}

/**
 * The index in a file `index.db` of the log's folder. Any number of processes may use it: each use
 * is a turn under a lock of the kernel, which goes with the process, so that whatever a killed one
 * left is known to be left over. A file that is damaged or of another version is thrown away.
 *
 * @throws HoldfastError (from every method) `index_busy` when other processes leave no turn;
 *   `index_damaged` when the file was thrown away just now: catch up, and ask again; `index_full`
 *   when the disk is full: what is indexed is kept, and any later call goes on from there
 */
export class SqliteIndex implements AuditIndex {
  readonly #path: string;
  readonly #turnFolder: string;
  #opened: Opened | undefined;
  /** the turns asked for in this process, one after the other */
  #last: Promise<unknown> = Promise.resolve();

  /** @param directory folder of the log; nothing is opened yet */
  constructor(directory: string) {
    this.#path = `${directory}/index.db`;
    this.#turnFolder = `${directory}/index.turn`;
  }

  place(): Promise<TailPlace | undefined> {
    return this.#turn(({ database }) => readPlace(database));
  }

  apply(batch: IndexBatch): Promise<boolean> {
    return this.#turn(({ database, writer }) => {
      if ((readPlace(database)?.size ?? batch.from) !== batch.from) return false;
      writer.write(batch);
      return true;
    });
  }

  find(filter: IndexFilter, page: IndexPage): Promise<readonly IndexHit[]> {
    return this.#turn((opened) => reading(opened, () => searchDecisions(opened, filter, page)));
  }

  trail(session: string): Promise<readonly RecordPlace[]> {
    return this.#turn((opened) => reading(opened, () => searchTrail(opened.ask, session)));
  }

  clear(): Promise<void> {
    return this.#turn(() => this.#discard());
  }

  async close(): Promise<void> {
    await this.#last;
    this.#shut();
  }

  #turn<T>(use: (opened: Opened) => T): Promise<T> {
    const turn = this.#last.then(async () => {
      const release = await this.#lock();
      try {
        return use(this.#open());
      } catch (error) {
        if (isFull(error)) throw this.#full(error);
        if (!(error instanceof sqlite.SQLite3Error)) throw error;
        if (refused.test(error.message) && !this.#hasRoom()) throw this.#full(error);
        this.#discard();
        const message = `\`${this.#path}\` was damaged and is made anew`;
        throw new HoldfastError("index_damaged", message, { cause: error });
      } finally {
        await release();
      }
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** The transaction at hand is undone by the next one to open the file. */
  #full(cause: unknown): HoldfastError {
    this.#shut();
    const message = `no room to bring \`${this.#path}\` up to the log: free space, what is indexed is kept`;
    return new HoldfastError("index_full", message, { cause });
  }

  #hasRoom(): boolean {
    const trial = `${this.#turnFolder}/room`;
    try {
      writeFileSync(trial, Buffer.alloc(roomBytes), { mode: 0o600 });
      return true;
    } catch (error) {
      if (isFull(error)) return false;
      throw error;
    } finally {
      rmSync(trial, { force: true });
    }
  }

  async #lock(): Promise<() => Promise<void>> {
    try {
      mkdirSync(this.#turnFolder, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw isFull(error) ? this.#full(error) : error;
    }
    for (let waitedMs = 0; waitedMs < waitMsMax; waitedMs += 2) {
      const release = await nodeFiles.lock(this.#turnFolder);
      if (release !== undefined) {
        this.#removeLeftLock();
        return release;
      }
      await pause(2);
    }
    throw new HoldfastError("index_busy", `\`${this.#path}\` is in use by another process`);
  }

  /** SQLite's own lock is a folder here, which a killed process leaves; this turn is the only user. */
  #removeLeftLock(): void {
    // An error that is made and thrown costs ten times this question.
    if (!existsSync(`${this.#path}.lock`)) return;
    try {
      rmdirSync(`${this.#path}.lock`);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    }
  }

  #open(): Opened {
    const inode = statSync(this.#path, { bigint: true, throwIfNoEntry: false })?.ino;
    if (this.#opened !== undefined && this.#opened.inode === inode) return this.#opened;
    this.#shut();
    let database = this.#database();
    if (versionOf(database) !== schemaVersion) {
      database.close();
      this.#remove();
      database = this.#database();
      makeTables(database);
    }
    const { ino } = statSync(this.#path, { bigint: true });
    const writer = closingAtError(database, () => new RowWriter(database));
    const subjects = new SubjectCache(database);
    const ask = new KeptStatements(database);
    this.#opened = { database, writer, subjects, ask, inode: ino };
    return this.#opened;
  }

  #database(): Database {
    const database = new sqlite.Database(this.#path);
    // A power loss may cost what was written last, not the file: NORMAL still orders the writes.
    const settings = "PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = NORMAL";
    closingAtError(database, () => database.exec(`${settings}; PRAGMA cache_size = -32768`));
    return database;
  }

  #discard(): void {
    this.#shut();
    this.#remove();
  }

  #remove(): void {
    for (const end of ["", "-journal"]) rmSync(`${this.#path}${end}`, { force: true });
  }

  #shut(): void {
    const opened = this.#opened;
    this.#opened = undefined;
    if (opened === undefined) return;
    try {
      opened.writer.close();
      opened.ask.close();
      opened.database.close();
    } catch (error) {
      // A damaged file cannot be closed well, and need not be.
      if (!(error instanceof sqlite.SQLite3Error)) throw error;
    }
  }
}

/**
 * Several questions in one transaction: SQLite takes its lock, which is a folder here, and looks whether
 * the file has changed, once for all of them, which costs more than most of the questions.
 */
function reading<T>({ database }: Opened, ask: () => T): T {
  database.exec("BEGIN");
  try {
    return ask();
  } finally {
    // A damaged file ends it by itself.
    if (database.inTransaction) database.exec("COMMIT");
  }
}

function versionOf(database: Database): number {
  try {
    return Number(database.get("PRAGMA user_version")?.["user_version"] ?? 0);
  } catch (error) {
    // One that was not read is not known to be another version.
    if (error instanceof sqlite.SQLite3Error && !refused.test(error.message)) return -1;
    database.close();
    throw error;
  }
}

function makeTables(database: Database): void {
  closingAtError(database, () => {
    database.exec("BEGIN IMMEDIATE");
    database.exec(schema);
    database.exec("COMMIT");
  });
}

/** A database that nobody can use is not left open, as its file would be. */
function closingAtError<T>(database: Database, use: () => T): T {
  try {
    return use();
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Whether the system says that there is no room. */
function isFull(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return error.code === "ENOSPC" || error.code === "EDQUOT";
}

function readPlace(database: Database): TailPlace | undefined {
  const row = database.get("SELECT place FROM place");
  return row === null ? undefined : (jsonOf(row["place"]) as TailPlace);
}
