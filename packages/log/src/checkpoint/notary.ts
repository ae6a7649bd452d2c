import { HoldfastError } from "@holdfast/model";
import { readWhole, removeIfThere, systemCode, writeAll } from "../files.ts";
import type { LogFile, LogFiles } from "../files.ts";
import { encodeCheckpoint, parseCheckpoint, signCheckpoint } from "../note/checkpoint.ts";
import type { Checkpoint } from "../note/checkpoint.ts";
import type { Signer } from "../note/signed-note.ts";
import { replaceFile } from "../replace-file.ts";
import type { LogHead } from "../tree.ts";
import { checkpointPath, checkpointsPath } from "./checkpoint-layout.ts";
import { readLastNote } from "./note-series.ts";
import type { PlacedNote } from "./note-series.ts";

/** How often heads are signed, in milliseconds. */
export const notaryPace = {
  /** at most one checkpoint in this time */
  intervalMs: 1_000,
  /** an idle log shows that it is alive as often as this */
  heartbeatMs: 60_000,
} as const;

const copyBytes = 4 * 1024 * 1024;

/** The log whose heads are signed. */
export interface SignedLog {
  readonly origin: string;
  /** over durable records only */
  readonly head: LogHead;
}

/**
 * Signs the durable heads of a log and keeps every note it signed: first in `checkpoints`, then as
 * `checkpoint`, and only then is a note anybody's to see. Each follows the one before: a size that
 * was signed is never signed again under another root, since heads only grow and `openLog` held
 * the log to the last note before anything was appended.
 *
 * **Contract:** opened by the log's one writer, after `openLog`.
 */
export class Notary {
  readonly #files: LogFiles;
  readonly #directory: string;
  readonly #log: SignedLog;
  readonly #signers: readonly Signer[];
  #newest: Checkpoint | undefined;
  /** open behind the last whole note; undefined after an error, until it is opened anew */
  #file: LogFile | undefined;
  #end: number;
  #signedMs = Number.NEGATIVE_INFINITY;
  #shownMs = Number.NEGATIVE_INFINITY;
  #running: Promise<unknown> = Promise.resolve();

  private constructor(
    options: NotaryOptions,
    stand: { readonly newest?: Checkpoint; readonly end: number },
  ) {
    this.#files = options.files;
    this.#directory = options.directory;
    this.#log = options.log;
    this.#signers = options.signers;
    this.#newest = stand.newest;
    this.#end = stand.end;
  }

  /**
   * Opens the notes kept so far. A last one that a crash left unfinished, which nobody was shown,
   * is cut off; with two signers, also one that ends behind the first of its signatures.
   *
   * @throws HoldfastError `log_key` without a signer, or when one has another name than the log
   */
  static async open(options: NotaryOptions): Promise<Notary> {
    const { files, directory, log, signers } = options;
    const stranger = signers.find(({ name }) => name !== log.origin);
    if (signers.length === 0 || stranger !== undefined) {
      const name = stranger === undefined ? "no signer" : `signer \`${stranger.name}\``;
      throw new HoldfastError("log_key", `${name} for the log \`${log.origin}\``);
    }
    const path = `${directory}/${checkpointsPath}`;
    let { note, end, behind } = await readLastNote(files, path);
    if (note !== undefined && (await isHalf(note, options))) {
      await cutNotes(files, path, note.offset);
      ({ note, end, behind } = await readLastNote(files, path));
    }
    if (behind > 0) await cutNotes(files, path, end);
    else if (note !== undefined) await storeNote(files, path, note);
    const newest = note === undefined ? {} : { newest: parseCheckpoint(note.bytes) };
    return new Notary(options, { ...newest, end });
  }

  /** The last note signed; undefined before the first. */
  get newest(): Checkpoint | undefined {
    return this.#newest;
  }

  /**
   * Does what is due at `nowMs` (a clock that never steps back): signs a head that has moved, at
   * most one in `notaryPace.intervalMs`; shows the newest note again after
   * `notaryPace.heartbeatMs` without one, so that a stopped log can be told from an idle one.
   *
   * @returns the note to publish; undefined when nothing was due
   * @throws what the signer or the file system answers; the next call tries again
   */
  async tick(nowMs: number): Promise<Checkpoint | undefined> {
    return this.#next(async () => {
      const moved = this.#log.head.size !== this.#newest?.head.size;
      if (moved && nowMs - this.#signedMs >= notaryPace.intervalMs) {
        this.#signedMs = nowMs;
        await this.#signHead();
      } else if (nowMs - this.#shownMs < notaryPace.heartbeatMs) {
        return undefined;
      }
      this.#shownMs = nowMs;
      if (!moved) await this.#show();
      return this.#newest;
    });
  }

  /** Signs the head as it is now, unless it is signed already. */
  async sign(): Promise<Checkpoint> {
    return this.#next(async () => {
      if (this.#log.head.size === this.#newest?.head.size) return this.#newest;
      return this.#signHead();
    });
  }

  /** Waits for what is under way. Signs nothing more. */
  async close(): Promise<void> {
    await this.#next(async () => {
      await this.#file?.close();
      this.#file = undefined;
    });
  }

  /** One after the other, whatever became of the one before. */
  #next<T>(step: () => Promise<T>): Promise<T> {
    const result = this.#running.then(step);
    this.#running = result.catch(() => undefined);
    return result;
  }

  async #signHead(): Promise<Checkpoint> {
    const { origin, head } = this.#log;
    checkFollows(head, this.#newest?.head);
    const checkpoint = await signCheckpoint(origin, head, this.#signers);
    const bytes = encodeCheckpoint(checkpoint);
    await this.#keep(bytes);
    this.#end += bytes.length;
    this.#newest = checkpoint;
    await this.#show();
    return checkpoint;
  }

  /** What an error left behind the last whole note is written over by the next one. */
  async #keep(bytes: Uint8Array): Promise<void> {
    const file = this.#file ?? (await openNotes(this.#files, this.#directory));
    this.#file = undefined;
    try {
      await writeAll(file, bytes, this.#end);
      await file.sync();
      this.#file = file;
    } catch (error) {
      // Never asked again on the same descriptor: what a failed sync lost, it would not tell.
      await file.close().catch(() => undefined);
      throw error;
    }
  }

  async #show(): Promise<void> {
    if (this.#newest === undefined) return;
    const path = `${this.#directory}/${checkpointPath}`;
    await replaceFile(this.#files, path, encodeCheckpoint(this.#newest));
  }
}

export interface NotaryOptions {
  readonly files: LogFiles;
  readonly directory: string;
  readonly log: SignedLog;
  /** one key of the log; both of them for the one checkpoint that ends a change of keys */
  readonly signers: readonly Signer[];
}

/** INVARIANT: no head is signed that does not follow the last one signed. */
function checkFollows(head: LogHead, before: LogHead | undefined): void {
  if (before === undefined || head.size > before.size) return;
  throw new Error(`head of ${head.size} records behind a signed one of ${before.size}`);
}

async function openNotes(files: LogFiles, directory: string): Promise<LogFile> {
  const path = `${directory}/${checkpointsPath}`;
  try {
    return await files.open(path, "write");
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
  }
  const file = await files.open(path, "create");
  await files.syncDirectory(directory);
  return file;
}

/** Writes a note once more as it is: who was killed in its sync left it in memory only. */
async function storeNote(files: LogFiles, path: string, note: PlacedNote): Promise<void> {
  const file = await files.open(path, "write");
  try {
    await writeAll(file, note.bytes, note.offset);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Whether a note that all of several keys had to sign has not all of them, and nobody was shown it. */
async function isHalf(note: PlacedNote, options: NotaryOptions): Promise<boolean> {
  const { files, directory, signers } = options;
  if (signers.length < 2) return false;
  const { head, note: kept } = parseCheckpoint(note.bytes);
  const names = new Set(kept.signatures.map(({ keyId }) => keyId));
  if (signers.every(({ keyId }) => names.has(keyId))) return false;
  const shown = await readWhole(files, `${directory}/${checkpointPath}`);
  return shown === undefined || parseCheckpoint(shown).head.size < head.size;
}

/** Puts a copy without the unfinished note in place of the file. */
async function cutNotes(files: LogFiles, path: string, end: number): Promise<void> {
  const temporary = `${path}.new`;
  await removeIfThere(files, temporary);
  const source = await files.open(path, "read");
  try {
    const copy = await files.open(temporary, "create");
    try {
      for (let at = 0; at < end; at += copyBytes) {
        await writeAll(copy, await source.read(at, Math.min(copyBytes, end - at)), at);
      }
      await copy.sync();
    } finally {
      await copy.close();
    }
  } finally {
    await source.close();
  }
  await files.rename(temporary, path);
  await files.syncDirectory(path.slice(0, path.lastIndexOf("/")));
}
