import { HoldfastError } from "@holdfast/model";
import type { LogHead } from "../tree.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { encodeNote, parseNote, signersOf, signNote } from "./signed-note.ts";
import type { Signer, SignedNote } from "./signed-note.ts";
import type { VerifierKey } from "./verifier-key.ts";

/** A signed tree head: whose log has how many records under which root (C2SP tlog-checkpoint). */
export interface Checkpoint {
  /** first line of the note: which log */
  readonly origin: string;
  readonly head: LogHead;
  readonly note: SignedNote;
}

/** Signs a head of a log, which must be on stable storage and follow every head signed before. */
export async function signCheckpoint(
  origin: string,
  head: LogHead,
  signers: readonly Signer[],
): Promise<Checkpoint> {
  const root = encodeBase64(Buffer.from(head.root, "hex"));
  const note = await signNote(`${origin}\n${head.size}\n${root}\n`, signers);
  return { origin, head, note };
}

/** The bytes of a checkpoint, as they are stored, published and put behind a proof. */
export function encodeCheckpoint({ note }: Checkpoint): Buffer {
  return encodeNote(note);
}

/**
 * Reads a checkpoint; who signed it is asked of `signersOf`. Lines behind the root are taken, as
 * C2SP tlog-checkpoint asks, and mean nothing.
 *
 * @throws HoldfastError `log_note`, `log_checkpoint_format`
 */
export function parseCheckpoint(bytes: Uint8Array): Checkpoint {
  const note = parseNote(bytes);
  const [origin, size, root, ...more] = note.text.slice(0, -1).split("\n");
  const hash = root === undefined ? undefined : decodeBase64(root);
  const isSize = size !== undefined && /^(?:0|[1-9][0-9]{0,15})$/u.test(size);
  const count = Number(size);
  const isCount = isSize && Number.isSafeInteger(count);
  if (origin === undefined || origin === "" || !isCount || more.includes("")) {
    throw badCheckpoint("it needs an origin, a size and a root, a line each");
  }
  if (hash?.length !== 32) throw badCheckpoint("its root is not 32 bytes in base64");
  return { origin, head: { size: count, root: hash.toString("hex") }, note };
}

/**
 * Reads a checkpoint of a log and holds it to keys.
 *
 * @throws HoldfastError `log_note…`, `log_checkpoint_format`, or `log_checkpoint_key` when none of
 *   the keys signed it under the name of its origin
 */
export async function readCheckpoint(
  bytes: Uint8Array,
  keys: readonly VerifierKey[],
): Promise<Checkpoint> {
  const checkpoint = parseCheckpoint(bytes);
  const signers = await signersOf(checkpoint.note, keys);
  if (signers.some(({ name }) => name === checkpoint.origin)) return checkpoint;
  const message = `checkpoint of \`${checkpoint.origin}\` is signed by none of the keys given`;
  throw new HoldfastError("log_checkpoint_key", message);
}

function badCheckpoint(why: string): HoldfastError {
  return new HoldfastError("log_checkpoint_format", `not a checkpoint: ${why}`);
}
