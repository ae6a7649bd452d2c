import { historyDigest } from "@holdfast/engine";
import type { Bundle, Engine } from "@holdfast/engine";
import { loadKeptBundle } from "./bundle-store.ts";
import type { DecidedEntry, RecordedEntry } from "./recorded-entry.ts";
import { foldEntry, isAsked, recordedEntries, replayEntry, replayerOf } from "./replay.ts";
import type { ReplayedDecision, Replayer, ReplayOptions } from "./replay.ts";

/**
 * The engines of all bundles of a log, each over the whole history before what it decides: those
 * that fold alike share one state. An engine is made when its bundle first decides; what came
 * before it is then folded from the log, unless a state that folds alike is there.
 */
class RecordedEngines {
  readonly #directory: string;
  readonly #createEngine: (bundle: Bundle) => Engine;
  readonly #engines = new Map<string, Replayer>();
  /** one for each history digest */
  readonly #states = new Map<string, Replayer>();

  constructor(directory: string, createEngine: (bundle: Bundle) => Engine) {
    this.#directory = directory;
    this.#createEngine = createEngine;
  }

  /**
   * The engine of the bundle that decided in this record, with the state before it.
   *
   * @throws HoldfastError `bundle_missing` or `bundle_store` when the bundle's source is gone
   */
  async of(entry: DecidedEntry): Promise<Replayer> {
    return this.known(entry) ?? this.#make(entry.record.bundle, entry.sequence);
  }

  /** As `of`, when that bundle has decided before. */
  known({ record }: DecidedEntry): Replayer | undefined {
    return this.#engines.get(record.bundle);
  }

  /** Takes a record into every state. */
  fold(entry: RecordedEntry): void {
    for (const replayer of this.#states.values()) foldEntry(replayer, entry);
  }

  async #make(digest: string, to: number): Promise<Replayer> {
    const engine = this.#createEngine(loadKeptBundle(this.#directory, digest));
    const history = historyDigest(engine.bundle);
    let alike = this.#states.get(history);
    if (alike === undefined) {
      alike = replayerOf(engine);
      for await (const entries of recordedEntries(this.#directory, { to })) {
        for (const entry of entries) foldEntry(alike, entry);
      }
      this.#states.set(history, alike);
    }
    const replayer = { ...alike, engine };
    this.#engines.set(digest, replayer);
    return replayer;
  }
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
  options: ReplayOptions = {},
): AsyncGenerator<ReplayedDecision, void> {
  const engines = new RecordedEngines(directory, createEngine);
  for await (const entries of recordedEntries(directory, options)) {
    for (const entry of entries) {
      if (isAsked(entry, options)) {
        yield replayEntry(engines.known(entry) ?? (await engines.of(entry)), entry);
      }
      engines.fold(entry);
    }
  }
}
