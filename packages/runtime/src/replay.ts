import type { Engine, State } from "@holdfast/engine";
import { readLog } from "@holdfast/log";
import type { LogEntry } from "@holdfast/log";
import { decodeRecord, digestOf } from "@holdfast/model";
import type { Decision } from "@holdfast/model";
import { judge } from "./judgement.ts";
import type { Matter } from "./judgement.ts";
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

/** A recorded decision and what an engine makes of the same input and history today. */
export interface ReplayedDecision {
  /** index of the record */
  readonly sequence: number;
  readonly phase: "call" | "result";
  readonly recorded: Decision;
  readonly recomputed: Decision;
  /** digest of what each could read of the state; the runtime's own denials read nothing */
  readonly state: { readonly recorded: string; readonly recomputed: string };
}

/**
 * Decides every decision of a log again, in order, from the log alone: recorded input, and
 * state folded from the records before it. Under the bundle that decided, `recomputed` has the
 * same canonical bytes as `recorded`, and both states are equal; under another one the
 * difference is what that bundle would have changed, had history gone as it did.
 *
 * @throws HoldfastError `log_…`, `record_…` or `payload_…` where the log cannot be read
 */
export async function* replayLog(
  directory: string,
  engine: Engine,
): AsyncGenerator<ReplayedDecision, void> {
  const state = engine.createState();
  for await (const entry of readLog(directory)) {
    const replayed = replayEntry(engine, state, entry);
    if (replayed !== undefined) yield replayed;
  }
}

export function replayEntry(
  engine: Engine,
  state: State,
  entry: LogEntry,
): ReplayedDecision | undefined {
  const record = decodeRecord(entry.body);
  const { index: sequence, payload } = entry;
  switch (record.kind) {
    case "decision": {
      const read = readPayload(decisionPayloadSchema, payload, record.payload);
      const again = decideAgain(engine, state, { ...read, isFallback: read.fallback === true });
      const occurrence = decisionOccurrence(sequence, record.granted, read);
      if (occurrence !== undefined) engine.fold(state, occurrence);
      return replayed(sequence, "call", { recorded: read.decision, state: record.state }, again);
    }
    case "outcome": {
      const read = readPayload(outcomePayloadSchema, payload, record.payload);
      const again = decideAgain(engine, state, { ...read, isFallback: false });
      engine.fold(state, outcomeOccurrence(sequence, read));
      return replayed(sequence, "result", { recorded: read.decision, state: record.state }, again);
    }
    case "observation": {
      const read = readPayload(observationPayloadSchema, payload, record.payload);
      engine.fold(state, observationOccurrence(sequence, record, read));
      return undefined;
    }
    case "restriction":
    case "release":
      engine.fold(state, operatorOccurrence(sequence, record));
      return undefined;
    case "ambiguous":
    case "policy":
    case "recovery":
    case "key":
    case "pruned":
    case "hold":
    case "registry":
    case "session":
      return undefined;
  }
}

interface DecidedAgain {
  readonly decision: Decision;
  readonly state: string;
}

function decideAgain(engine: Engine, state: State, matter: Matter): DecidedAgain {
  const { cause } = matter.veto ?? {};
  // An engine that failed gave no slice either, and need not fail again.
  const read = cause === "engine" ? {} : engine.slice({ ...matter.input, state });
  return { decision: judge(engine, state, matter), state: digestOf(read) };
}

function replayed(
  sequence: number,
  phase: ReplayedDecision["phase"],
  was: { readonly recorded: Decision; readonly state: string },
  again: DecidedAgain,
): ReplayedDecision {
  return {
    sequence,
    phase,
    recorded: was.recorded,
    recomputed: again.decision,
    state: { recorded: was.state, recomputed: again.state },
  };
}
