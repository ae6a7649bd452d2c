import { HoldfastError } from "@holdfast/model";
import { LogDamagedError } from "../damage.ts";
import type { Damage } from "../damage.ts";
import { readWhole } from "../files.ts";
import type { LogFiles } from "../files.ts";
import { readCheckpoint } from "../note/checkpoint.ts";
import type { Checkpoint } from "../note/checkpoint.ts";
import type { VerifierKey } from "../note/verifier-key.ts";
import { checkpointPath, checkpointsPath, verifierKeysPath } from "./checkpoint-layout.ts";
import { readVerifierKeys } from "./key-file.ts";
import { readLastNote } from "./note-series.ts";

/**
 * The newest checkpoint that a log's folder keeps, its signature checked with the keys that are
 * kept there too; undefined for a log that was never signed.
 *
 * @throws LogDamagedError `log_checkpoint…` when it is not to be believed, or `checkpoint` and
 *   `checkpoints` contradict each other
 */
export async function readKeptCheckpoint(
  files: LogFiles,
  directory: string,
  origin: string,
): Promise<Checkpoint | undefined> {
  const { note } = await readLastNote(files, `${directory}/${checkpointsPath}`);
  const shown = await readWhole(files, `${directory}/${checkpointPath}`);
  if (note === undefined && shown === undefined) return undefined;
  const keys = await damagedAt(verifierKeysPath, readVerifierKeys(files, directory));
  const kept =
    note === undefined
      ? undefined
      : await damagedAt(checkpointsPath, readOwn(note.bytes, keys, origin), note.offset);
  if (shown === undefined) return kept;
  const newest = await damagedAt(checkpointPath, readOwn(shown, keys, origin));
  const contradiction = contradictionOf(newest, kept);
  if (contradiction === undefined) return kept;
  throw new LogDamagedError({ file: checkpointsPath, ...contradiction });
}

/** What is wrong when `checkpoint` shows what `checkpoints` does not have: it is written second. */
export function contradictionOf(
  shown: Checkpoint,
  kept: Checkpoint | undefined,
): Pick<Damage, "code" | "message"> | undefined {
  const size = kept?.head.size ?? 0;
  if (kept === undefined || shown.head.size > size) {
    const message = `its last note is of ${size} records, \`${checkpointPath}\` of ${shown.head.size}`;
    return { code: "log_checkpoint_missing", message };
  }
  if (shown.head.size < size || shown.head.root === kept.head.root) return undefined;
  const message = `two roots are signed for ${size} records, here and in \`${checkpointPath}\``;
  return { code: "log_checkpoint_fork", message };
}

/**
 * What is wrong with a head of the log where a signed one has a say.
 *
 * @param root that of the log at the size of the checkpoint; undefined when the log is shorter
 */
export function misfitOf(
  checkpoint: Checkpoint,
  log: { readonly size: number; readonly root: string | undefined },
): Pick<Damage, "code" | "message"> | undefined {
  const { head } = checkpoint;
  if (head.size > log.size) {
    const message = `${head.size} records are signed, the log has only ${log.size}`;
    return { code: "log_checkpoint_behind", message };
  }
  if (head.root === log.root) return undefined;
  const message = `the first ${head.size} records do not have the root that is signed`;
  return { code: "log_checkpoint_root", message };
}

/** The damage that an error of reading a note means; other errors are thrown on. */
export function checkpointDamage(error: unknown): Pick<Damage, "code" | "message"> {
  if (!(error instanceof HoldfastError)) throw error;
  switch (error.code) {
    case "log_note_signature":
      return { code: "log_checkpoint_signature", message: error.message };
    case "log_checkpoint_key":
      return { code: "log_checkpoint_key", message: error.message };
    case "log_note":
    case "log_checkpoint_format":
    case "log_vkey":
      return { code: "log_checkpoint_format", message: error.message };
    default:
      throw error;
  }
}

async function readOwn(
  bytes: Uint8Array,
  keys: readonly VerifierKey[],
  origin: string,
): Promise<Checkpoint> {
  const checkpoint = await readCheckpoint(bytes, keys);
  if (checkpoint.origin === origin) return checkpoint;
  const message = `checkpoint is of the log \`${checkpoint.origin}\`, this one is \`${origin}\``;
  throw new HoldfastError("log_checkpoint_key", message);
}

async function damagedAt<T>(file: string, reading: Promise<T>, offset?: number): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    const place = offset === undefined ? { file } : { file, offset };
    throw new LogDamagedError({ ...checkpointDamage(error), ...place });
  }
}
