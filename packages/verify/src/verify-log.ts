import { readChain, readOwnKeys } from "./checkpoint-chain.ts";
import type { FoundCheckpoint } from "./checkpoint-chain.ts";
import { headProblem, heldProblem, judgeKept } from "./checkpoint-checks.ts";
import type { Head } from "./checkpoint-checks.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { Folder } from "./folder.ts";
import { contentEnd } from "./frame.ts";
import { KeyRing } from "./key-ring.ts";
import { parseDescription } from "./log-text.ts";
import type { Problem } from "./problem.ts";
import { RecordChecks } from "./record-checks.ts";
import type { PayloadCounts, Pruning } from "./record-checks.ts";
import { readRecords } from "./record-reader.ts";
import type { RecordsEnd } from "./record-reader.ts";
import { listSeries } from "./series.ts";
import type { Series } from "./series.ts";
import type { VerifierKey } from "./signed-note.ts";

/** What an auditor holds that this machine cannot write. */
export interface VerifyOptions {
  /**
   * keys to believe, and those they hand over to; when there are none the oldest of the log's own,
   * which proves nothing alone
   */
  readonly keys?: readonly VerifierKey[];
  /** checkpoints kept elsewhere, each with a name to tell it by: the log must contain them */
  readonly held?: readonly { readonly name: string; readonly checkpoint: Checkpoint }[];
  /** heads without a signature, kept elsewhere: the log must contain them */
  readonly heads?: readonly Head[];
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
  if (description === undefined) return undescribed(folder, stored);
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
  const ring = new KeyRing(description.origin, options.keys ?? own.keys.slice(0, 1));
  const checks = new RecordChecks({ folder, description, payloads, segments, ring });
  const records = readRecords({ folder, series: segments, description, roots });
  let step = records.next();
  for (; step.done !== true; step = records.next()) checks.check(step.value);
  const end = step.value;
  checks.finish(end);
  const log = { origin: description.origin, size: end.tree.size, begins: end.begins, roots };
  const known = [...own.keys, ...(options.keys ?? [])];
  const kept = judgeKept(chain.found, log, { known, ring });
  const believed = options.keys === undefined ? known : ring.trusted;
  const asked = [
    ...held.map((one) => ({ size: one.checkpoint.size, wrong: heldProblem(one, log, believed) })),
    ...heads.map((head) => ({ size: head.size, wrong: headProblem(head, log) })),
  ];
  const contained = asked.filter(({ wrong }) => wrong === undefined).map(({ size }) => size);
  const covered = Math.max(kept.covered, ...contained);
  const problems = [
    ...(end.problem === undefined ? [] : [end.problem]),
    ...checks.problems(covered),
    ...folderProblems(folder, segments, payloads),
    ...chain.problems,
    ...own.problems,
    ...kept.problems,
    ...asked.map(({ wrong }) => wrong).filter((one) => one !== undefined),
    ...pruningProblems(end, checks.pruning(covered)),
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
    contains: asked
      .filter(({ size, wrong }) => wrong === undefined && size >= end.begins)
      .map(({ size }) => size),
    problems,
  };
}

/** `log.json` is made last of all, so what has segments and no description has lost it. */
function undescribed(folder: Folder, stored: Buffer | undefined): Verdict {
  const isMissing = stored === undefined && folder.list("seg").length === 0;
  const code = isMissing ? "log_missing" : "log_description";
  const message = stored === undefined ? "is not there" : "does not describe a log in format 1";
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
 * What comes before the first record is known from that segment's header alone. A record of the
 * log has to say that it was pruned, and which root the tree had there: the roots of all later
 * groups, and what was signed of them, then vouch for both.
 */
function pruningProblems(
  { begins, beginRoot, problem }: RecordsEnd,
  pruning: Pruning | undefined,
): readonly Problem[] {
  if (begins === 0 || (problem !== undefined && problem.code !== "log_torn_tail")) return [];
  const file = `seg/${String(begins).padStart(20, "0")}.seg`;
  const fromIndex = 0;
  if (pruning === undefined || pruning.minimum < begins) {
    const message = `nothing before record ${begins} is there, and no record says it was pruned`;
    return [{ code: "log_missing_segment", file, fromIndex, message }];
  }
  // A pruning that a crash interrupted has removed less than its record says.
  if (pruning.minimum > begins || pruning.root === beginRoot) return [];
  const message = `the record of the pruning names another root of those before ${begins}`;
  return [{ code: "log_pruned", file, fromIndex, message }];
}
