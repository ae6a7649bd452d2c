import { HoldfastError } from "@holdfast/model";
import { readWhole } from "../files.ts";
import type { LogFiles } from "../files.ts";
import { keyPairOfPem, keyPairOfSeed } from "../note/ed25519.ts";
import type { KeyPair } from "../note/ed25519.ts";
import type { Signer } from "../note/signed-note.ts";
import {
  isSameKey,
  parseVerifierKey,
  verifierKeyOf,
  verifierKeyText,
} from "../note/verifier-key.ts";
import type { VerifierKey } from "../note/verifier-key.ts";
import { replaceFile } from "../replace-file.ts";
import { keysFolder, nextKeyPath, privateKeyPath, verifierKeysPath } from "./checkpoint-layout.ts";

/** The most keys one log can have had. */
const keysMax = 1024;

/**
 * The signer whose key lies in `keys/log.pem`, for its owner alone; made of 32 bytes of chance
 * when the log never had a key.
 *
 * What it proves: that whoever held this file signed. Whoever owns the machine holds it too, so
 * against them only checkpoints that were kept elsewhere prove anything.
 *
 * @throws HoldfastError `log_key` when the private key is gone though the log had one, is not the
 *   newest of `keys/log.vkey`, or a change of keys was interrupted
 */
export async function openFileSigner(options: {
  readonly files: LogFiles;
  readonly directory: string;
  readonly origin: string;
  /** gives 32 bytes of chance; asked only when a key is made */
  readonly seed: () => Uint8Array;
}): Promise<Signer> {
  const { files, directory, origin, seed } = options;
  if ((await readWhole(files, `${directory}/${nextKeyPath}`)) !== undefined) {
    const message =
      "a change of keys was interrupted; run `holdfast audit rotate-key` to finish it";
    throw new HoldfastError("log_key", message);
  }
  const pem = await readWhole(files, `${directory}/${privateKeyPath}`);
  const known = await readVerifierKeys(files, directory);
  const newest = known.at(-1);
  if (pem !== undefined) {
    const signer = signerOf(origin, keyPairOfPem(pem.toString("utf8")));
    if (newest !== undefined && !isSameKey(newest, signer)) {
      const message = `\`${privateKeyPath}\` is not the newest key of \`${verifierKeysPath}\``;
      throw new HoldfastError("log_key", `${message}; put back the one that is`);
    }
    if (newest === undefined) await writeVerifierKeys(files, directory, [signer]);
    // Whoever was killed in making them left names that are seen and may not be stored.
    else await files.syncDirectory(`${directory}/${keysFolder}`);
    return signer;
  }
  if (newest !== undefined) {
    const message = `\`${privateKeyPath}\` is missing, and the log was signed by it`;
    throw new HoldfastError("log_key", `${message}; put it back, or begin another log`);
  }
  const pair = keyPairOfSeed(seed());
  await files.makeDirectory(`${directory}/${keysFolder}`);
  await replaceFile(files, `${directory}/${privateKeyPath}`, Buffer.from(pair.pem()));
  const signer = signerOf(origin, pair);
  await writeVerifierKeys(files, directory, [signer]);
  return signer;
}

/** A signer of a key pair, under a name. */
export function signerOf(name: string, pair: KeyPair): Signer {
  const key = verifierKeyOf(name, pair.publicKey);
  return { ...key, sign: async (message) => pair.sign(message) };
}

/**
 * The keys in `keys/log.vkey`, oldest first; none when there is no such file.
 *
 * @throws HoldfastError `log_vkey` when a line is no verifier key, or has no end: nothing of the file may be missing
 */
export async function readVerifierKeys(
  files: LogFiles,
  directory: string,
): Promise<readonly VerifierKey[]> {
  const bytes = await readWhole(files, `${directory}/${verifierKeysPath}`);
  const text = bytes?.toString("utf8") ?? "";
  if (text !== "" && (!text.endsWith("\n") || text.startsWith("\n") || text.includes("\n\n"))) {
    throw new HoldfastError("log_vkey", `\`${verifierKeysPath}\` is no whole lines of keys`);
  }
  return parseVerifierKeys(text);
}

/**
 * Reads verifier keys, one a line.
 *
 * @throws HoldfastError `log_vkey`
 */
export function parseVerifierKeys(text: string): readonly VerifierKey[] {
  const lines = text.split("\n").filter((line) => line !== "");
  if (lines.length > keysMax) throw new HoldfastError("log_vkey", `more than ${keysMax} keys`);
  return lines.map(parseVerifierKey);
}

/** Replaces `keys/log.vkey`, durably and at once. */
export async function writeVerifierKeys(
  files: LogFiles,
  directory: string,
  keys: readonly VerifierKey[],
): Promise<void> {
  const text = keys.map((key) => `${verifierKeyText(key)}\n`).join("");
  await files.makeDirectory(`${directory}/${keysFolder}`);
  await replaceFile(files, `${directory}/${verifierKeysPath}`, Buffer.from(text));
}
