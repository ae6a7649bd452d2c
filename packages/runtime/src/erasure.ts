import { join } from "node:path";
import { openLog } from "@holdfast/log";
import type { LogFiles } from "@holdfast/log";
import {
  commitmentTo,
  encodeRecord,
  erasedRunsMax,
  HoldfastError,
  nearestName,
  saltBytes,
} from "@holdfast/model";
import type { LogRecord } from "@holdfast/model";
import type { Clock } from "./clock.ts";
import type { Random } from "./evidence.ts";
import { needNoHold } from "./held-log.ts";
import { knownSubjects } from "./known-subjects.ts";
import { keyOf, signNow } from "./sign-now.ts";
import { snapshotFolder } from "./snapshot/manifest.ts";
import { findTraces } from "./subject-traces.ts";
import type { Subject } from "./subject-traces.ts";
import { destroyFile, nodeStepFiles } from "./step-files.ts";
import type { StepFiles } from "./step-files.ts";
import type { KeyWrapper } from "./vault/key-encryption-key.ts";
import { Vault } from "./vault/vault.ts";

/** What an erasure is made with. */
export interface ErasureOptions {
  readonly directory: string;
  readonly subject: Subject;
  /** stays in the log for ever, so it names nobody */
  readonly reason: string;
  /** who asked for it */
  readonly by: string;
  readonly clock: Clock;
  readonly random: Random;
  /** the one the guard is opened with */
  readonly keyWrapper?: KeyWrapper;
  /** the real file system when absent */
  readonly files?: LogFiles;
  readonly stepFiles?: StepFiles;
}

/** What an erasure did. */
export interface Erasure {
  /** payloads that are zeros now */
  readonly payloads: number;
  /** index of its last record */
  readonly sequence: number;
}

/**
 * Reads a subject: `user:ana`.
 *
 * @throws HoldfastError `erasure_subject`
 */
export function readSubject(text: string): Subject {
  const [, kind, id] = /^(user|agent|session):(.+)$/su.exec(text) ?? [];
  if (id !== undefined && (kind === "user" || kind === "agent" || kind === "session")) {
    return { kind, id };
  }
  const message = `\`${text}\` names nobody; write user:ID, agent:ID or session:ID`;
  throw new HoldfastError("erasure_subject", message);
}

/**
 * Destroys what the log holds of a subject: payloads of its actions and outcomes, and of the
 * prompts, documents and memory of the sessions it acted in, become zeros with their salts, so that
 * not even a guess can be confirmed. Keys that are the subject's alone are destroyed, and with them every
 * copy of what they sealed. What was derived from them (snapshot, index) goes with them and
 * is made anew. Records, and so every proof, stay. No guard may have the log open.
 *
 * @throws HoldfastError `log_locked`; `erasure_held` while a legal hold is in force; `erasure_unknown` where
 * nothing of the subject is left; `log_key` where the key that signs the log is not there, and nothing is recorded in
 * any of these cases; `erasure_pruned` where only a snapshot knows the beginning;
 * `vault_key` where a key of the subject cannot be told; `log_…`, `payload_…` on a log that cannot
 * be read whole
 */
export async function eraseSubject(options: ErasureOptions): Promise<Erasure> {
  const { directory, clock, stepFiles = nodeStepFiles } = options;
  const now = (): number => Math.max(0, Math.floor(clock.wallMs()));
  const files = options.files === undefined ? {} : { files: options.files };
  const opening = { directory, origin: "holdfast", now, ...files };
  const vault = await Vault.open({ directory, wrapper: options.keyWrapper, files: stepFiles });
  // What is zeros though no record says so is damage, so the record is there first.
  const log = await openLog(opening);
  let sequence = 0;
  let erase: ReadonlySet<number>;
  try {
    await needNoHold(directory, "erasure_held", "nothing is erased while a hold is in force");
    const traces = await findTraces(directory, options.subject, vault);
    erase = traces.payloads;
    if (erase.size === 0) throw await unknownSubject(options, vault);
    const signer = await keyOf(directory, log);
    destroyDerived(directory, stepFiles);
    for (const record of recordsOf(options, now(), erase)) {
      const { index, durable } = log.append(encodeRecord(record));
      await durable;
      sequence = index;
    }
    // Below a checkpoint only a record of an erasure counts that a checkpoint covers.
    await signNow(directory, log, signer);
    vault?.destroy(traces.keys);
  } finally {
    await log.close();
  }
  await (await openLog({ ...opening, erase })).close();
  return { payloads: erase.size, sequence };
}

/**
 * WHY no record of an erasure that found nothing: its subject is committed to with a salt that nobody
 * keeps, so it would show nothing of whom was looked for, and a slip of the pen would pass for an erasure.
 */
async function unknownSubject(
  { directory, subject: { kind, id } }: ErasureOptions,
  vault: Vault | undefined,
): Promise<HoldfastError> {
  const near = nearestName(id, await knownSubjects(directory, kind, vault));
  const help = near === undefined ? "look how it is written" : `did you mean \`${kind}:${near}\`?`;
  const message = `no payload of \`${kind}:${id}\` is there to be erased; ${help}`;
  return new HoldfastError("erasure_unknown", message);
}

function recordsOf(
  { subject, reason, by, random }: ErasureOptions,
  time: number,
  erase: ReadonlySet<number>,
): readonly LogRecord[] {
  const name = commitmentTo("subject", `${subject.kind}:${subject.id}`, random(saltBytes));
  const runs = runsOf([...erase].sort((a, b) => a - b));
  const records: LogRecord[] = [];
  do {
    const erased = runs.splice(0, erasedRunsMax);
    records.push({ v: 1, kind: "erasure", time, subject: name, reason, by, erased });
  } while (runs.length > 0);
  return records;
}

/** First and last of each run of numbers that follow each other. */
function runsOf(sorted: readonly number[]): [number, number][] {
  const runs: [number, number][] = [];
  for (const index of sorted) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === index - 1) last[1] = index;
    else runs.push([index, index]);
  }
  return runs;
}

/** Overwrites and removes what can be made anew from the log, and may hold what is erased. */
function destroyDerived(directory: string, files: StepFiles): void {
  const folder = join(directory, snapshotFolder);
  const names = files.list(folder);
  for (const name of names ?? []) destroyFile(files, join(folder, name));
  if (names !== undefined) files.removeFolder(folder);
  for (const name of files.list(directory) ?? []) {
    if (!name.startsWith("index.db")) continue;
    const path = join(directory, name);
    if (files.isFolder(path)) files.removeFolder(path);
    else destroyFile(files, path);
  }
}
