import { historyDigest } from "@holdfast/engine";
import type { Bundle, Engine, State } from "@holdfast/engine";
import { readLog } from "@holdfast/log";
import { decodeRecord } from "@holdfast/model";
import { loadKeptBundle } from "./bundle-store.ts";
import { recordedOccurrence } from "./recorded-occurrence.ts";
import { replayEntry } from "./replay.ts";
import type { ReplayedDecision } from "./replay.ts";

/** Engines that fold alike, and the one state they share. */
interface Chronicle {
  readonly engine: Engine;
  readonly state: State;
}

/**
 * Decides every decision of a log again under the bundle that decided it, compiled from the
 * source the data directory keeps: also of a log in which bundles changed. Each bundle judges by
 * the whole history before the decision, as it did then, so that `recomputed` has the canonical
 * bytes of `recorded`, and both states are equal.
 *
 * Memory: one state for each set of bundles with one history digest.
 *
 * @throws HoldfastError `bundle_missing` or `bundle_store` when a bundle's source is gone;
 * `log_…`, `record_…` or `payload_…` where the log cannot be read
 */
export async function* replayRecorded(
  directory: string,
  createEngine: (bundle: Bundle) => Engine,
): AsyncGenerator<ReplayedDecision, void> {
  const engines = await enginesOf(directory, createEngine);
  const chronicles = new Map<string, Chronicle>();
  const chronicleOf = new Map<string, Chronicle>();
  for (const [digest, engine] of engines) {
    const history = historyDigest(engine.bundle);
    const chronicle = chronicles.get(history) ?? { engine, state: engine.createState() };
    chronicles.set(history, chronicle);
    chronicleOf.set(digest, chronicle);
  }
  for await (const entry of readLog(directory)) {
    const record = decodeRecord(entry.body);
    const digest = "bundle" in record ? record.bundle : undefined;
    const own = digest === undefined ? undefined : chronicleOf.get(digest);
    const engine = digest === undefined ? undefined : engines.get(digest);
    const replayed =
      own === undefined || engine === undefined ? undefined : replayEntry(engine, own.state, entry);
    const others = [...chronicles.values()].filter((chronicle) => chronicle !== own);
    const { index: sequence, payload } = entry;
    const occurrence =
      others.length === 0 ? undefined : recordedOccurrence(record, { sequence, payload });
    if (occurrence !== undefined) {
      for (const other of others) other.engine.fold(other.state, occurrence);
    }
    if (replayed !== undefined) yield replayed;
  }
}

/** An engine for each bundle that a decision of the log names. */
async function enginesOf(
  directory: string,
  createEngine: (bundle: Bundle) => Engine,
): Promise<ReadonlyMap<string, Engine>> {
  const engines = new Map<string, Engine>();
  for await (const { body } of readLog(directory)) {
    const record = decodeRecord(body);
    if (record.kind !== "decision" && record.kind !== "outcome") continue;
    const { bundle } = record;
    if (!engines.has(bundle)) engines.set(bundle, createEngine(loadKeptBundle(directory, bundle)));
  }
  return engines;
}
