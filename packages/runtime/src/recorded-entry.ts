import { canonicalJson, HoldfastError } from "@holdfast/model";
import type { LogEntry } from "@holdfast/log";
import type { Decision, LogRecord, RecordOf } from "@holdfast/model";
import type { z } from "zod";
import type {
  decisionPayloadSchema,
  observationPayloadSchema,
  outcomePayloadSchema,
} from "./payload.ts";
import { isObject, storedObject, storedRecord } from "./stored-json.ts";
import { openStored } from "./vault/opened-payload.ts";
import type { Vault } from "./vault/vault.ts";

/** What a record of the log means for whoever recomputes what was decided. */
export type RecordedEntry =
  | {
      readonly kind: "decision";
      readonly sequence: number;
      readonly record: RecordOf<"decision">;
      readonly payload: z.output<typeof decisionPayloadSchema>;
    }
  | {
      readonly kind: "outcome";
      readonly sequence: number;
      readonly record: RecordOf<"outcome">;
      readonly payload: z.output<typeof outcomePayloadSchema>;
    }
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

/**
 * Reads an entry of the log for recomputing. Canonical JSON that only the guard writes is read by
 * the platform's reader, and not checked against its schemas again: its bytes are those under the
 * committed root, or of the digest that such a record names, which the log has checked. Objects of
 * the input inherit nothing, as the engine needs it.
 *
 * @param vault opens what is sealed; undefined where nothing is
 * @throws HoldfastError `record_invalid`, `payload_missing`, `payload_invalid`, `payload_sealed` or
 * `vault_key`
 */
export function readRecorded(entry: LogEntry, vault?: Vault): RecordedEntry {
  const { index: sequence, body } = entry;
  const record = storedRecord(sequence, body);
  switch (record.kind) {
    case "decision":
    case "outcome":
    case "observation": {
      const stored = openStored(entry, record, vault);
      if (stored === "erased") return { kind: "erased", sequence, record };
      const payload = payloadOf(sequence, stored);
      if (record.kind !== "observation") freeInput(sequence, payload);
      return { kind: record.kind, sequence, record, payload } as unknown as RecordedEntry;
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

/**
 * Whether a decision has the very bytes that are recorded: equal values have equal bytes in
 * canonical form, so bytes are compared only of those that seem to differ.
 */
export function isRecorded({ payload }: DecidedEntry, decision: Decision): boolean {
  if (isEqual(payload.decision, decision)) return true;
  return canonicalJson({ ...payload.decision }) === canonicalJson({ ...decision });
}

/** Never true of values whose canonical forms differ. */
function isEqual(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one)) {
    if (!Array.isArray(other) || one.length !== other.length) return false;
    for (let at = 0; at < one.length; at += 1) if (!isEqual(one[at], other[at])) return false;
    return true;
  }
  if (!isObject(one) || !isObject(other)) return false;
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  for (const name of names) {
    if (!Object.hasOwn(other, name) || !isEqual(one[name], other[name])) return false;
  }
  return true;
}

function payloadOf(sequence: number, stored: LogEntry["payload"]): Record<string, unknown> {
  if (typeof stored !== "object") {
    const message = `payload of record ${sequence} is ${stored ?? "missing"}`;
    throw new HoldfastError("payload_missing", message);
  }
  const payload = storedObject(stored);
  if (payload !== undefined) return payload;
  throw new HoldfastError("payload_invalid", `payload of record ${sequence} is not an object`);
}

/** Takes from an input what its objects inherit. */
function freeInput(sequence: number, { input, facts, decision }: Record<string, unknown>): void {
  if (!isObject(input) || !isObject(input["request"]) || !isObject(decision)) {
    const message = `payload of record ${sequence} does not hold what was decided`;
    throw new HoldfastError("payload_invalid", message);
  }
  inheritNothing(input);
  if (isObject(facts)) inheritNothing(facts);
}

function inheritNothing(value: object): void {
  if (Array.isArray(value)) {
    for (const member of value as unknown[]) {
      if (typeof member === "object" && member !== null) inheritNothing(member);
    }
    return;
  }
  Object.setPrototypeOf(value, null);
  for (const member of Object.values(value) as unknown[]) {
    if (typeof member === "object" && member !== null) inheritNothing(member);
  }
}
