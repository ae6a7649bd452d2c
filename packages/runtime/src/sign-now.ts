import { randomBytes } from "node:crypto";
import { nodeFiles, Notary, openFileSigner, seedBytes } from "@holdfast/log";
import type { Log, Signer } from "@holdfast/log";

/**
 * The key in the folder of a log, which signs it. Whoever will have to sign asks for it before
 * recording anything, since a record that no checkpoint covers excuses nothing.
 *
 * @throws HoldfastError `log_key` where the key of the log is not there
 */
export function keyOf(directory: string, log: Log): Promise<Signer> {
  return openFileSigner({ files: nodeFiles, directory, origin: log.origin, seed: chanceSeed });
}

/**
 * Signs the head of a log as it is now. What is then taken away stays excused only by records under
 * a checkpoint.
 */
export async function signNow(directory: string, log: Log, signer: Signer): Promise<void> {
  const notary = await Notary.open({ files: nodeFiles, directory, log, signers: [signer] });
  try {
    await notary.sign();
  } finally {
    await notary.close();
  }
}

/** Chance that a key is made of. */
export function chanceSeed(): Uint8Array {
  return new Uint8Array(randomBytes(seedBytes));
}
