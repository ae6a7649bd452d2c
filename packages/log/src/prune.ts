import { encodeRecord, HoldfastError } from "@holdfast/model";
import type { LogFiles } from "./files.ts";
import { removeIfThere } from "./files.ts";
import { payloadSeries, recordSeries } from "./layout.ts";
import type { Log } from "./log.ts";
import { writeMinimum } from "./minimum-index.ts";
import { readBody } from "./payload-reference.ts";
import { surveyLog } from "./survey.ts";
import type { SeriesFile, Survey } from "./survey.ts";
import { headOf } from "./tree.ts";
import { walkRecords } from "./walk.ts";

/** What pruning would take away. */
export interface PrunePlan {
  /** first record that is there now, and the first that would be */
  readonly first: number;
  readonly minimum: number;
  /** root of the tree over all records before `minimum`; lower-case hex */
  readonly root: string;
  /** no record that goes is as new as this; ms UTC */
  readonly beforeMs: number;
  /** paths in the log directory, oldest first */
  readonly segments: readonly string[];
  readonly payloads: readonly string[];
}

/**
 * What can go of a log: whole segments, oldest first, with no record as new as `beforeMs`, with the
 * payload files that hold payloads of such records alone. The last two segments stay, and every
 * record from `covered` on. Undefined when nothing can.
 *
 * @throws HoldfastError `log_missing`; LogDamagedError where the segments it reads are damaged
 */
export async function planPrune(options: {
  readonly files: LogFiles;
  readonly directory: string;
  /** ms UTC */
  readonly beforeMs: number;
  /** so many records are not needed any more by whoever folds the log */
  readonly covered: number;
}): Promise<PrunePlan | undefined> {
  const { files, directory, beforeMs, covered } = options;
  const survey = await surveyLog(files, directory);
  const segments = survey.records.files;
  const first = segments[0]?.first ?? 0;
  // A segment may go when the next one begins no later than what is covered.
  const most = segments.slice(0, -2).filter((_, at) => (segments[at + 1]?.first ?? 0) <= covered);
  if (most.length === 0) return undefined;
  const live = await files.isLocked(directory);
  const old = new Map<number, string>();
  const starts = new Set(segments.map((segment) => segment.first));
  for await (const { bytes, group } of walkRecords({ files, directory, survey, from: 0, live })) {
    const { before, entries } = group;
    const { size } = before.frontier;
    if (starts.has(size) && size > first) old.set(size, headOf(before.frontier).root);
    if (old.size > most.length) break;
    const isOld = entries.every(
      ({ content, end }) => timeOf(bytes.subarray(content, end)) < beforeMs,
    );
    if (!isOld) break;
  }
  const ends = most.map((_, at) => segments[at + 1]?.first ?? 0).filter((end) => old.has(end));
  const minimum = ends.at(-1);
  const root = minimum === undefined ? undefined : old.get(minimum);
  if (minimum === undefined || root === undefined) return undefined;
  const gone = segments.filter((segment) => segment.first < minimum).map(({ path }) => path);
  return {
    first,
    minimum,
    root,
    beforeMs,
    segments: gone,
    payloads: payloadsBelow(survey, minimum),
  };
}

/**
 * Prunes a log: records what goes and by whom, has a checkpoint signed over that, and only then
 * unlinks. A crash on the way leaves more than it should, which the next pruning takes.
 *
 * @param sign signs the head of the log as it is now
 * @throws HoldfastError `log_…`; what the file system answers
 */
export async function pruneLog(options: {
  readonly files: LogFiles;
  readonly directory: string;
  readonly log: Log;
  readonly plan: PrunePlan;
  readonly by: string;
  /** integer ms UTC */
  readonly timeMs: number;
  readonly sign: () => Promise<unknown>;
}): Promise<void> {
  const { files, directory, log, plan, by, timeMs, sign } = options;
  const { minimum, root, first, beforeMs } = plan;
  if (minimum <= first || minimum >= log.head.size) {
    throw new HoldfastError("log_prune", `records before ${minimum} are not there to be pruned`);
  }
  const record = encodeRecord({
    v: 1,
    kind: "pruned",
    time: timeMs,
    minimum,
    root,
    previous: first,
    before: beforeMs,
    by,
  });
  await log.append(record).durable;
  await sign();
  await writeMinimum(files, directory, minimum);
  for (const path of [...plan.segments, ...plan.payloads]) {
    await removeIfThere(files, `${directory}/${path}`);
  }
  for (const { folder } of [recordSeries, payloadSeries]) {
    await files.syncDirectory(`${directory}/${folder}`);
  }
}

/** Payload files whose records all come before `minimum`: the next one begins no later. */
function payloadsBelow(survey: Survey, minimum: number): readonly string[] {
  const all: readonly SeriesFile[] = survey.payloads.files;
  return all
    .filter((_, at) => (all[at + 1]?.first ?? Number.POSITIVE_INFINITY) <= minimum)
    .map(({ path }) => path);
}

/** A record without a time is as new as can be. */
function timeOf(body: Buffer): number {
  const time: unknown = Reflect.get(readBody(body), "time");
  return typeof time === "number" ? time : Number.POSITIVE_INFINITY;
}
