import type { Engine, Explanation, Occurrence, State } from "@holdfast/engine";
import { readLogBatches } from "@holdfast/log";
import type { LogEntry } from "@holdfast/log";
import { canonicalJson, digestOf, digestOfBytes } from "@holdfast/model";
import type { Decision, JsonObject } from "@holdfast/model";
import { ErasedRecords } from "./erased-record.ts";
import { judge } from "./judgement.ts";
import {
  decisionOccurrence,
  observationOccurrence,
  operatorOccurrence,
  outcomeOccurrence,
} from "./occurrence.ts";
import { recordedOccurrence } from "./recorded-occurrence.ts";
import { misstated } from "./record-agreement.ts";
import { isRecorded, readRecorded } from "./recorded-entry.ts";
import type { DecidedEntry, RecordedEntry } from "./recorded-entry.ts";
import { Vault } from "./vault/vault.ts";

/** A recorded decision and what an engine makes of the same input and history today. */
export interface ReplayedDecision {
  /** index of the record */
  readonly sequence: number;
  readonly phase: "call" | "result";
  readonly recorded: Decision;
  readonly recomputed: Decision;
  /** `recomputed` has the bytes of `recorded`, and the record says what its payload says */
  readonly isSame: boolean;
  /** members of the record that say something else than its payload */
  readonly misstated: readonly string[];
  readonly entry: DecidedEntry;
  /** digest of what each could read of the state; the runtime's own denials read nothing */
  readonly state: { readonly recorded: string; readonly recomputed: string };
  /**
   * values are not kept, and whether they were left out or not made a difference when it was
   * decided (`unreadable`), so that it cannot be recomputed, or did not
   */
  readonly redacted?: "recomputes" | "unreadable";
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
  /** told of each decision that other policies cannot be asked about, as values are redacted */
  readonly redacted?: (sequence: number) => void;
}

/** Progress is told after so many records, or a few more. */
const progressRecords = 1024;

/**
 * The entries of a log, read once for however many engines, many at a time: what replay, and every
 * comparison of policies over recorded actions, goes by. **Contract:** each batch is passed through
 * before the next is asked for.
 *
 * @throws HoldfastError `log_…`, `record_…` or `payload_…` where the log cannot be read, also while
 * a batch is passed through
 */
export async function* recordedEntries(
  directory: string,
  { progress, lost, to }: ReplayOptions & { readonly to?: number } = {},
): AsyncGenerator<Iterable<RecordedEntry>, void> {
  const vault = await Vault.open({ directory });
  let records = 0;
  let told = 0;
  for await (const batch of readLogBatches(directory, to === undefined ? {} : { to })) {
    if (records === 0 && (batch[0]?.index ?? 0) > 0) lost?.(batch[0]?.index ?? 0);
    yield entriesOf(batch, vault, lost);
    records += batch.length;
    if (records - told < progressRecords) continue;
    told = records;
    progress?.(records);
  }
}

function* entriesOf(
  batch: readonly LogEntry[],
  vault: Vault | undefined,
  lost: ReplayOptions["lost"],
): Generator<RecordedEntry, void> {
  for (const each of batch) {
    const entry = readRecorded(each, vault);
    if (entry.kind === "erased") lost?.(each.index);
    yield entry;
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
  readonly digests: SliceDigests;
}

/** An engine before the first record. */
export function replayerOf(engine: Engine): Replayer {
  return {
    engine,
    state: engine.createState(),
    erased: new ErasedRecords(),
    digests: new SliceDigests(),
  };
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
  for await (const entries of recordedEntries(directory, options)) {
    for (const entry of entries) {
      if (isAsked(entry, options)) yield replayEntry(replayer, entry);
      foldEntry(replayer, entry);
    }
  }
}

/** Decides again what a record decided. */
export function replayEntry(
  { engine, state, digests }: Omit<Replayer, "erased">,
  entry: DecidedEntry,
): ReplayedDecision {
  const { payload, record, sequence } = entry;
  const { input, veto } = payload;
  const wrong = misstated(entry);
  const isFallback = "fallback" in payload && payload.fallback;
  const recomputed = judge(engine, state, {
    input,
    isFallback,
    ...(veto === undefined ? {} : { veto }),
  });
  const read = (): string => {
    // An engine that failed gave no slice either, and need not fail again.
    if (veto?.cause === "engine") return nothingRead;
    return digests.of(engine.slice({ state, ...input }));
  };
  return {
    sequence,
    phase: entry.kind === "decision" ? "call" : "result",
    recorded: payload.decision,
    recomputed,
    isSame: wrong.length === 0 && isRecorded(entry, recomputed),
    misstated: wrong,
    entry,
    ...(record.redacted === undefined ? {} : { redacted: record.redacted }),
    state: { recorded: record.state, recomputed: read() },
    explain: () =>
      veto === undefined
        ? engine.explain({ state, ...input })
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
      return decisionOccurrence(sequence, entry.record.granted, recordedMatter(entry));
    case "outcome":
      return outcomeOccurrence(sequence, recordedMatter(entry));
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

/** WHY a copy only where something is redacted: most records have nothing of it, and there are many. */
function recordedMatter<Payload extends object>({
  record,
  payload,
}: {
  readonly record: Pick<DecidedEntry["record"], "redacted">;
  readonly payload: Payload;
}): Payload & { readonly redacted?: "recomputes" | "unreadable" } {
  const { redacted } = record;
  return redacted === undefined ? payload : { ...payload, redacted };
}

/** Digest of a state of which nothing was read. */
const nothingRead = digestOf({});

/** Digests that are kept; one more and all are made anew. */
const digestsMax = 4096;

/** The digests of slices, of which many are alike. */
class SliceDigests {
  readonly #kept = new Map<string, string>();

  of(slice: JsonObject): string {
    const text = canonicalJson(slice);
    const kept = this.#kept.get(text);
    if (kept !== undefined) return kept;
    if (this.#kept.size >= digestsMax) this.#kept.clear();
    const digest = digestOfBytes(text);
    this.#kept.set(text, digest);
    return digest;
  }
}
