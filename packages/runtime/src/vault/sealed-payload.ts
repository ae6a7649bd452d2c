import type { LogRecord } from "@holdfast/model";
import { withoutZeros, withZeros } from "./zero-free.ts";

/** A payload as it is stored under a subject's key. */
export interface SealedPayload {
  /** whose key, hex of 16 bytes */
  readonly pseudonym: string;
  /** which of that subject's keys, hex of 8 bytes */
  readonly keyId: string;
  readonly nonce: Uint8Array;
  /** encrypted text and tag */
  readonly sealed: Uint8Array;
}

/** Pseudonym, key and nonce in hex, with a space before the rest. */
const headPattern = /^[0-9a-f]{32}\.[0-9a-f]{16} [0-9a-f]{24} $/u;
const [pseudonymEnd, keyFrom, keyEnd, nonceFrom, nonceEnd] = [32, 33, 49, 50, 74] as const;
const headLength = nonceEnd + 1;

/** The bytes of scheme `aes-256-gcm-1`: a head of 75 ASCII characters, and the rest without zeros. */
export function encodeSealed({ pseudonym, keyId, nonce, sealed }: SealedPayload): Uint8Array {
  const head = `${pseudonym}.${keyId} ${Buffer.from(nonce).toString("hex")} `;
  return Buffer.concat([Buffer.from(head), withoutZeros(sealed)]);
}

/** Reads what `encodeSealed` wrote; undefined for anything else. */
export function decodeSealed(bytes: Uint8Array): SealedPayload | undefined {
  const head = bytesOf(bytes).toString("latin1", 0, headLength);
  if (!headPattern.test(head)) return undefined;
  const sealed = withZeros(bytes.subarray(headLength));
  if (sealed === undefined) return undefined;
  return {
    pseudonym: head.slice(0, pseudonymEnd),
    keyId: head.slice(keyFrom, keyEnd),
    nonce: Buffer.from(head.slice(nonceFrom, nonceEnd), "hex"),
    sealed,
  };
}

/** What a payload belongs to, wherever its record stands: it opens with no other record. */
export function identityOf(record: LogRecord): string {
  switch (record.kind) {
    case "decision":
    case "outcome":
      return payloadIdentity(record.kind, record.action.id);
    case "observation":
      return payloadIdentity(record.kind, record.session.id);
    case "session":
      return payloadIdentity(record.kind, record.id);
    case "ambiguous":
    case "erasure":
    case "hold":
    case "key":
    case "policy":
    case "pruned":
    case "recovery":
    case "registry":
    case "release":
    case "restriction":
      return payloadIdentity(record.kind, "");
  }
}

/** The identity of a record's payload: its kind, and the id of the action or the session. */
export function payloadIdentity(kind: LogRecord["kind"], id: string): string {
  return `${kind}\n${id}`;
}

function bytesOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
