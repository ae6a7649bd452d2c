import { HoldfastError } from "@holdfast/model";
import { checkAppend } from "./append-check.ts";
import type { PayloadInput } from "./append-check.ts";
import { encodeCommit } from "./commit.ts";
import type { DescribedLog } from "./description.ts";
import type { LogFiles } from "./files.ts";
import { Group } from "./group.ts";
import { encodeHeader, frontierHex } from "./header.ts";
import { writerLimits } from "./limits.ts";
import type { LogExtent, LogPlace, LogStand } from "./log-place.ts";
import { readLog } from "./read.ts";
import type { LogEntry } from "./read.ts";
import type { LogState } from "./segment-scan.ts";
import type { HeaderMaker, SeriesWriter } from "./series-writer.ts";
import { stateAt } from "./tail.ts";
import { headOf } from "./tree.ts";
import type { LogHead } from "./tree.ts";

/** What `append` gives: the index is certain only once `durable` has resolved. */
export interface Appended {
  readonly index: number;
  /**
   * Resolves when record and payload are on stable storage. Rejects with the error that made the
   * log fail, or with `log_no_space`, after which the index is given to another record.
   */
  readonly durable: Promise<void>;
}

/** What opening cut off; the log holds a `recovery` record of it. */
export interface Recovery {
  readonly truncatedBytes: number;
  /** first index of the segment */
  readonly segment: number;
}

/** All a `Log` needs, made by `openLog`, which alone knows that it is safe to append. */
export interface LogParts {
  readonly files: LogFiles;
  readonly directory: string;
  readonly described: DescribedLog;
  readonly first: number;
  readonly state: LogState;
  readonly records: SeriesWriter;
  readonly payloads: SeriesWriter;
  readonly release: () => Promise<void>;
  readonly recovery?: Recovery;
  readonly place?: LogPlace;
}

/** Records that have just become durable together. */
export interface DurableGroup {
  /** index of the first */
  readonly first: number;
  /** their frames; the body of each begins at `frameHeadBytes + 1` */
  readonly frames: readonly Uint8Array[];
  readonly leaves: readonly Uint8Array[];
}

/** An open log: this process is its only writer. */
export class Log {
  readonly #parts: LogParts;
  #state: LogState;
  #head: LogHead;
  #nextIndex: number;
  #queue: Group[] = [];
  #pendingBytes = 0;
  /** the group being written */
  #current: Group | undefined;
  #running: Promise<void> | undefined;
  #failure: HoldfastError | undefined;
  #closing: Promise<void> | undefined;
  readonly #followers = new Set<(group: DurableGroup) => void>();

  constructor(parts: LogParts) {
    this.#parts = parts;
    this.#state = parts.state;
    this.#head = headOf(parts.state.frontier);
    this.#nextIndex = parts.state.frontier.size;
  }

  /** Number of records appended, those not yet durable included. */
  get size(): number {
    return this.#nextIndex;
  }

  /** The first record that is there; those before it were pruned before the log was opened. */
  get first(): number {
    return this.#parts.first;
  }

  /** The tree over all durable records. */
  get head(): LogHead {
    return this.#head;
  }

  /** What opening had to cut off; undefined when the log ended in a whole group. */
  get recovery(): Recovery | undefined {
    return this.#parts.recovery;
  }

  /** The tree up to the place where reading began when the log was opened; absent without one. */
  get openedAt(): LogHead | undefined {
    const { place } = this.#parts;
    return place === undefined ? undefined : headOf(stateAt(place).frontier);
  }

  /**
   * Where the log stands behind exactly the records appended so far, once they are durable; none
   * that comes later shares their group.
   *
   * @throws HoldfastError what `Appended.durable` rejects with, when one of them is lost
   */
  async standHere(): Promise<LogStand> {
    const last = this.#queue.at(-1) ?? this.#current;
    if (this.#failure !== undefined) throw this.#failure;
    if (last === undefined) return this.#stand();
    last.closed = true;
    await last.durable;
    const { stand } = last;
    if (stand === undefined) throw new Error("a durable group stands nowhere");
    return stand;
  }

  #stand(): LogStand {
    const { described, records, payloads } = this.#parts;
    const [live, adding] = [records.live, payloads.live];
    const { batch, frontier } = this.#state;
    // Behind what no group of this file is before, there is no place in it.
    if (live?.digest === undefined || live.used === 0) return { head: this.#head };
    const payload =
      adding === undefined || adding.used === 0
        ? {}
        : { payload: { file: adding.first, offset: adding.used } };
    const place: LogPlace = {
      log: described.digest,
      segment: live.first,
      lastGroup: live.lastGroup,
      offset: live.used,
      batch,
      size: frontier.size,
      frontier: frontierHex(frontier),
      digest: live.digest.nameSoFar(),
      ...payload,
    };
    return { head: this.#head, place };
  }

  get origin(): string {
    return this.#parts.described.description.origin;
  }

  /**
   * Appends a record (canonical JSON, at most 65,535 bytes) with the payload its member `payload`
   * names. Indexes are given in the order of the calls. Never acknowledges before fdatasync.
   *
   * @throws HoldfastError `log_record…`, `log_payload…` when they cannot be stored; `log_busy`
   *   when too much waits for the disk; `log_failed` after a write error; `log_closed`
   */
  append(body: Uint8Array, payload?: PayloadInput): Appended {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closing !== undefined) throw new HoldfastError("log_closed", "log is closed");
    checkAppend(body, payload);
    const payloadBytes = payload?.bytes.length ?? 0;
    const bytes = body.length + payloadBytes;
    const pending = this.#nextIndex - this.#state.frontier.size;
    const { pendingRecords: most, pendingBytes: mostBytes } = writerLimits;
    if (pending >= most || this.#pendingBytes + bytes > mostBytes) {
      throw new HoldfastError("log_busy", `log has ${pending} records waiting for the disk`);
    }
    const group = this.#groupFor(body.length, payloadBytes);
    const index = this.#nextIndex;
    group.add(body, payload?.bytes);
    this.#nextIndex += 1;
    this.#pendingBytes += bytes;
    this.#running ??= this.#run();
    return { index, durable: group.durable };
  }

  /**
   * Durable records `from` up to and without `to`, as `readLog` gives them.
   *
   * @throws HoldfastError `log_pruned` when they begin before the first record that is there:
   *   whoever folds must not take what is left for all
   */
  read(from: number, to: number): AsyncGenerator<LogEntry, void> {
    const { directory, files, first, place } = this.#parts;
    if (from < first && from < to) {
      const message = `records before ${first} were pruned, and no snapshot stands for them; put back a snapshot, or policies whose Events and Meters are those it was made with`;
      throw new HoldfastError("log_pruned", message);
    }
    const { extent } = this;
    const begun = place === undefined || place.size > from ? {} : { place };
    return readLog(directory, { from, to: Math.min(to, this.#head.size), files, extent, ...begun });
  }

  /** Up to where the files hold the records below `head`, whose bytes nobody changes any more. */
  get extent(): LogExtent {
    const { records, payloads } = this.#parts;
    const filled = { ...extentOf("records", records), ...extentOf("payloads", payloads) };
    return { head: this.#head, ...filled };
  }

  /** Where reading began when the log was opened, all before it being proven; absent without a place. */
  get place(): LogPlace | undefined {
    return this.#parts.place;
  }

  /**
   * Calls `follower` with each group when it has become durable, before its callers hear of it.
   * **Contract:** it returns soon and never throws.
   *
   * @returns ends it
   */
  follow(follower: (group: DurableGroup) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /**
   * Whether so many bytes more, of records or of payloads, surely fit behind what waits, should the
   * disk be full. While it is not, they do.
   */
  hasRoom(bytes: number): boolean {
    const { records, payloads } = this.#parts;
    const wanted = this.#pendingBytes + bytes;
    return [records, payloads].every((series) => (series.roomLeft() ?? wanted) >= wanted);
  }

  /** Waits for what was appended, then lets another writer open the log. */
  close(): Promise<void> {
    this.#closing ??= this.#finish();
    return this.#closing;
  }

  /** The group that still waits and has room, or a new one behind it. */
  #groupFor(bodyBytes: number, payloadBytes: number): Group {
    const last = this.#queue.at(-1);
    if (last?.hasRoom(bodyBytes, payloadBytes) === true) return last;
    const group = new Group(this.#nextBatch(), this.#nextIndex);
    this.#queue.push(group);
    return group;
  }

  /** The group being written is the one before the first in the queue. */
  #nextBatch(): number {
    return ((this.#queue.at(-1) ?? this.#current)?.batch ?? this.#state.batch) + 1;
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      // One turn of the event loop: callers that the last group woke up join this one.
      await new Promise((resume) => setImmediate(resume));
      const group = this.#queue.shift();
      if (group === undefined) break;
      this.#current = group;
      try {
        await this.#commit(group);
        this.#current = undefined;
        group.resolve();
      } catch (error) {
        this.#current = undefined;
        this.#rejectAll(group, error);
      }
    }
    this.#running = undefined;
  }

  /** Payloads durable first, then records and the commit frame that makes them count. */
  async #commit(group: Group): Promise<void> {
    const { records, payloads } = this.#parts;
    const frontier = this.#state.frontier.copy();
    for (const leaf of group.leaves) frontier.push(leaf);
    const head = headOf(frontier);
    const commit = encodeCommit(group.batch, head);
    const recordHeader = this.#recordHeader(group.batch);
    const payloadHeader = this.#payloadHeader(group.batch);
    const { first } = group;
    const recordBytes = group.entryBytes + commit.length;
    await records.room(recordBytes, { first, oldest: 0, header: recordHeader });
    if (group.payloads.length > 0) {
      // Not behind the segment before the last: opening reads no more than two.
      const oldest = records.previous?.first ?? 0;
      await payloads.room(group.payloadBytes, { first, oldest, header: payloadHeader });
      await payloads.write(group.payloads, payloadHeader);
      await payloads.sync();
    }
    await records.write([...group.entries, commit], recordHeader);
    await records.sync();
    this.#state = { batch: group.batch, frontier };
    this.#head = head;
    if (group.closed) group.stand = this.#stand();
    this.#pendingBytes -= group.givenBytes;
    if (this.#followers.size > 0) this.#tell(group);
  }

  #tell({ first, entries, leaves }: Group): void {
    for (const follower of this.#followers) follower({ first, frames: entries, leaves });
  }

  #recordHeader(batch: number): HeaderMaker {
    const { description, digest } = this.#parts.described;
    const frontier = frontierHex(this.#state.frontier);
    return (first, bytes, previous) => {
      const { origin } = description;
      const common = { v: 1, kind: "records", origin, log: digest } as const;
      const header = { ...common, first, batch, bytes, frontier };
      return encodeHeader(previous === undefined ? header : { ...header, previous });
    };
  }

  #payloadHeader(batch: number): HeaderMaker {
    const { description, digest } = this.#parts.described;
    const { origin } = description;
    const common = { v: 1, kind: "payload", origin, log: digest } as const;
    return (first, bytes) => encodeHeader({ ...common, first, batch, bytes });
  }

  /**
   * A full disk was met before anything was written, so later appends may try again. After any
   * other error what is on disk is not known, and asking the same file again would not tell.
   */
  #rejectAll(group: Group, error: unknown): void {
    const waiting = [group, ...this.#queue];
    this.#queue = [];
    const noSpace = error instanceof HoldfastError && error.code === "log_no_space";
    const reason = noSpace
      ? error
      : new HoldfastError("log_failed", "log failed to write; close and open it again", {
          cause: error,
        });
    if (!noSpace) this.#failure = reason;
    this.#nextIndex = this.#state.frontier.size;
    this.#pendingBytes = 0;
    for (const { reject } of waiting) reject(reason);
  }

  async #finish(): Promise<void> {
    await this.#running;
    const { records, payloads, release } = this.#parts;
    try {
      await records.close();
      await payloads.close();
    } finally {
      await release();
    }
  }
}

function extentOf(name: "records" | "payloads", { live }: SeriesWriter): Omit<LogExtent, "head"> {
  return live === undefined ? {} : { [name]: { file: live.first, offset: live.used } };
}
