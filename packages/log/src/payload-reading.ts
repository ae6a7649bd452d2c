import type { Damage } from "./damage.ts";
import { wrapBatch } from "./frame.ts";
import { digestName } from "./hash.ts";
import type { PayloadReference } from "./payload-reference.ts";
import type { PayloadFrame } from "./payload-scan.ts";
import type { SeriesFile } from "./survey.ts";

/** What became of a payload a record names. */
export type PayloadReading =
  | { readonly kind: "present"; readonly bytes: Uint8Array }
  | { readonly kind: "erased"; readonly file: string }
  | { readonly kind: "missing"; readonly file: string }
  | { readonly kind: "damaged"; readonly damage: Damage };

/** A record that names a payload, the number of its group, and where it was read. */
export interface PayloadNaming {
  readonly index: number;
  readonly batch: number;
  /** first index of the segment that holds the record */
  readonly segment: number;
  readonly reference: Pick<PayloadReference, "bytes" | "digest">;
}

/** A payload file and its bytes. */
export interface PayloadBytes {
  readonly file: SeriesFile;
  readonly bytes: Buffer;
}

/** The payload in a frame at `at`, held to what its record says of it. */
export function readPayload(
  open: PayloadBytes,
  at: number,
  frame: PayloadFrame,
  naming: PayloadNaming,
): PayloadReading {
  const { index, batch, reference } = naming;
  if (frame.batch !== wrapBatch(batch)) {
    return damagedAt(open, at, index, `payload is of group ${frame.batch}, not ${batch}`);
  }
  const bytes = open.bytes.subarray(frame.content, frame.end);
  if (bytes.length !== reference.bytes) {
    return damagedAt(open, at, index, `payload has ${bytes.length} bytes, not those named`);
  }
  if (frame.erased) return { kind: "erased", file: open.file.path };
  if (digestName(bytes) === reference.digest) return { kind: "present", bytes };
  const message = "payload does not have the digest its record names";
  return { kind: "damaged", damage: { ...place(open, at, index, message), code: wrongDigest } };
}

const wrongDigest = "log_payload_digest";

/** Damage to the payload of record `index`. */
export function place(open: PayloadBytes, offset: number, index: number, message: string): Damage {
  const named = `record ${index}: ${message}`;
  return { code: "log_payload_frame", file: open.file.path, offset, message: named };
}

function damagedAt(open: PayloadBytes, at: number, index: number, message: string): PayloadReading {
  return { kind: "damaged", damage: place(open, at, index, message) };
}
