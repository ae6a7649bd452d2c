import { readLog } from "@holdfast/log";
import type { LogEntry } from "@holdfast/log";
import { decodeRecord } from "@holdfast/model";
import { readRecorded } from "./recorded-entry.ts";
import type { Subject } from "./subject-traces.ts";
import { openPayloads } from "./vault/opened-payload.ts";
import type { Vault } from "./vault/vault.ts";

/**
 * Ids of one kind of subject that a log still names: agents and sessions by its records, users by what
 * is not erased of its payloads.
 *
 * @throws HoldfastError `log_…`, `payload_…`, `vault_key` where payloads cannot be opened
 */
export async function knownSubjects(
  directory: string,
  kind: Subject["kind"],
  vault: Vault | undefined,
): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  const entries = readLog(directory);
  for await (const entry of kind === "user" ? openPayloads(entries, vault) : entries) {
    for (const id of namesIn(entry, kind)) known.add(id);
  }
  return known;
}

function namesIn(entry: LogEntry, kind: Subject["kind"]): readonly string[] {
  if (kind === "user") {
    const recorded = readRecorded(entry);
    const isDecided = recorded.kind === "decision" || recorded.kind === "outcome";
    const user = isDecided ? recorded.payload.input.request.user : undefined;
    return user === undefined || user === null ? [] : [user.id];
  }
  const record = decodeRecord(entry.body);
  if (record.kind === "session") return kind === "agent" ? [record.agent] : [record.id];
  if (record.kind !== "decision") return [];
  const { agent, session } = record;
  if (kind === "agent") return [agent.id];
  return session === undefined ? [] : [session.id, session.root];
}
