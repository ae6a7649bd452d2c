import type { Engine, State } from "@holdfast/engine";
import type { Log, LogEntry } from "@holdfast/log";
import { decodeRecord, digestOf } from "@holdfast/model";
import type { LogRecord, RecordOf } from "@holdfast/model";
import { bindingOf, fallbackRequest } from "./action-ledger.ts";
import type { ActionLedger } from "./action-ledger.ts";
import { countsErased, ErasedRecords } from "./erased-record.ts";
import { countsAsAttempt } from "./judgement.ts";
import { decisionPayloadSchema, readPayload, sessionPayloadSchema } from "./payload.ts";
import { recordedOccurrence } from "./recorded-occurrence.ts";
import type { RecordedPlace } from "./recorded-occurrence.ts";
import type { Registry } from "./registry.ts";
import type { SessionTable } from "./session-table.ts";
import type { Standing } from "./snapshot/standing.ts";
import { openPayloads } from "./vault/opened-payload.ts";
import type { Vault } from "./vault/vault.ts";

/** Everything a guard keeps in memory that the log can give back. */
export interface Memory {
  readonly engine: Engine;
  readonly state: State;
  readonly ledger: ActionLedger;
  readonly sessions: SessionTable;
  readonly registry: Registry;
  readonly standing: Standing;
}

/**
 * Folds the log from record `from` on into memory, so that a restart loses nothing: action ids,
 * Events, Meters, restrictions, registry pins, sessions, origins. Under a changed bundle, too,
 * everything is folded by the new bundle's documents.
 *
 * @throws HoldfastError `payload_…`, `record_…` or `log_…` on a log that cannot be read whole
 */
export async function restore(
  log: Log,
  memory: Memory,
  { from, vault }: { readonly from: number; readonly vault: Vault | undefined },
): Promise<void> {
  const erased = new ErasedRecords();
  for await (const { index: sequence, body, payload } of openPayloads(
    log.read(from, log.size),
    vault,
  )) {
    const record = decodeRecord(body);
    memory.standing.note(sequence, record);
    const read =
      record.kind === "decision" && payload !== "erased"
        ? readPayload(decisionPayloadSchema, payload, record.payload)
        : undefined;
    const place = { sequence, payload, read };
    const occurrence = recordedOccurrence(record, place, erased);
    if (occurrence !== undefined) memory.engine.fold(memory.state, occurrence);
    apply(memory, record, place);
  }
}

/** What a record means besides history. */
function apply(memory: Memory, record: LogRecord, place: RecordedPlace): void {
  const { ledger, registry } = memory;
  switch (record.kind) {
    case "decision":
      applyDecision(ledger, record, place);
      return;
    case "session":
      applySession(memory, record, place.payload);
      return;
    case "registry":
      registry.apply(record);
      return;
    case "ambiguous": {
      const { decision, action, found, time } = record;
      ledger.noteAmbiguous({ sequence: decision, id: action.id, found, timeMs: time });
      return;
    }
    case "outcome":
    case "observation":
    case "restriction":
    case "release":
    case "policy":
    case "recovery":
    case "key":
    case "pruned":
    case "hold":
    case "erasure":
  }
}

/** An id whose request is erased is bound to nothing anyone could ask, and stays used. */
const erasedBinding = digestOf(["erased"]);

function applyDecision(
  ledger: ActionLedger,
  record: RecordOf<"decision">,
  { sequence, read }: RecordedPlace,
): void {
  const { id } = record.action;
  if (read === undefined) {
    if (countsErased(record))
      ledger.claim({ id, isMinted: false }, { sequence, binding: erasedBinding });
    return;
  }
  if (!countsAsAttempt(read.veto)) return;
  const { request } = read.input;
  ledger.claim({ id, isMinted: false }, { sequence, binding: bindingOf(request, read.credential) });
  const fallback = record.granted ? undefined : fallbackRequest(request, read.decision);
  if (fallback !== undefined) ledger.offer(fallback, read.credential);
}

/** A session without its payload has no owner any more, so nobody can use it. */
function applySession(
  { sessions }: Memory,
  record: RecordOf<"session">,
  payload: LogEntry["payload"],
): void {
  if (record.payload === undefined || record.tenant === undefined || payload === "erased") return;
  const { credential, task } = readPayload(sessionPayloadSchema, payload, record.payload);
  sessions.add({
    id: record.id,
    root: record.root,
    tenant: record.tenant,
    agent: record.agent,
    credential,
    startedMs: record.started,
    ...(task === undefined ? {} : { task }),
  });
}
