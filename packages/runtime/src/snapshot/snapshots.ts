import { endianness } from "node:os";
import { setImmediate } from "node:timers/promises";
import { historyDigest } from "@holdfast/engine";
import type { Engine, State, StateKeeper } from "@holdfast/engine";
import type { LogFiles } from "@holdfast/log";
import type { ActionLedger } from "../action-ledger.ts";
import type { Journal } from "../journal.ts";
import type { Registry } from "../registry.ts";
import type { SessionTable } from "../session-table.ts";
import type { StepFiles } from "../step-files.ts";
import type { Archive } from "./archive.ts";
import { KeyRun } from "./key-run.ts";
import { removeOthers, snapshotFolder, writeManifest } from "./manifest.ts";
import type { Manifest } from "./manifest.ts";
import { partsOfMemory } from "./memory-part.ts";
import { framesOf } from "./part-frame.ts";
import { mergeRuns, writeRun } from "./run-merge.ts";
import type { Leaving } from "./run-merge.ts";
import { SnapshotWriter } from "./snapshot-writer.ts";
import type { WrittenFile } from "./snapshot-writer.ts";
import type { Standing } from "./standing.ts";

/** Everything a snapshot is of, as it is in memory. */
export interface SnapshotSubject {
  readonly engine: Engine;
  readonly state: State;
  readonly ledger: ActionLedger;
  readonly sessions: SessionTable;
  readonly registry: Registry;
}

/** What snapshots are made with. */
export interface SnapshotGround {
  readonly files: LogFiles;
  readonly stepFiles: StepFiles;
  /** data directory */
  readonly directory: string;
  readonly journal: Journal;
  readonly archive: Archive;
  readonly standing: Standing;
  /** what is in force when it is asked */
  readonly subject: () => SnapshotSubject;
  /** signs the head of the log, or has failed to when it resolves */
  readonly sign: () => Promise<unknown>;
  /** records between two snapshots */
  readonly everyRecords: number;
}

/** Parts, and bytes of them, that are written before other work gets its turn. */
const partsPerTurn = 256;
const bytesPerTurn = 32 * 1024;

/** At the end a snapshot is worth its time for so much fewer records. */
const closingPart = 16;

/** Runs of one size that are merged into one of the next. */
const runsOfSize = 8;

/** A larger state is written less often: so many bytes of it for each record between. */
const bytesPerRecord = 8 * 1024;

/** Names the engine, how it writes states down, and how this machine orders bytes. */
export function engineName(engine: Engine, keeper: StateKeeper): Manifest["engine"] {
  return { name: engine.name, format: keeper.format, order: endianness() };
}

/**
 * Writes snapshots of a guard while it decides: what is kept is the memory of one moment, between
 * two steps, and writing it takes turns with everything else. They only save time at the next
 * start, so whatever fails is left and tried again later.
 */
export class Snapshots {
  readonly #ground: SnapshotGround;
  #manifest: Manifest | undefined;
  #taking: Promise<void> | undefined;
  #closed = false;
  /** size of the log at the last one that was begun */
  #begun: number;

  /** `manifest`: of the snapshot that is there. */
  constructor(ground: SnapshotGround, manifest: Manifest | undefined) {
    this.#ground = ground;
    this.#manifest = manifest;
    this.#begun = manifest?.log.size ?? 0;
  }

  /** Size of the log that the snapshot on disk is of; 0 when there is none. */
  get size(): number {
    return this.#manifest?.log.size ?? 0;
  }

  /** Begins one when it is time; to be asked whenever records were appended. */
  keepUp(): void {
    const { everyRecords, journal } = this.#ground;
    if (everyRecords === 0 || this.#closed || this.#taking !== undefined) return;
    const large = (this.#manifest?.state.bytes ?? 0) / bytesPerRecord;
    if (journal.size - this.#begun < Math.max(everyRecords, large)) return;
    void this.take();
  }

  /** Writes one, unless one is being written; resolves when it is there, or has failed. */
  take(): Promise<void> {
    this.#taking ??= this.#take().finally(() => {
      this.#taking = undefined;
    });
    return this.#taking;
  }

  /** Writes a last one when the next start would have much to fold, and reads nothing any more. */
  async close(): Promise<void> {
    const { everyRecords, journal, archive } = this.#ground;
    await this.#taking;
    if (everyRecords > 0 && journal.size - this.size >= everyRecords / closingPart) {
      await this.take();
    }
    this.#closed = true;
    archive.close();
  }

  async #take(): Promise<void> {
    // Not within the step that appends a record, which is folded only after that.
    await setImmediate();
    const { journal, files, directory, archive } = this.#ground;
    const { engine, state, ledger, sessions, registry } = this.#ground.subject();
    const { keeper } = engine;
    if (keeper === undefined || journal.isBroken) return;
    const size = journal.size;
    this.#begun = size;
    const stand = journal.standHere();
    stand.catch(() => undefined);
    const memory = partsOfMemory({ standing: this.#ground.standing, ledger, registry });
    const parts = keeper.save(state);
    const history = historyDigest(engine.bundle);
    const leaving = [ledger.leave(), sessions.leave()];
    const folder = `${directory}/${snapshotFolder}`;
    let isKept = false;
    try {
      await files.makeDirectory(folder, directory);
      await removeOthers(files, folder, this.#manifest);
      const written = await this.#writeState(folder, `state-${size}.bin`, memory, parts);
      const runs = await this.#writeRuns(folder, size, leaving);
      const { head, place } = await stand;
      // Only what is signed proves the place; without a signature the next start reads more.
      await this.#ground.sign();
      if (journal.isBroken) return;
      const opened = runs.map(({ name }) => this.#runAt(`${folder}/${name}`));
      const log = { size, root: head.root, ...(place === undefined ? {} : { place }) };
      const named = { v: 1, engine: engineName(engine, keeper), history, log } as const;
      const manifest: Manifest = { ...named, state: written, runs: [...runs] };
      await writeManifest(files, folder, manifest);
      archive.replace(opened);
      this.#manifest = manifest;
      isKept = true;
    } catch {
      // Only time is lost; the next one may find more room on the disk.
    } finally {
      ledger.left(isKept);
      sessions.left(isKept);
    }
    await removeOthers(files, folder, this.#manifest).catch(() => undefined);
  }

  async #writeState(
    folder: string,
    name: string,
    ...lists: readonly Iterable<Parameters<typeof framesOf>[0]>[]
  ): Promise<WrittenFile> {
    const writer = await SnapshotWriter.create(this.#ground.files, folder, name);
    let turn = { parts: 0, at: 0 };
    try {
      for (const list of lists) {
        for (const part of list) {
          for (const frame of framesOf(part)) writer.add(frame);
          turn.parts += 1;
          if (turn.parts < partsPerTurn && writer.at - turn.at < bytesPerTurn) continue;
          turn = { parts: 0, at: writer.at };
          if (writer.isFull) await writer.flush();
          await setImmediate();
        }
      }
      return await writer.finish();
    } catch (error) {
      await writer.abandon();
      throw error;
    }
  }

  /** What left memory as a run of its own, and runs of one size that became many as one. */
  async #writeRuns(
    folder: string,
    size: number,
    leaving: readonly Iterable<Leaving>[],
  ): Promise<readonly WrittenFile[]> {
    const { files } = this.#ground;
    let runs = this.#manifest?.runs ?? [];
    const left = await writeRun({ files, folder, name: `run-${size}-0.bin` }, leaving);
    if (left !== undefined) runs = [...runs, left];
    for (let level = 1; ; level += 1) {
      const smallest = Math.min(...runs.slice(-runsOfSize).map(({ bytes }) => bytes));
      const alike = runs.slice(-runsOfSize).filter(({ bytes }) => bytes < smallest * runsOfSize);
      if (alike.length < runsOfSize) return runs;
      const place = { files, folder, name: `run-${size}-${level}.bin` };
      const paths = alike.map(({ name }) => `${folder}/${name}`);
      runs = [...runs.slice(0, -runsOfSize), await mergeRuns(place, paths)];
    }
  }

  #runAt(path: string): KeyRun {
    return (
      this.#ground.archive.runs.find((run) => run.path === path) ??
      new KeyRun(this.#ground.stepFiles, path)
    );
  }
}
