import { isUtf8 } from "node:buffer";
import { HoldfastError } from "@holdfast/model";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { verifySignature } from "./ed25519.ts";
import { isKeyName } from "./verifier-key.ts";
import type { VerifierKey } from "./verifier-key.ts";

/** The largest note, in bytes, and the most signatures of one; C2SP asks for at least 16. */
const noteBytesMax = 128 * 1024;
const signaturesMax = 64;
const dash = "\u2014";

/** One signature line: who signed, and what they wrote. */
export interface NoteSignature {
  readonly name: string;
  /** lower-case hex, 8 digits */
  readonly keyId: string;
  readonly signature: Uint8Array;
}

/** A text and its signatures (C2SP signed-note). Nothing is vouched for until `signersOf` says so. */
export interface SignedNote {
  /** ends in a newline */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Whoever can sign for a log: a key in a file, or a service that keeps it. */
export interface Signer extends VerifierKey {
  /** The 64 bytes of Ed25519 over the message as it is. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** The bytes of a note: text, an empty line, the signature lines. */
export function encodeNote({ text, signatures }: SignedNote): Buffer {
  const lines = signatures.map(({ name, keyId, signature }) => {
    const bytes = Buffer.concat([Buffer.from(keyId, "hex"), signature]);
    return `${dash} ${name} ${encodeBase64(bytes)}\n`;
  });
  return Buffer.from(`${text}\n${lines.join("")}`);
}

/** Signs a text, which ends in a newline, by each signer in order. */
export async function signNote(text: string, signers: readonly Signer[]): Promise<SignedNote> {
  const message = Buffer.from(text);
  const signatures = await Promise.all(
    signers.map(async (signer) => {
      const { name, keyId } = signer;
      return { name, keyId, signature: await signer.sign(message) };
    }),
  );
  return { text, signatures };
}

/**
 * Reads a note that is exactly these bytes.
 *
 * @throws HoldfastError `log_note` when they are no signed note
 */
export function parseNote(bytes: Uint8Array): SignedNote {
  if (bytes.length > noteBytesMax) throw badNote(`larger than ${noteBytesMax} bytes`);
  if (!isUtf8(bytes)) throw badNote("not UTF-8");
  const note = Buffer.from(bytes).toString("utf8");
  // eslint-disable-next-line no-control-regex -- the specification names these characters
  if (/[\u0000-\u0009\u000b-\u001f]/u.test(note)) throw badNote("a control character in it");
  const split = note.lastIndexOf("\n\n");
  if (split < 0 || !note.endsWith("\n")) throw badNote("no empty line before signatures");
  const lines = note.slice(split + 2, -1).split("\n");
  if (lines.length > signaturesMax) throw badNote(`more than ${signaturesMax} signatures`);
  return { text: note.slice(0, split + 1), signatures: lines.map(parseSignature) };
}

/**
 * The keys among those given whose signature the note carries.
 *
 * @throws HoldfastError `log_note_signature` when a signature of a known key is wrong: then nothing
 *   in the note may be believed (C2SP signed-note, "Signatures")
 */
export async function signersOf(
  note: SignedNote,
  keys: readonly VerifierKey[],
): Promise<readonly VerifierKey[]> {
  const message = Buffer.from(note.text);
  const signers: VerifierKey[] = [];
  for (const { name, keyId, signature } of note.signatures) {
    const key = keys.find((each) => each.name === name && each.keyId === keyId);
    if (key === undefined) continue;
    const { publicKey } = key;
    if (!(await verifySignature({ publicKey, message, signature }))) {
      const why = `signature of key \`${name}+${keyId}\` does not fit its text`;
      throw new HoldfastError("log_note_signature", `note is not to be believed: ${why}`);
    }
    signers.push(key);
  }
  return signers;
}

function parseSignature(line: string): NoteSignature {
  const [mark, name, encoded, ...more] = line.split(" ");
  const bytes = encoded === undefined ? undefined : decodeBase64(encoded);
  const fits = mark === dash && name !== undefined && isKeyName(name) && more.length === 0;
  if (!fits || bytes === undefined || bytes.length < 5) {
    throw badNote("a line behind the text that is no signature");
  }
  const keyId = bytes.subarray(0, 4).toString("hex");
  return { name, keyId, signature: new Uint8Array(bytes.subarray(4)) };
}

function badNote(why: string): HoldfastError {
  return new HoldfastError("log_note", `not a signed note: ${why}`);
}
