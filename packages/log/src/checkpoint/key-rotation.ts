import { encodeRecord, HoldfastError } from "@holdfast/model";
import { readWhole } from "../files.ts";
import type { LogFiles } from "../files.ts";
import type { Log } from "../log.ts";
import { encodeBase64 } from "../note/base64.ts";
import type { Checkpoint } from "../note/checkpoint.ts";
import { keyPairOfPem, keyPairOfSeed } from "../note/ed25519.ts";
import type { KeyPair } from "../note/ed25519.ts";
import type { Signer } from "../note/signed-note.ts";
import { isSameKey, verifierKeyText } from "../note/verifier-key.ts";
import { replaceFile } from "../replace-file.ts";
import { nextKeyPath, privateKeyPath } from "./checkpoint-layout.ts";
import { readVerifierKeys, signerOf, writeVerifierKeys } from "./key-file.ts";
import { keyChangeText, readKeyChange } from "./key-ring.ts";
import { Notary } from "./notary.ts";

/** What a change of keys left behind. */
export interface KeyRotation {
  readonly previous: Signer;
  readonly next: Signer;
  /** signed by both, and covers the record of the change */
  readonly checkpoint: Checkpoint;
}

/**
 * Changes the key in `keys/log.pem`: makes another, records the change signed by the old one,
 * signs one checkpoint by both, and puts the new one in place. When it was interrupted, nothing
 * signs the log until this is called again and finishes.
 *
 * **Contract:** no notary of the log is open.
 *
 * @throws HoldfastError `log_key` when the log has no key of its own; what the log and the file
 *   system answer
 */
export async function rotateKey(options: {
  readonly files: LogFiles;
  readonly directory: string;
  readonly log: Log;
  /** integer ms UTC */
  readonly timeMs: number;
  /** gives 32 bytes of chance */
  readonly seed: () => Uint8Array;
}): Promise<KeyRotation> {
  const { files, directory, log, timeMs, seed } = options;
  const { origin } = log;
  const pem = await readWhole(files, `${directory}/${privateKeyPath}`);
  if (pem === undefined) {
    const message = `\`${privateKeyPath}\` is missing: the log has no key here that could be changed`;
    throw new HoldfastError("log_key", message);
  }
  const previous = signerOf(origin, keyPairOfPem(pem.toString("utf8")));
  const { pair, isLeft } = await nextKey(files, directory, seed);
  const next = signerOf(origin, pair);
  if (!isLeft || !(await isRecorded(log, next))) {
    const signature = await previous.sign(Buffer.from(keyChangeText(origin, { previous, next })));
    const record = encodeRecord({
      v: 1,
      kind: "key",
      time: timeMs,
      previous: verifierKeyText(previous),
      next: verifierKeyText(next),
      signature: encodeBase64(signature),
    });
    await log.append(record).durable;
  }
  const notary = await Notary.open({ files, directory, log, signers: [previous, next] });
  const checkpoint = await notary.sign();
  await notary.close();
  const known = await readVerifierKeys(files, directory);
  if (!known.some((key) => isSameKey(key, next))) {
    await writeVerifierKeys(files, directory, [...known, next]);
  }
  await files.rename(`${directory}/${nextKeyPath}`, `${directory}/${privateKeyPath}`);
  await files.syncDirectory(`${directory}/keys`);
  return { previous, next, checkpoint };
}

/** The key that takes over: the one an interrupted change left, or a new one. */
async function nextKey(
  files: LogFiles,
  directory: string,
  seed: () => Uint8Array,
): Promise<{ readonly pair: KeyPair; readonly isLeft: boolean }> {
  const left = await readWhole(files, `${directory}/${nextKeyPath}`);
  if (left !== undefined) return { pair: keyPairOfPem(left.toString("utf8")), isLeft: true };
  const pair = keyPairOfSeed(seed());
  await replaceFile(files, `${directory}/${nextKeyPath}`, Buffer.from(pair.pem()));
  return { pair, isLeft: false };
}

async function isRecorded(log: Log, next: Signer): Promise<boolean> {
  for await (const { index, body } of log.read(log.first, log.head.size)) {
    const record: unknown = JSON.parse(Buffer.from(body).toString("utf8"));
    if (typeof record !== "object" || record === null) continue;
    if (Reflect.get(record, "kind") !== "key") continue;
    const change = readKeyChange(index, record);
    if (change !== undefined && isSameKey(change.next, next)) return true;
  }
  return false;
}
