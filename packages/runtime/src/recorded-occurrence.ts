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
import type { DecisionPayload } from "./payload.ts";

/** Where a record stands, and its payload: as it was opened, and of a decision as it may have been read already. */
export interface RecordedPlace {
  readonly sequence: number;
  readonly payload: LogEntry["payload"];
  readonly read?: DecisionPayload | undefined;
}

/**
 * What a record of the log means for history; undefined when it means nothing.
 *
 * @throws HoldfastError `payload_…` when the payload it names is gone or is another one
 */
export function recordedOccurrence(
  record: LogRecord,
  { sequence, payload, read }: RecordedPlace,
  erased: ErasedRecords,
): Occurrence | undefined {
  switch (record.kind) {
    case "decision": {
      if (payload === "erased") return erased.decision(sequence, record);
      const matter = read ?? readPayload(decisionPayloadSchema, payload, record.payload);
      const { redacted } = record;
      return decisionOccurrence(sequence, record.granted, { ...matter, redacted });
    }
    case "outcome":
      if (payload === "erased") return erased.outcome(sequence, record);
      return outcomeOccurrence(sequence, {
        ...readPayload(outcomePayloadSchema, payload, record.payload),
        redacted: record.redacted,
      });
    case "observation": {
      if (payload === "erased") return erased.observation(sequence, record);
      const seen = readPayload(observationPayloadSchema, payload, record.payload);
      return observationOccurrence(sequence, record, seen);
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
