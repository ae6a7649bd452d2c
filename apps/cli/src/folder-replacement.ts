import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import type { PolicyFileText } from "@holdfast/engine";
import { makeFolder } from "@holdfast/log";
import { badArguments } from "./failure.ts";
import { unwritable } from "./file-replacement.ts";

/**
 * Puts `files` in the place of everything in the folder. WHY in steps: after a crash at any of
 * them the policy folder holds the old set, the new one, or both, never a part of one and never
 * nothing where a set was. Both are refused when they share a document, and grant nothing that
 * neither grants when they do not. What a crash left is put right by the next run.
 *
 * @throws CommandFailure exit 2 when it cannot be written; what was there is as it was
 */
export function replaceFolder(folder: string, files: readonly PolicyFileText[]): void {
  const place = existsSync(folder) ? realpathSync(folder) : resolve(folder);
  const { next, old } = namesAt(place);
  try {
    putRight(place);
    makeFolder(next);
    for (const { path, text } of files) {
      const target = join(next, relative(folder, path));
      makeFolder(dirname(target));
      writeFileSync(target, text, { flag: "wx", flush: true });
    }
    if (existsSync(place)) exchange(place);
    else renameSync(next, place);
  } catch (error) {
    throw unwritable(folder, error);
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
  rmSync(old, { recursive: true, force: true });
}

/** What stands beside a folder while it is replaced. */
interface ReplacementNames {
  /** the new set while it is written */
  readonly next: string;
  /** the new set once it is whole, in force while nothing is in its place */
  readonly beside: string;
  /** the set that was */
  readonly old: string;
}

/** Nobody else gives such names. */
function namesAt(place: string, pid: number = process.pid): ReplacementNames {
  const beside = join(dirname(place), `${basename(place)}.holdfast-next-${pid}`);
  // Names that begin with a dot are no part of a policy folder.
  const hidden = (what: string) =>
    join(dirname(place), `.${basename(place)}.holdfast-${what}-${pid}`);
  return { next: hidden("next"), beside, old: hidden("old") };
}

function exchange(place: string): void {
  const { next, beside, old } = namesAt(place);
  // A folder that may not be written is to stay, though its name could be given to another.
  accessSync(place, constants.W_OK);
  chmodSync(next, statSync(place).mode & 0o7777);
  renameSync(next, beside);
  try {
    renameSync(place, old);
    renameSync(beside, place);
  } catch (error) {
    if (existsSync(old)) renameSync(old, place);
    renameSync(beside, next);
    throw error;
  }
}

/**
 * Puts right what runs left that were killed: where the place is empty the new set takes it, which was whole by
 * then, and what nobody reads is removed.
 *
 * @throws CommandFailure exit 2 for a new set beside one that is in its place. WHY not removed: both are in
 * force, and which of them is to stay is not for this run to say.
 */
function putRight(place: string): void {
  for (const pid of pidsLeft(place)) {
    const { next, beside, old } = namesAt(place, pid);
    if (!existsSync(place) && existsSync(old)) renameSync(existsSync(beside) ? beside : old, place);
    if (existsSync(beside)) {
      throw badArguments(
        `\`${beside}\` was left by a run that was killed; remove it, and run this again`,
      );
    }
    for (const path of [next, old]) rmSync(path, { recursive: true, force: true });
  }
}

/** Numbers of the processes that left something beside a place and are no more; ours was another's before. */
function pidsLeft(place: string): readonly number[] {
  const folder = dirname(place);
  if (!existsSync(folder)) return [];
  const pids = readdirSync(folder).flatMap((name) => {
    const plain = name.startsWith(".") ? name.slice(1) : name;
    if (!plain.startsWith(`${basename(place)}.`)) return [];
    const after = plain.slice(basename(place).length);
    const pid = /^\.holdfast-(?:next|old)-(?<pid>\d+)$/u.exec(after)?.groups?.["pid"];
    return pid === undefined ? [] : [Number(pid)];
  });
  return [...new Set(pids)].filter((pid) => pid === process.pid || !isRunning(pid));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}
