import { isUtf8 } from "node:buffer";
import { HoldfastError } from "@holdfast/model";
import { decodeBase64, encodeBase64 } from "../note/base64.ts";
import { encodeCheckpoint, parseCheckpoint, readCheckpoint } from "../note/checkpoint.ts";
import type { Checkpoint } from "../note/checkpoint.ts";
import type { VerifierKey } from "../note/verifier-key.ts";
import { leafHash } from "../tree.ts";
import { provesInclusion } from "./verify-proof.ts";

const firstLine = "c2sp.org/tlog-proof@v1";
/** A tree of 2^53 leaves has no longer path. */
const hashesMax = 63;
/** Of a whole receipt: a checkpoint, a path and the largest record in base64. */
const receiptBytesMax = 256 * 1024;

/** Proof that a record stands at an index of a log, to be checked offline (C2SP tlog-proof). */
export interface Receipt {
  readonly index: number;
  /** from the leaf's sibling up to the root's child */
  readonly hashes: readonly Uint8Array[];
  readonly checkpoint: Checkpoint;
  /** the record itself, when it goes along; believed only because it hashes to the leaf */
  readonly extra?: Uint8Array;
}

/** The text of a receipt, for a file that ends in `.tlog-proof`. */
export function encodeReceipt({ index, hashes, checkpoint, extra }: Receipt): Buffer {
  const lines = [
    firstLine,
    ...(extra === undefined ? [] : [`extra ${encodeBase64(extra)}`]),
    `index ${index}`,
    ...hashes.map(encodeBase64),
    "",
    "",
  ];
  return Buffer.concat([Buffer.from(lines.join("\n")), encodeCheckpoint(checkpoint)]);
}

/**
 * Reads a receipt; whether it proves anything is asked of `verifyReceipt`.
 *
 * @throws HoldfastError `log_proof_format`, `log_note`, `log_checkpoint_format`
 */
export function parseReceipt(bytes: Uint8Array): Receipt {
  if (bytes.length > receiptBytesMax || !isUtf8(bytes)) throw badReceipt("too large, or not UTF-8");
  const text = Buffer.from(bytes).toString("utf8");
  const split = text.indexOf("\n\n");
  const lines = split < 0 ? [] : text.slice(0, split).split("\n");
  if (lines.shift() !== firstLine) throw badReceipt(`first line is not \`${firstLine}\``);
  const extra = lines[0]?.startsWith("extra ") === true ? lines.shift()?.slice(6) : undefined;
  const extraBytes = extra === undefined ? undefined : decodeBase64(extra);
  if (extra !== undefined && extraBytes === undefined) throw badReceipt("extra is not base64");
  const index = /^index (0|[1-9][0-9]{0,15})$/u.exec(lines.shift() ?? "")?.[1];
  if (index === undefined || !Number.isSafeInteger(Number(index))) {
    throw badReceipt("no line `index` with a number");
  }
  if (lines.length > hashesMax) throw badReceipt(`more than ${hashesMax} hashes`);
  const hashes = lines.map((line) => {
    const hash = decodeBase64(line);
    if (hash?.length !== 32) throw badReceipt("a line of the path is not 32 bytes in base64");
    return new Uint8Array(hash);
  });
  const checkpoint = parseCheckpoint(Buffer.from(text.slice(split + 2)));
  const kept = extraBytes === undefined ? {} : { extra: new Uint8Array(extraBytes) };
  return { index: Number(index), hashes, checkpoint, ...kept };
}

/**
 * Checks that one of the keys vouches for the record: its checkpoint is signed, and the path leads
 * from the record to its root. Needs nothing but its arguments.
 *
 * @throws HoldfastError what `parseReceipt` throws; `log_note_signature`, `log_checkpoint_key`;
 *   `log_proof_record` when no record is given or in the receipt; `log_proof_path`
 */
export async function verifyReceipt(
  bytes: Uint8Array,
  options: { readonly keys: readonly VerifierKey[]; readonly record?: Uint8Array },
): Promise<Receipt> {
  const receipt = parseReceipt(bytes);
  const { index, hashes, checkpoint } = receipt;
  await readCheckpoint(encodeCheckpoint(checkpoint), options.keys);
  const record = options.record ?? receipt.extra;
  if (record === undefined) {
    const message = `receipt does not hold record ${index} itself; give its bytes`;
    throw new HoldfastError("log_proof_record", message);
  }
  const leaf = leafHash(record);
  if (provesInclusion({ index, leaf, head: checkpoint.head, hashes })) return receipt;
  const { size } = checkpoint.head;
  const message = `these bytes are not record ${index} of the ${size} that the checkpoint covers`;
  throw new HoldfastError("log_proof_path", message);
}

function badReceipt(why: string): HoldfastError {
  return new HoldfastError("log_proof_format", `not a receipt: ${why}`);
}
