import type { TailPlace } from "./tail.ts";
import type { LogHead } from "./tree.ts";

/**
 * A place behind a whole group where the next opener may begin to read, because all before it was
 * proven when it was written down. Plain data. It is believed only where its frontier leads to the
 * root of a signed checkpoint at its size or behind it.
 */
export interface LogPlace extends TailPlace {
  /** where the last whole group begins, the segment's header included when it is the first */
  readonly lastGroup: number;
  /** `sha256:` and hex of the segment's bytes before `offset` */
  readonly digest: string;
  /** the payload file that is added to, by its first index, and how far it is filled */
  readonly payload?: FilePlace;
}

/** A file of a series by its first index, and a byte in it. */
export interface FilePlace {
  readonly file: number;
  readonly offset: number;
}

/**
 * How far the newest files were filled with what is durable when a writer was asked: what lies before that
 * does not change, and the files before them were left for good.
 */
export interface LogExtent {
  /** the tree over these records */
  readonly head: LogHead;
  readonly records?: FilePlace;
  readonly payloads?: FilePlace;
}

/** Where a log stands behind a whole group that is durable. */
export interface LogStand {
  readonly head: LogHead;
  /** where the next opener may begin; absent before the first group of a file */
  readonly place?: LogPlace;
}
