import { base64Bytes, base64Hash, decimalCount } from "./base64-text.ts";
import { parseCheckpoint } from "./checkpoint.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { isIncluded } from "./merkle-proof.ts";
import { hashOfLeaf } from "./merkle-tree.ts";
import { judgeNote } from "./signed-note.ts";
import type { VerifierKey } from "./signed-note.ts";

/** A receipt: that an entry is in a log whose head was signed. C2SP tlog-proof. */
export interface TlogProof {
  readonly index: number;
  readonly hashes: readonly Buffer[];
  readonly checkpoint: Checkpoint;
  /** nobody signed this */
  readonly extra?: Buffer;
}

/** What a receipt proves of a record. */
export type ReceiptVerdict =
  | {
      readonly proven: true;
      readonly index: number;
      readonly checkpoint: Checkpoint;
      readonly by: readonly VerifierKey[];
    }
  | { readonly proven: false; readonly why: string };

/** Reads a `.tlog-proof`; undefined when its form is wrong. */
export function parseTlogProof(bytes: Uint8Array): TlogProof | undefined {
  const whole = Buffer.from(bytes);
  const split = whole.indexOf("\n\n");
  if (split < 0) return undefined;
  const checkpoint = parseCheckpoint(whole.subarray(split + 2));
  const [first, ...lines] = whole.subarray(0, split).toString("latin1").split("\n");
  if (first !== "c2sp.org/tlog-proof@v1" || checkpoint === undefined) return undefined;
  const extraText = lines[0]?.startsWith("extra ") === true ? lines.shift()?.slice(6) : undefined;
  const extra = extraText === undefined ? undefined : base64Bytes(extraText);
  if (extraText !== undefined && extra === undefined) return undefined;
  const indexLine = lines.shift() ?? "";
  const index = indexLine.startsWith("index ") ? decimalCount(indexLine.slice(6)) : undefined;
  if (index === undefined) return undefined;
  const hashes: Buffer[] = [];
  for (const line of lines) {
    const hash = base64Hash(line);
    if (hash === undefined) return undefined;
    hashes.push(hash);
  }
  return { index, hashes, checkpoint, ...(extra === undefined ? {} : { extra }) };
}

/** Whether a receipt proves that the log of one of these keys holds this record. */
export function judgeReceipt(
  receipt: Uint8Array,
  record: Uint8Array,
  known: readonly VerifierKey[],
): ReceiptVerdict {
  const proof = parseTlogProof(receipt);
  if (proof === undefined) return { proven: false, why: "not a `c2sp.org/tlog-proof@v1`" };
  const { index, hashes, checkpoint } = proof;
  // A key that signs for one log says nothing of another that names itself differently.
  const own = known.filter(({ name }) => name === checkpoint.origin);
  const signed = judgeNote(checkpoint.note, own);
  if (!signed.signed) return { proven: false, why: `checkpoint: ${signed.why}` };
  const root = Buffer.from(checkpoint.root, "hex");
  const leaf = hashOfLeaf(record);
  if (!isIncluded({ index, leaf, size: checkpoint.size, root, proof: hashes })) {
    const why = `not the record at index ${index} of the ${checkpoint.size} that were signed`;
    return { proven: false, why };
  }
  return { proven: true, index, checkpoint, by: signed.by };
}
