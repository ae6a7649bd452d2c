import { HoldfastError } from "@holdfast/model";
import type { PayloadScheme } from "@holdfast/model";
import { digestName } from "./hash.ts";
import { formatLimits } from "./limits.ts";
import { readReference } from "./payload-reference.ts";

/** The payload of a record, outside of the tree, as it is stored. */
export interface PayloadInput {
  readonly scheme: PayloadScheme;
  readonly bytes: Uint8Array;
}

/** A payload with the digest its record is to name, which is made once for both. Its bytes must not change. */
export class NamedPayload implements PayloadInput {
  readonly scheme: PayloadScheme;
  readonly bytes: Uint8Array;
  /** `sha256:` and hex */
  readonly digest: string;

  constructor(scheme: PayloadScheme, bytes: Uint8Array) {
    this.scheme = scheme;
    this.bytes = bytes;
    this.digest = digestName(bytes);
  }
}

/**
 * Refuses what the log could never verify: a record that is no JSON object, or whose `payload`
 * member is not that of the payload given with it. The caller makes bodies canonical.
 *
 * @throws HoldfastError `log_record_size`, `log_record`, `log_payload_size`, `log_payload`
 */
export function checkAppend(body: Uint8Array, payload: PayloadInput | undefined): void {
  const { recordBytes, payloadBytes } = formatLimits;
  if (body.length > recordBytes) {
    const message = `record of ${body.length} bytes is larger than ${recordBytes}; move parts of it`;
    throw new HoldfastError("log_record_size", `${message} to the payload`);
  }
  const reference = readReference(Buffer.from(body.buffer, body.byteOffset, body.length));
  if (payload === undefined) {
    if (reference === undefined) return;
    throw new HoldfastError("log_payload", "record names a payload and none was given");
  }
  const { scheme, bytes } = payload;
  if (bytes.length > payloadBytes) {
    const message = `payload of ${bytes.length} bytes is larger than ${payloadBytes}`;
    throw new HoldfastError("log_payload_size", message);
  }
  if (bytes.includes(0)) {
    // Recovery tells lost bytes by their zeros.
    throw new HoldfastError("log_payload", `payload of scheme \`${scheme}\` has a zero byte`);
  }
  const digest = payload instanceof NamedPayload ? payload.digest : digestName(bytes);
  const named = reference?.digest === digest && reference.bytes === bytes.length;
  if (named && reference.scheme === scheme) return;
  throw new HoldfastError("log_payload", "record does not name the payload given with it");
}
