import { readLog } from "@holdfast/log";
import type { LogEntry, ReadOptions } from "@holdfast/log";
import { HoldfastError } from "@holdfast/model";
import { Vault } from "./vault.ts";
import type { VaultOptions } from "./vault.ts";

/** A payload that is text as it is begins so: it is a JSON object. */
const plainBegins = "{".charCodeAt(0);

/**
 * An entry with its payload in clear. One whose key was destroyed reads as erased: nothing is left
 * to read, so that what follows from it can only narrow. Where the whole vault is gone nobody
 * erased anything: that is a loss, and no reader takes it for an erasure.
 *
 * @throws HoldfastError `payload_sealed`, `vault_key`
 */
function openPayload(entry: LogEntry, vault: Vault | undefined): LogEntry {
  const { payload } = entry;
  if (typeof payload !== "object" || payload[0] === plainBegins) return entry;
  if (vault === undefined) throw missingVault();
  return { ...entry, payload: vault.unseal(entry, payload) ?? "erased" };
}

/** As `openPayload`, one by one. */
export async function* openPayloads(
  entries: AsyncIterable<LogEntry>,
  vault: Vault | undefined,
): AsyncGenerator<LogEntry, void> {
  for await (const entry of entries) yield openPayload(entry, vault);
}

/**
 * Reads records with their payloads in clear; see `readLog` and `openPayload`.
 *
 * @throws HoldfastError as both
 */
export async function* readOpened(
  directory: string,
  { wrapper, ...options }: ReadOptions & Pick<VaultOptions, "wrapper"> = {},
): AsyncGenerator<LogEntry, void> {
  const vault = await Vault.open({ directory, wrapper });
  yield* openPayloads(readLog(directory, options), vault);
}

/** Payloads are sealed, and what they are sealed by is not there. */
export function missingVault(): HoldfastError {
  const message =
    "`vault/kek` is missing, and payloads of this log are sealed with keys under it; put the folder `vault` back";
  return new HoldfastError("vault_key", message);
}
