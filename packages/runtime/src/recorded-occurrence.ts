import type { Occurrence } from "@holdfast/engine";
import type { LogEntry } from "@holdfast/log";
import type { LogRecord } from "@holdfast/model";
import type { ErasedRecords } from "./erased-record.ts";
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
} from "./payload.ts";

/**
 * What a record of the log means for history; undefined when it means nothing.
 *
 * @throws HoldfastError `payload_…` when the payload it names is gone or is another one
 */
export function recordedOccurrence(
  record: LogRecord,
  { sequence, payload }: { readonly sequence: number; readonly payload: LogEntry["payload"] },
  erased: ErasedRecords,
): Occurrence | undefined {
  switch (record.kind) {
    case "decision": {
      if (payload === "erased") return erased.decision(sequence, record);
      const read = readPayload(decisionPayloadSchema, payload, record.payload);
      const { redacted } = record;
      return decisionOccurrence(sequence, record.granted, { ...read, redacted });
    }
    case "outcome":
      if (payload === "erased") return erased.outcome(sequence, record);
      return outcomeOccurrence(sequence, {
        ...readPayload(outcomePayloadSchema, payload, record.payload),
        redacted: record.redacted,
      });
    case "observation": {
      if (payload === "erased") return erased.observation(sequence, record);
      const read = readPayload(observationPayloadSchema, payload, record.payload);
      return observationOccurrence(sequence, record, read);
    }
    case "restriction":
    case "release":
      return operatorOccurrence(sequence, record);
    case "ambiguous":
    case "policy":
    case "recovery":
    case "key":
    case "pruned":
    case "hold":
    case "erasure":
    case "registry":
    case "session":
      return undefined;
  }
}
