import { heldCodes, judgeCheckpoint, keptCodes, orderProblem } from "./checkpoint-chain.ts";
import { readChain, readOwnKeys } from "./checkpoint-chain.ts";
import type { FoundCheckpoint, LogBehind } from "./checkpoint-chain.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { Folder } from "./folder.ts";
import { contentEnd } from "./frame.ts";
import { parseDescription } from "./log-text.ts";
import type { Problem } from "./problem.ts";
import { RecordChecks } from "./record-checks.ts";
import type { PayloadCounts } from "./record-checks.ts";
import { readRecords } from "./record-reader.ts";
import type { RecordsEnd } from "./record-reader.ts";
import { listSeries } from "./series.ts";
import type { Series } from "./series.ts";
import type { VerifierKey } from "./signed-note.ts";

/** What an auditor holds that this machine cannot write. */
export interface VerifyOptions {
  /** keys the log must be signed with; its own, which prove nothing alone, when there are none */
  readonly keys?: readonly VerifierKey[];
  /** checkpoints kept elsewhere, each with a name to tell it by: the log must contain them */
  readonly held?: readonly { readonly name: string; readonly checkpoint: Checkpoint }[];
  /** heads without a signature, kept elsewhere: the log must contain them */
  readonly heads?: readonly { readonly size: number; readonly root: string }[];
}

/** What was found. */
export interface Verdict {
  /**
   * `torn`: nothing is wrong but an unfinished group at the end, as a crash leaves it; no caller
   * was told that it is durable. `damaged`: anything else is wrong.
   */
  readonly state: "intact" | "torn" | "damaged";
  readonly origin?: string;
  /** records that are vouched for, the pruned ones included */
  readonly size: number;
  /** their RFC 6962 root in lower-case hex */
  readonly root: string;
  /** the first record that is there; above 0 in a log that was pruned */
  readonly begins: number;
  readonly groups: number;
  readonly segments: number;
  readonly payloads: PayloadCounts;
  readonly checkpoints: {
    /** notes that the log keeps, and the size of the newest */
    readonly kept: number;
    readonly newest?: number;
    /** whose keys they were held to */
    readonly keys: "given" | "own" | "none";
  };
  /** sizes of the held checkpoints and heads that the log contains */
  readonly contains: readonly number[];
  readonly problems: readonly Problem[];
}

/**
 * Checks every byte of a log that is evidence: `log.json`, `seg/`, `payload/`, `checkpoint`,
 * `checkpoints`, `keys/log.vkey`. Everything else beside them is derived from these, or secret,
 * and is not read. Never throws for what is wrong with a log; throws when a file cannot be read.
 */
export function verifyLog(folder: Folder, options: VerifyOptions = {}): Verdict {
  const stored = folder.read("log.json");
  const description = stored === undefined ? undefined : parseDescription(stored);
  if (description === undefined) return undescribed(stored !== undefined);
  const chain = readChain(folder);
  const own = readOwnKeys(folder);
  const held = (options.held ?? []).map(({ name: file, checkpoint }) => ({
    file,
    offset: 0,
    checkpoint,
  }));
  const heads = options.heads ?? [];
  const sizes = [...chain.found, ...held].map(({ checkpoint }) => checkpoint.size);
  sizes.push(...heads.map(({ size }) => size));
  const roots = new Map<number, string | undefined>(sizes.map((size) => [size, undefined]));
  const segments = listSeries(folder, "seg", ".seg");
  const payloads = listSeries(folder, "payload", ".pay");
  const checks = new RecordChecks({ folder, description, payloads, segments });
  const records = readRecords({ folder, series: segments, description, roots });
  let step = records.next();
  for (; step.done !== true; step = records.next()) checks.check(step.value);
  const end = step.value;
  checks.finish(end);
  const log = { origin: description.origin, size: end.tree.size, begins: end.begins, roots };
  const keys = options.keys ?? own.keys;
  const kept = keptProblems(chain.found, log, keys);
  const heldProblems = [
    ...held.map((one) => judgeCheckpoint(one, log, keys, heldCodes)),
    ...heads.map((head) => judgeHead(head, log)),
  ];
  const asked = [...held.map(({ checkpoint }) => checkpoint.size), ...heads.map((one) => one.size)];
  const problems = [
    ...(end.problem === undefined ? [] : [end.problem]),
    ...checks.problems,
    ...folderProblems(folder, segments, payloads),
    ...chain.problems,
    ...own.problems,
    ...kept,
    ...heldProblems.filter((one) => one !== undefined),
    ...vouchProblems(end, checks, kept.length === 0 ? chain.found : []),
  ];
  return {
    ...stateOf(problems),
    origin: description.origin,
    size: end.tree.size,
    root: end.tree.rootText(),
    begins: end.begins,
    groups: end.groups,
    segments: segments.files.length,
    payloads: checks.counts,
    checkpoints: {
      kept: chain.found.length,
      ...newestOf(chain.found),
      keys: options.keys !== undefined ? "given" : own.keys.length > 0 ? "own" : "none",
    },
    contains: asked.filter((_, place) => heldProblems[place] === undefined),
    problems,
  };
}

function undescribed(isThere: boolean): Verdict {
  const message = isThere ? "does not describe a log in format 1" : "is not there";
  const code = isThere ? "log_description" : "log_missing";
  return {
    state: "damaged",
    size: 0,
    root: "",
    begins: 0,
    groups: 0,
    segments: 0,
    payloads: { named: 0, present: 0, erased: 0, missing: 0 },
    checkpoints: { kept: 0, keys: "none" },
    contains: [],
    problems: [{ code, file: "log.json", message }],
  };
}

function stateOf(problems: readonly Problem[]): Pick<Verdict, "state"> {
  if (problems.length === 0) return { state: "intact" };
  return { state: problems.every(({ code }) => code === "log_torn_tail") ? "torn" : "damaged" };
}

function newestOf(found: readonly FoundCheckpoint[]): { newest?: number } {
  const newest = found.at(-1)?.checkpoint.size;
  return newest === undefined ? {} : { newest };
}

function keptProblems(
  found: readonly FoundCheckpoint[],
  log: LogBehind,
  keys: readonly VerifierKey[],
): readonly Problem[] {
  const judged = found.map((one) => judgeCheckpoint(one, log, keys, keptCodes));
  return [...judged, orderProblem(found)].filter((one) => one !== undefined);
}

function judgeHead(
  { size, root }: { readonly size: number; readonly root: string },
  log: LogBehind,
): Problem | undefined {
  const file = "held head";
  if (size > log.size) {
    const message = `has ${size} records, the log vouches for ${log.size}`;
    return { code: heldCodes.behind, file, fromIndex: log.size, message };
  }
  if (size < log.begins || log.roots.get(size) === root) return undefined;
  const message = `the first ${size} records do not have its root`;
  return { code: heldCodes.root, file, message };
}

/** What lies in the folders of the two series besides their files. */
function folderProblems(folder: Folder, ...all: readonly Series[]): readonly Problem[] {
  const problems: Problem[] = [];
  for (const { extra, prepared } of all) {
    for (const file of extra) {
      problems.push({ code: "log_extra_file", file, message: "not a file of a log" });
    }
    const bytes = prepared === undefined ? undefined : folder.read(prepared);
    const end = bytes === undefined ? 0 : contentEnd(bytes, 0);
    if (prepared === undefined || end === 0) continue;
    const message = "prepared file is not all zeros";
    problems.push({ code: "log_zero_tail", file: prepared, offset: end - 1, message });
  }
  return problems;
}

/**
 * What comes before the first record of a pruned log is known from that segment's header alone:
 * a signed root over it has to vouch for the header, and a record has to say that it was pruned.
 */
function vouchProblems(
  { begins, problem }: RecordsEnd,
  { prunedTo }: RecordChecks,
  vouching: readonly FoundCheckpoint[],
): readonly Problem[] {
  if (begins === 0 || problem !== undefined) return [];
  const file = `seg/${String(begins).padStart(20, "0")}.seg`;
  const missing = (message: string): Problem => ({
    code: "log_missing_segment",
    file,
    fromIndex: 0,
    message,
  });
  if (!vouching.some(({ checkpoint }) => checkpoint.size >= begins)) {
    return [missing(`nothing before record ${begins} is there, and no checkpoint vouches for it`)];
  }
  if (prunedTo === begins) return [];
  return [missing(`nothing before record ${begins} is there, and no record says it was pruned`)];
}
