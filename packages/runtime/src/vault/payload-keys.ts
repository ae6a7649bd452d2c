import type { Log } from "@holdfast/log";
import { decodeRecord } from "@holdfast/model";
import type { Random } from "../evidence.ts";
import { nodeStepFiles } from "../step-files.ts";
import { hasKek } from "./key-encryption-key.ts";
import { missingVault } from "./opened-payload.ts";
import { sealedScheme, Vault } from "./vault.ts";
import type { VaultOptions } from "./vault.ts";

/** The keys of a log's payloads. */
export interface PayloadKeys {
  /** reads what is sealed; undefined where nothing ever was */
  readonly vault: Vault | undefined;
  /** whether new payloads are sealed */
  readonly isSealing: boolean;
}

/** How a log's payloads are to be kept. */
export interface PayloadKeeping extends VaultOptions {
  readonly random: Random;
  /** as configured; a log that began without keys goes on so until it is asked for otherwise */
  readonly payloads: "encrypted" | "plain" | undefined;
  /** the newest record below `size` that names a sealed payload, as far as that is known */
  readonly known?: { readonly size: number; readonly sealed: number | undefined };
}

/** So many of the newest records are asked whether payloads are sealed. */
const newestRecords = 256;

/**
 * The keys of a log that this process writes. A log whose keys are lost is not opened: neither new
 * keys nor clear text follow unseen on payloads that nobody can read any more.
 *
 * @throws HoldfastError `vault_key`
 */
export async function openPayloadKeys(
  log: Log,
  { directory, wrapper, random, payloads, files = nodeStepFiles, known }: PayloadKeeping,
): Promise<PayloadKeys> {
  const hasKeys = hasKek(directory, files);
  const isUsual = log.size === 0 || hasKeys;
  const isSealing = (payloads ?? (isUsual ? "encrypted" : "plain")) === "encrypted";
  if (!hasKeys && (await endsSealed(log, known))) throw missingVault();
  const place = { directory, wrapper, files };
  const vault = isSealing ? await Vault.openToSeal({ ...place, random }) : await Vault.open(place);
  return { vault, isSealing };
}

/** Whether any of the newest records names a sealed payload: a snapshot hides those from the fold. */
async function endsSealed(log: Log, known: PayloadKeeping["known"]): Promise<boolean> {
  const oldest = Math.max(0, log.size - newestRecords);
  if (known?.sealed !== undefined && known.sealed >= oldest) return true;
  const from = known?.sealed === undefined ? oldest : Math.max(oldest, known.size);
  for await (const { body } of log.read(from, log.size)) {
    const record = decodeRecord(body);
    if ("payload" in record && record.payload?.scheme === sealedScheme) return true;
  }
  return false;
}
