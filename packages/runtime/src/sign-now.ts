import { randomBytes } from "node:crypto";
import { nodeFiles, Notary, openFileSigner, seedBytes } from "@holdfast/log";
import type { Log } from "@holdfast/log";

/**
 * Signs the head of a log as it is now, with the key in its folder. What is then taken away stays
 * excused only by records under a checkpoint.
 *
 * @throws HoldfastError `log_key` where the key of the log is not there
 */
export async function signNow(directory: string, log: Log): Promise<void> {
  const at = { files: nodeFiles, directory };
  const signer = await openFileSigner({ ...at, origin: log.origin, seed: chanceSeed });
  const notary = await Notary.open({ ...at, log, signers: [signer] });
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
