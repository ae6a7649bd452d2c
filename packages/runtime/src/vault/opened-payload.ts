import { readLog } from "@holdfast/log";
import type { LogEntry, ReadOptions } from "@holdfast/log";
import { HoldfastError } from "@holdfast/model";
import type { LogRecord } from "@holdfast/model";
import { storedRecord } from "../stored-json.ts";
import { identityOf } from "./sealed-payload.ts";
import { Vault } from "./vault.ts";
import type { VaultOptions } from "./vault.ts";

/** A payload that is text as it is begins so: it is a JSON object. */
const plainBegins = "{".charCodeAt(0);

/**
 * The payload of a record in clear. One whose key was destroyed reads as erased: nothing is left
 * to read, so that what follows from it can only narrow. Where the whole vault is gone nobody
 * erased anything: that is a loss, and no reader takes it for an erasure.
 *
 * @param record the one in the body of the entry; read from there when it is absent
 * @throws HoldfastError `payload_sealed`, `vault_key`; `record_invalid` for a body that is no record
 */
export function openStored(
  { index, body, payload }: LogEntry,
  record: LogRecord | undefined,
  vault: Vault | undefined,
): LogEntry["payload"] {
  if (typeof payload !== "object" || payload[0] === plainBegins) return payload;
  if (vault === undefined) throw missingVault();
  const identity = identityOf(record ?? storedRecord(index, body));
  return vault.unseal(index, identity, payload) ?? "erased";
}

function openPayload(entry: LogEntry, vault: Vault | undefined): LogEntry {
  const payload = openStored(entry, undefined, vault);
  return payload === undefined || payload === entry.payload ? entry : { ...entry, payload };
}

/** Entries with their payloads in clear, one by one; see `openStored`. */
export async function* openPayloads(
  entries: AsyncIterable<LogEntry>,
  vault: Vault | undefined,
): AsyncGenerator<LogEntry, void> {
  for await (const entry of entries) yield openPayload(entry, vault);
}

/**
 * Reads records with their payloads in clear; see `readLog` and `openStored`.
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
