import { HoldfastError, isHidden } from "@holdfast/model";
import { sha256 } from "../hash.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";

/** Signature type of Ed25519 over the note text (C2SP signed-note). */
const ed25519Type = 0x01;

/** The public half of a key that signs notes. Name and id together name it. */
export interface VerifierKey {
  /** no white space, no `+`; for a log, its origin */
  readonly name: string;
  /** the first 4 bytes of SHA-256(name, 0x0a, 0x01, public key), in lower-case hex */
  readonly keyId: string;
  /** 32 bytes, Ed25519 */
  readonly publicKey: Uint8Array;
}

/** A verifier key of a name and a public key (C2SP signed-note, "Ed25519 signatures"). */
export function verifierKeyOf(name: string, publicKey: Uint8Array): VerifierKey {
  const named = Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(ed25519Type), publicKey]);
  return { name, publicKey, keyId: sha256(named).subarray(0, 4).toString("hex") };
}

/** The text form, one line without its end: `name+<key id>+<base64 of type and key>`. */
export function verifierKeyText({ name, keyId, publicKey }: VerifierKey): string {
  return `${name}+${keyId}+${encodeBase64(Buffer.concat([Buffer.of(ed25519Type), publicKey]))}`;
}

/**
 * Reads the text form.
 *
 * @throws HoldfastError `log_vkey` when it is not one of an Ed25519 key, or its id is another's
 */
export function parseVerifierKey(text: string): VerifierKey {
  const [name, keyId, ...encoded] = text.split("+");
  // Base64 may hold a plus itself.
  const bytes = decodeBase64(encoded.join("+"));
  if (name === undefined || !isKeyName(name) || bytes?.length !== 33) {
    const form = "write `name+<8 hex digits>+<base64>`, as keys/log.vkey has it";
    throw new HoldfastError("log_vkey", `\`${text}\` is not a verifier key; ${form}`);
  }
  if (bytes[0] !== ed25519Type) {
    throw new HoldfastError("log_vkey", `verifier key of \`${name}\` is not one of Ed25519`);
  }
  const key = verifierKeyOf(name, new Uint8Array(bytes.subarray(1)));
  if (key.keyId === keyId) return key;
  const message = `verifier key of \`${name}\` has the id ${key.keyId}, not \`${keyId}\``;
  throw new HoldfastError("log_vkey", message);
}

/** Whether two keys are the same; an id alone is short enough to be forged. */
export function isSameKey(one: VerifierKey, other: VerifierKey): boolean {
  return one.name === other.name && Buffer.from(one.publicKey).equals(other.publicKey);
}

/** A name that a note can carry (C2SP signed-note, "Format"). */
export function isKeyName(name: string): boolean {
  return name.length > 0 && !/[\s+]/u.test(name) && !isHidden(name);
}
