import type { Engine, State } from "@holdfast/engine";
import type { Log, LogEntry } from "@holdfast/log";
import { decodeRecord } from "@holdfast/model";
import type { LogRecord, RecordOf } from "@holdfast/model";
import { bindingOf, fallbackRequest } from "./action-ledger.ts";
import type { ActionLedger } from "./action-ledger.ts";
import { countsAsAttempt } from "./judgement.ts";
import {
  decisionOccurrence,
  observationOccurrence,
  operatorOccurrence,
  outcomeOccurrence,
} from "./occurrence.ts";
import {
  decisionPayloadSchema,
  observationPayloadSchema,
  outcomePayloadSchema,
  readPayload,
  sessionPayloadSchema,
} from "./payload.ts";
import type { Registry } from "./registry.ts";
import type { SessionTable } from "./session-table.ts";
import type { Standing } from "./snapshot/standing.ts";

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
export async function restore(log: Log, memory: Memory, from: number): Promise<void> {
  for await (const { index, body, payload } of log.read(from, log.size)) {
    const record = decodeRecord(body);
    memory.standing.note(index, record);
    apply(memory, record, { sequence: index, payload });
  }
}

interface Place {
  readonly sequence: number;
  readonly payload: LogEntry["payload"];
}

function apply(memory: Memory, record: LogRecord, place: Place): void {
  const { engine, state, ledger, registry } = memory;
  const { sequence, payload } = place;
  switch (record.kind) {
    case "decision":
      applyDecision(memory, record, place);
      return;
    case "outcome": {
      const read = readPayload(outcomePayloadSchema, payload, record.payload);
      engine.fold(state, outcomeOccurrence(sequence, read));
      return;
    }
    case "observation": {
      const read = readPayload(observationPayloadSchema, payload, record.payload);
      engine.fold(state, observationOccurrence(sequence, record, read));
      return;
    }
    case "restriction":
    case "release":
      engine.fold(state, operatorOccurrence(sequence, record));
      return;
    case "session":
      applySession(memory, record, payload);
      return;
    case "registry":
      registry.apply(record);
      return;
    case "ambiguous": {
      const { decision, action, found, time } = record;
      ledger.noteAmbiguous({ sequence: decision, id: action.id, found, timeMs: time });
      return;
    }
    case "policy":
    case "recovery":
    case "key":
    case "pruned":
    case "hold":
  }
}

function applyDecision(
  { engine, state, ledger }: Memory,
  record: RecordOf<"decision">,
  { sequence, payload }: Place,
): void {
  const read = readPayload(decisionPayloadSchema, payload, record.payload);
  const occurrence = decisionOccurrence(sequence, record.granted, read);
  if (occurrence !== undefined) engine.fold(state, occurrence);
  if (!countsAsAttempt(read.veto)) return;
  const { request } = read.input;
  ledger.claim(record.action.id, { sequence, binding: bindingOf(request, read.credential) });
  const fallback = record.granted ? undefined : fallbackRequest(request, read.decision);
  if (fallback !== undefined) ledger.offer(fallback, read.credential);
}

/** A session without its payload has no owner any more, so nobody can use it. */
function applySession(
  { sessions }: Memory,
  record: RecordOf<"session">,
  payload: LogEntry["payload"],
): void {
  if (record.payload === undefined || record.tenant === undefined) return;
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
