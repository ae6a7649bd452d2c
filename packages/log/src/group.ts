import { encodeFrame, frameHeadBytes, frameType } from "./frame.ts";
import { sha256 } from "./hash.ts";
import { entryFrameBytes, writerLimits } from "./limits.ts";
import { encodePayload } from "./payload-scan.ts";
import type { LogStand } from "./log-place.ts";

/** Records that become durable together, in the order they were appended. */
export class Group {
  readonly batch: number;
  /** index of its first record */
  readonly first: number;
  readonly entries: Buffer[] = [];
  readonly leaves: Buffer[] = [];
  readonly payloads: Buffer[] = [];
  /** bodies and payloads as given, for the limit on what may wait */
  givenBytes = 0;
  entryBytes = 0;
  payloadBytes = 0;
  /** no record may join any more */
  closed = false;
  /** where the log stands behind its last record, once it is durable and if it was asked for */
  stand: LogStand | undefined;
  /** settles for all records of the group at once */
  readonly durable: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;

  constructor(batch: number, first: number) {
    this.batch = batch;
    this.first = first;
    let settle: { resolve: () => void; reject: (error: Error) => void } | undefined;
    this.durable = new Promise((resolve, reject) => {
      settle = { resolve, reject };
    });
    // A caller may not wait for its record; the failure then shows at the next append.
    this.durable.catch(() => undefined);
    if (settle === undefined) throw new Error("a promise did not call its executor");
    this.resolve = settle.resolve;
    this.reject = settle.reject;
  }

  /** True when a record of these sizes may join. */
  hasRoom(bodyBytes: number, payloadBytes: number): boolean {
    const { groupRecords, groupBytes } = writerLimits;
    return (
      !this.closed &&
      this.entries.length < groupRecords &&
      this.entryBytes + entryFrameBytes(bodyBytes) <= groupBytes &&
      (payloadBytes === 0 || this.payloadBytes + payloadBytes <= groupBytes)
    );
  }

  add(body: Uint8Array, payload: Uint8Array | undefined): void {
    const index = this.first + this.entries.length;
    const entry = encodeFrame(frameType.entry, this.batch, body);
    this.entries.push(entry);
    this.leaves.push(sha256(entry.subarray(frameHeadBytes)));
    this.entryBytes += entry.length;
    this.givenBytes += body.length + (payload?.length ?? 0);
    if (payload === undefined) return;
    const frame = encodePayload(this.batch, index, payload);
    this.payloads.push(frame);
    this.payloadBytes += frame.length;
  }
}
