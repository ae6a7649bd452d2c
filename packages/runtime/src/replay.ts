import type { Engine, Explanation, Occurrence, State } from "@holdfast/engine";
import { digestOf } from "@holdfast/model";
import type { Decision } from "@holdfast/model";
import { ErasedRecords } from "./erased-record.ts";
import { judge } from "./judgement.ts";
import type { Matter } from "./judgement.ts";
import {
  decisionOccurrence,
  observationOccurrence,
  operatorOccurrence,
  outcomeOccurrence,
} from "./occurrence.ts";
import { recordedOccurrence } from "./recorded-occurrence.ts";
import { isRecorded, readRecorded } from "./recorded-entry.ts";
import type { DecidedEntry, RecordedEntry } from "./recorded-entry.ts";
import { readOpened } from "./vault/opened-payload.ts";

/** A recorded decision and what an engine makes of the same input and history today. */
export interface ReplayedDecision {
  /** index of the record */
  readonly sequence: number;
  readonly phase: "call" | "result";
  readonly recorded: Decision;
  readonly recomputed: Decision;
  /** `recomputed` has the bytes of `recorded` */
  readonly isSame: boolean;
  readonly entry: DecidedEntry;
  /** digest of what each could read of the state; the runtime's own denials read nothing */
  readonly state: { readonly recorded: string; readonly recomputed: string };
  /** why `recomputed` came out so. **Contract:** asked before the next one, since history goes on */
  explain(): Explanation;
}

/** What part of a log is decided again, and who hears of it. */
export interface ReplayOptions {
  /** decide only what is as new as this, Unix ms; all before it is history all the same */
  readonly sinceMs?: number;
  /** told the number of records passed, now and then */
  readonly progress?: (records: number) => void;
  /**
   * told of each record whose payload is erased, and of the first one when those before it were
   * pruned: what it did to history is not known, so that states after it may differ
   */
  readonly lost?: (sequence: number) => void;
}

/** Progress is told after so many records. */
const progressRecords = 1024;

/**
 * The entries of a log, read once for however many engines: what replay, and every comparison of
 * policies over recorded actions, goes by.
 *
 * @throws HoldfastError `log_…`, `record_…` or `payload_…` where the log cannot be read
 */
export async function* recordedEntries(
  directory: string,
  { progress, lost }: ReplayOptions = {},
): AsyncGenerator<RecordedEntry, void> {
  let records = 0;
  for await (const each of readOpened(directory)) {
    const entry = readRecorded(each);
    if (entry.kind === "erased" || (records === 0 && each.index > 0)) lost?.(each.index);
    yield entry;
    records += 1;
    if (records % progressRecords === 0) progress?.(records);
  }
}

/** Whether an entry is to be decided again. */
export function isAsked(
  entry: RecordedEntry,
  { sinceMs = 0 }: ReplayOptions,
): entry is DecidedEntry {
  return (entry.kind === "decision" || entry.kind === "outcome") && entry.record.time >= sinceMs;
}

/** One engine, and the state it has folded so far. */
export interface Replayer {
  readonly engine: Engine;
  readonly state: State;
  /** what is known of erased records */
  readonly erased: ErasedRecords;
}

/** An engine before the first record. */
export function replayerOf(engine: Engine): Replayer {
  return { engine, state: engine.createState(), erased: new ErasedRecords() };
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
  options: ReplayOptions = {},
): AsyncGenerator<ReplayedDecision, void> {
  const replayer = replayerOf(engine);
  for await (const entry of recordedEntries(directory, options)) {
    if (isAsked(entry, options)) yield replayEntry(replayer, entry);
    foldEntry(replayer, entry);
  }
}

/** Decides again what a record decided. */
export function replayEntry(
  { engine, state }: Omit<Replayer, "erased">,
  entry: DecidedEntry,
): ReplayedDecision {
  const { payload, record, sequence } = entry;
  const isFallback = "fallback" in payload && payload.fallback;
  const matter: Matter = { ...payload, isFallback };
  const recomputed = judge(engine, state, matter);
  return {
    sequence,
    phase: entry.kind === "decision" ? "call" : "result",
    recorded: payload.decision,
    recomputed,
    isSame: isRecorded(entry, recomputed),
    entry,
    state: { recorded: record.state, recomputed: readOf(engine, state, matter) },
    explain: () =>
      matter.veto === undefined
        ? engine.explain({ ...matter.input, state })
        : { determining: [], matched: [], errors: [] },
  };
}

/** Takes a record into the state of an engine. */
export function foldEntry({ engine, state, erased }: Replayer, entry: RecordedEntry): void {
  const occurrence = occurrenceOf(entry, erased);
  if (occurrence !== undefined) engine.fold(state, occurrence);
}

function occurrenceOf(entry: RecordedEntry, erased: ErasedRecords): Occurrence | undefined {
  const { sequence } = entry;
  switch (entry.kind) {
    case "decision":
      return decisionOccurrence(sequence, entry.record.granted, entry.payload);
    case "outcome":
      return outcomeOccurrence(sequence, entry.payload);
    case "observation":
      return observationOccurrence(sequence, entry.record, entry.payload);
    case "operator":
      return operatorOccurrence(sequence, entry.record);
    case "erased":
      return recordedOccurrence(entry.record, { sequence, payload: "erased" }, erased);
    case "other":
      return undefined;
  }
}

/** Digest of a state of which nothing was read. */
const nothingRead = digestOf({});

function readOf(engine: Engine, state: State, { input, veto }: Matter): string {
  // An engine that failed gave no slice either, and need not fail again.
  if (veto?.cause === "engine") return nothingRead;
  return digestOf(engine.slice({ ...input, state }));
}
