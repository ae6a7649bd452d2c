import type { Log, LogEntry, LogStand } from "@holdfast/log";
import { decodeRecord, encodeRecord, HoldfastError } from "@holdfast/model";
import type { Decision, LogRecord } from "@holdfast/model";
import type { Evidence } from "./evidence.ts";
import { decisionPayloadSchema, readPayload } from "./payload.ts";
import { openPayloads } from "./vault/opened-payload.ts";
import type { Vault } from "./vault/vault.ts";

/** Where a record stands, and when it is safe on disk. */
export interface Appended {
  readonly sequence: number;
  /** never rejects: false means that the record may be lost and the journal has failed */
  readonly durable: Promise<boolean>;
}

/** Sees each record as it is appended, with its payload in clear. **Contract:** never throws. */
export type Follower = (
  sequence: number,
  record: LogRecord,
  payload: Uint8Array | undefined,
) => void;

/**
 * The guard's side of the log: it numbers records as they come and remembers the first failure.
 * After one, what is in memory may be ahead of what is on disk, so nothing more is taken: the
 * guard denies everything until it is opened again and folds what the disk really holds.
 */
export class Journal {
  readonly #log: Log;
  readonly #vault: Vault | undefined;
  readonly #pending = new Set<Promise<boolean>>();
  readonly #followers = new Set<Follower>();
  /** of the record appended last; records become durable in their order */
  #last: Promise<boolean> = Promise.resolve(true);
  /** of the group that record is in, as the log gave it */
  #lastGroup: Promise<void> | undefined;
  #failure: HoldfastError | undefined;
  #isBroken = false;

  /** `vault`: of the payloads that are under a key. */
  constructor(log: Log, vault: Vault | undefined) {
    this.#log = log;
    this.#vault = vault;
  }

  /** Why nothing more can be recorded. */
  get failure(): HoldfastError | undefined {
    return this.#failure;
  }

  /**
   * Appends a record; its place is settled when this returns, its durability is not.
   *
   * @throws HoldfastError `record_…` on a record that cannot be written, which harms nothing
   * else; the journal's failure; `log_…`
   */
  append(record: LogRecord, evidence?: Evidence): Appended {
    if (this.#failure !== undefined) throw this.#failure;
    const body = encodeRecord(record);
    const { index, durable } = this.#log.append(body, evidence?.stored);
    const settled = this.#settling(durable);
    for (const follower of this.#followers) follower(index, record, evidence?.content);
    return { sequence: index, durable: settled };
  }

  /** Records of one group have one promise, and so have their answers. */
  #settling(durable: Promise<void>): Promise<boolean> {
    if (durable === this.#lastGroup) return this.#last;
    const settled = durable.then(
      () => true,
      (cause: unknown) => {
        this.fail(cause);
        return false;
      },
    );
    this.#pending.add(settled);
    void settled.then(() => this.#pending.delete(settled));
    this.#lastGroup = durable;
    this.#last = settled;
    return settled;
  }

  /** Whether so many bytes more can be recorded; false on a disk that is full. */
  hasRoom(bytes: number): boolean {
    return this.#log.hasRoom(bytes);
  }

  /** Number of records appended, those not yet durable included. */
  get size(): number {
    return this.#log.size;
  }

  /** Where the log stands behind exactly the records appended so far; see `Log.standHere`. */
  standHere(): Promise<LogStand> {
    return this.#log.standHere();
  }

  /** Calls `follower` with each record from here on, in the step that appends it; gives the end of it. */
  follow(follower: Follower): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /**
   * Returns when everything appended so far is on disk.
   *
   * @throws HoldfastError the journal's failure
   */
  async settled(): Promise<void> {
    await this.#last;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Durable records `from` up to and without `to`, payloads in clear; see `Log.read`. */
  read(from: number, to: number): AsyncGenerator<LogEntry, void> {
    return openPayloads(this.#log.read(from, to), this.#vault);
  }

  /**
   * The decision on record at an index.
   *
   * @throws HoldfastError `record_missing`; `log_…` or `payload_…` when it cannot be read
   */
  async decisionAt(sequence: number): Promise<Decision> {
    for await (const entry of this.read(sequence, sequence + 1)) {
      const record = decodeRecord(entry.body);
      if (record.kind !== "decision") break;
      return readPayload(decisionPayloadSchema, entry.payload, record.payload).decision;
    }
    throw new HoldfastError("record_missing", `record ${sequence} is not a decision`);
  }

  /** Whether it failed because the log could not be written. */
  get lacksDisk(): boolean {
    const cause = this.#failure?.cause;
    return cause instanceof HoldfastError && cause.code.startsWith("log_");
  }

  /** Whether what is in memory may be ahead of what is on disk. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** From here on nothing is taken. */
  fail(cause: unknown): void {
    this.#isBroken = true;
    this.#failure ??= new HoldfastError(
      "guard_unavailable",
      "the guard has failed; open it again",
      {
        cause,
      },
    );
  }

  /** Returns when nothing is on its way any more. */
  async drain(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  /** From here on nothing is taken, though all is well. */
  stop(): void {
    this.#failure ??= new HoldfastError("guard_unavailable", "the guard is closed");
  }

  async close(): Promise<void> {
    this.stop();
    await this.drain();
    await this.#log.close();
  }
}
