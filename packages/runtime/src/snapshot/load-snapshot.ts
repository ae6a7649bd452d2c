import type { StepFiles } from "../step-files.ts";
import { historyDigest } from "@holdfast/engine";
import type { Engine, State } from "@holdfast/engine";
import { headAt } from "@holdfast/log";
import type { LogFiles, LogHead } from "@holdfast/log";
import { ActionLedger } from "../action-ledger.ts";
import type { Registry } from "../registry.ts";
import { SessionTable } from "../session-table.ts";
import { Archive } from "./archive.ts";
import { KeyRun } from "./key-run.ts";
import { readManifest, snapshotFolder } from "./manifest.ts";
import type { Manifest } from "./manifest.ts";
import { readMemory } from "./memory-part.ts";
import { partsIn } from "./part-frame.ts";
import { engineName } from "./snapshots.ts";
import type { Standing } from "./standing.ts";
import { isAsWritten, readWritten } from "./written-file.ts";

/** The memory of a guard at the size of the log that the manifest names. */
export interface LoadedSnapshot {
  readonly manifest: Manifest;
  readonly state: State;
  readonly ledger: ActionLedger;
  readonly sessions: SessionTable;
  readonly registry: Registry;
  readonly standing: Standing;
  readonly archive: Archive;
}

/** The log a snapshot is of. */
export interface SnapshotPlace {
  readonly files: LogFiles;
  readonly stepFiles: StepFiles;
  /** data directory */
  readonly directory: string;
  /** number of records */
  readonly size: number;
  /** a head of the log that opening has proven already */
  readonly proven?: LogHead | undefined;
}

/**
 * Reads the snapshot of a data directory. **Guarantees** that it is used only when every byte is
 * the one that was written, when the log's tree has its root at its size, and when this engine
 * would have folded the same; in every other case there is none, and the log is folded anew.
 */
export async function loadSnapshot(
  engine: Engine,
  { files, stepFiles, directory, size, proven }: SnapshotPlace,
): Promise<LoadedSnapshot | undefined> {
  const archive = new Archive();
  try {
    const folder = `${directory}/${snapshotFolder}`;
    const manifest = await readManifest(files, folder);
    if (manifest === undefined || !folds(engine, manifest) || manifest.log.size > size) {
      return undefined;
    }
    const isProven = proven !== undefined && proven.size === manifest.log.size;
    const head = isProven ? proven : await headAt(directory, manifest.log.size, files);
    if (head?.root !== manifest.log.root) return undefined;
    for (const run of manifest.runs) {
      if (!(await isAsWritten(files, folder, run))) return undefined;
    }
    const bytes = await readWritten(files, folder, manifest.state);
    if (bytes === undefined) return undefined;
    archive.replace(manifest.runs.map(({ name }) => new KeyRun(stepFiles, `${folder}/${name}`)));
    return { manifest, ...read(engine, bytes, archive), archive };
  } catch {
    archive.close();
    return undefined;
  }
}

function folds(engine: Engine, manifest: Manifest): boolean {
  const { keeper } = engine;
  if (keeper === undefined) return false;
  const { name, format, order } = engineName(engine, keeper);
  const by = manifest.engine;
  if (by.name !== name || by.format !== format || by.order !== order) return false;
  return manifest.history === historyDigest(engine.bundle);
}

function read(
  engine: Engine,
  bytes: Buffer,
  archive: Archive,
): Omit<LoadedSnapshot, "manifest" | "archive"> {
  const ledger = new ActionLedger(archive);
  const sessions = new SessionTable(archive);
  const parts = partsIn(bytes);
  const memory = readMemory(parts, ledger, engine.bundle.tools);
  const state = engine.keeper?.load(parts);
  if (state === undefined) throw new Error("this engine keeps no states");
  return { ...memory, state, ledger, sessions };
}
