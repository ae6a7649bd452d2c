import { createPublicKey, verify } from "node:crypto";
import { isUtf8 } from "node:buffer";
import type { KeyObject } from "node:crypto";
import { base64Bytes } from "./base64-text.ts";
import { sha256 } from "./merkle-tree.ts";

/** A key that notes are verified with, as its `vkey` text names it. */
export interface VerifierKey {
  readonly name: string;
  /** four bytes in lower-case hex */
  readonly id: string;
  /** the text it was read from */
  readonly text: string;
  readonly key: KeyObject;
}

/** One signature line of a note. */
export interface NoteSignature {
  readonly name: string;
  readonly id: string;
  readonly signature: Buffer;
}

/** A note whose form is right; who signed it is another question. */
export interface SignedNote {
  /** with its last newline */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** What is known of who signed a note. */
export type NoteVerdict =
  | { readonly signed: true; readonly by: readonly VerifierKey[] }
  | {
      readonly signed: false;
      /** a known key's signature is wrong; else no known key signed at all */
      readonly forged: boolean;
      readonly why: string;
    };

/** C2SP signed-note wants at least 16 to be accepted. */
const signaturesMax = 64;
const noteBytesMax = 1024 * 1024;
const ed25519 = 0x01;
/** SubjectPublicKeyInfo of an Ed25519 key up to its 32 bytes, RFC 8410 section 4. */
const ed25519Prefix = Buffer.from("302a300506032b6570032100", "hex");

/**
 * Reads a `vkey`: name, key id and base64 of algorithm and key, joined by `+`. Only Ed25519
 * (0x01). C2SP signed-note, section "Verifier keys".
 *
 * @returns undefined when it is none, or its id is not that of its name and key
 */
export function parseVerifierKey(text: string): VerifierKey | undefined {
  const [, name = "", id = "", material = ""] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/su.exec(text) ?? [];
  const bytes = base64Bytes(material);
  if (!isKeyName(name) || bytes?.length !== 33 || bytes[0] !== ed25519) return undefined;
  const right = sha256(Buffer.from(`${name}\n`), bytes)
    .subarray(0, 4)
    .toString("hex");
  if (right !== id) return undefined;
  const der = Buffer.concat([ed25519Prefix, bytes.subarray(1)]);
  return { name, id, text, key: createPublicKey({ key: der, format: "der", type: "spki" }) };
}

/** Reads a signed note; undefined when its form is wrong. C2SP signed-note, section "Format". */
export function parseNote(bytes: Uint8Array): SignedNote | undefined {
  if (bytes.length > noteBytesMax || !isUtf8(bytes)) return undefined;
  const whole = Buffer.from(bytes).toString("utf8");
  // oxlint-disable-next-line no-control-regex -- they are what a note must not hold
  if (/[\u0000-\u0009\u000b-\u001f]/u.test(whole)) return undefined;
  const split = whole.lastIndexOf("\n\n");
  if (split < 0 || !whole.endsWith("\n")) return undefined;
  const lines = whole.slice(split + 2, -1).split("\n");
  if (lines.length > signaturesMax) return undefined;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const signature = parseSignature(line);
    if (signature === undefined) return undefined;
    signatures.push(signature);
  }
  return { text: whole.slice(0, split + 1), signatures };
}

function parseSignature(line: string): NoteSignature | undefined {
  const [mark, name = "", encoded = "", ...rest] = line.split(" ");
  const bytes = base64Bytes(encoded);
  if (mark !== "\u2014" || rest.length > 0 || !isKeyName(name)) return undefined;
  if (bytes === undefined || bytes.length < 5) return undefined;
  return { name, id: bytes.subarray(0, 4).toString("hex"), signature: bytes.subarray(4) };
}

/**
 * Who of the known keys signed a note. Signatures of others count for nothing; one of a known key
 * that does not verify spoils the note, and one known signature is the least.
 */
export function judgeNote(note: SignedNote, known: readonly VerifierKey[]): NoteVerdict {
  const by: VerifierKey[] = [];
  const text = Buffer.from(note.text);
  for (const { name, id, signature } of note.signatures) {
    const key = known.find((one) => one.name === name && one.id === id);
    if (key === undefined) continue;
    if (signature.length !== 64 || !verify(null, text, key.key, signature)) {
      return { signed: false, forged: true, why: `signature of \`${name}+${id}\` does not verify` };
    }
    by.push(key);
  }
  if (by.length > 0) return { signed: true, by };
  const signers = note.signatures.map(({ name, id }) => `\`${name}+${id}\``).join(", ");
  return { signed: false, forged: false, why: `signed by ${signers} and by no key that is known` };
}

function isKeyName(name: string): boolean {
  return name.length > 0 && !/[\s+]/u.test(name);
}
