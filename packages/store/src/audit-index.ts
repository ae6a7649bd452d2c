import type { RecordPlace, TailPlace } from "@holdfast/log";
import type { Effect, ReasonCode } from "@holdfast/model";
import type { IndexRow } from "./index-row.ts";

/** Which decisions to find; every given key must hold. Nothing here is personal data. */
export interface IndexFilter {
  readonly agent?: string;
  /** `server.name`, or `server.*` */
  readonly tool?: string;
  /** of the action, or of showing its result; with `code` and `rule` of the same one */
  readonly effect?: Effect;
  readonly code?: ReasonCode;
  /** `policy/rule` among the determining rules */
  readonly rule?: string;
  /** session id or session root */
  readonly session?: string;
  /** Unix ms, inclusive */
  readonly sinceMs?: number;
  /** Unix ms, exclusive */
  readonly untilMs?: number;
  /** words, each of which occurs in what the record says without personal data; ASCII case is ignored */
  readonly text?: string;
}

/** Which part of what is found to give. */
export interface IndexPage {
  readonly newestFirst: boolean;
  readonly limit: number;
  /** only decisions behind this one, in the order asked for */
  readonly beyond?: number;
}

/** A decision that was found, with the record that says how it ended, when there is one. */
export interface IndexHit {
  readonly decision: RecordPlace;
  /** the outcome or ambiguous record */
  readonly end?: RecordPlace;
}

/** Rows of some records in a row. */
export interface IndexBatch {
  /** index of the first record of the batch, one past the last of the batch before it */
  readonly from: number;
  readonly rows: readonly IndexRow[];
  /** behind the last record of the batch */
  readonly place: TailPlace;
}

/**
 * What finds decisions in a log without reading all of it. Everything in it comes from the log, so
 * that it can be thrown away at any time; it holds no payload and nothing personal, so that erasing
 * a subject's data leaves nothing behind in it.
 */
export interface AuditIndex {
  /** Where the log goes on behind what is indexed; undefined when nothing is. */
  place(): Promise<TailPlace | undefined>;
  /**
   * Takes all of a batch or nothing. False, and nothing is taken, when the batch does not begin
   * where the index ends: another process was here meanwhile.
   */
  apply(batch: IndexBatch): Promise<boolean>;
  /** The decisions that match, in the order asked for. */
  find(filter: IndexFilter, page: IndexPage): Promise<readonly IndexHit[]>;
  /** Every record that belongs to a session or its root, in the order of the log. */
  trail(session: string): Promise<readonly RecordPlace[]>;
  /** Forgets everything. */
  clear(): Promise<void>;
  close(): Promise<void>;
}
