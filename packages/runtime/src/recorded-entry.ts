import { canonicalJson, HoldfastError } from "@holdfast/model";
import type { LogEntry } from "@holdfast/log";
import type { Decision, LogRecord, RecordOf } from "@holdfast/model";
import type { z } from "zod";
import type {
  decisionPayloadSchema,
  observationPayloadSchema,
  outcomePayloadSchema,
} from "./payload.ts";

/** A decision as it is recorded, with everything it was made of. */
interface RecordedDecision {
  readonly sequence: number;
  /** the text of the payload, in which the decision stands in canonical form */
  readonly text: string;
}

/** What a record of the log means for whoever recomputes what was decided. */
export type RecordedEntry =
  | (RecordedDecision & {
      readonly kind: "decision";
      readonly record: RecordOf<"decision">;
      readonly payload: z.output<typeof decisionPayloadSchema>;
    })
  | (RecordedDecision & {
      readonly kind: "outcome";
      readonly record: RecordOf<"outcome">;
      readonly payload: z.output<typeof outcomePayloadSchema>;
    })
  | {
      readonly kind: "observation";
      readonly sequence: number;
      readonly record: RecordOf<"observation">;
      readonly payload: z.output<typeof observationPayloadSchema>;
    }
  | {
      readonly kind: "operator";
      readonly sequence: number;
      readonly record: RecordOf<"restriction"> | RecordOf<"release">;
    }
  /** its payload is erased: what it did to history is known only as far as it narrows */
  | {
      readonly kind: "erased";
      readonly sequence: number;
      readonly record: RecordOf<"decision"> | RecordOf<"outcome"> | RecordOf<"observation">;
    }
  /** nothing was decided and nothing happened */
  | { readonly kind: "other"; readonly sequence: number; readonly record: LogRecord };

/** An entry that holds a decision. */
export type DecidedEntry = Extract<RecordedEntry, { readonly kind: "decision" | "outcome" }>;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads an entry of the log for recomputing. Canonical JSON that only the guard writes is read by
 * the platform's reader, and not checked against its schemas again: its bytes are those under the
 * committed root, or of the digest that such a record names, which the log has checked, and what is
 * compared in the end is bytes. Objects inherit nothing, as the engine needs it.
 *
 * @throws HoldfastError `record_invalid` or `payload_missing`
 */
export function readRecorded({ index: sequence, body, payload }: LogEntry): RecordedEntry {
  const record = JSON.parse(decoder.decode(body)) as LogRecord;
  switch (record.kind) {
    case "decision":
    case "outcome":
    case "observation": {
      if (payload === "erased") return { kind: "erased", sequence, record };
      const text = payloadText(sequence, payload);
      const value: unknown = inheritNothing(JSON.parse(text));
      return { kind: record.kind, sequence, record, payload: value, text } as RecordedEntry;
    }
    case "restriction":
    case "release":
      return { kind: "operator", sequence, record };
    case "ambiguous":
    case "erasure":
    case "hold":
    case "key":
    case "policy":
    case "pruned":
    case "recovery":
    case "registry":
    case "session":
      return { kind: "other", sequence, record };
  }
}

/** Whether a decision has the very bytes that are recorded. */
export function isRecorded(entry: DecidedEntry, decision: Decision): boolean {
  const again = canonicalJson({ ...decision });
  const before =
    entry.kind === "decision"
      ? `{"credential":${canonicalJson(entry.payload.credential)},"decision":`
      : '{"decision":';
  // In canonical form members are sorted, so the decision stands there, and ends where it ends.
  if (entry.text.startsWith(before) && entry.text.startsWith(again, before.length)) return true;
  return canonicalJson({ ...entry.payload.decision }) === again;
}

function payloadText(sequence: number, payload: LogEntry["payload"]): string {
  if (typeof payload === "object") return decoder.decode(payload);
  const message = `payload of record ${sequence} is ${payload ?? "missing"}`;
  throw new HoldfastError("payload_missing", message);
}

function inheritNothing(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (!Array.isArray(value)) Object.setPrototypeOf(value, null);
  for (const member of Object.values(value)) {
    if (typeof member === "object") inheritNothing(member);
  }
  return value;
}
