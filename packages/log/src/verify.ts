import { headOfAnchor, readAnchors } from "./checkpoint/anchor.ts";
import type { Anchor, ReadAnchor } from "./checkpoint/anchor.ts";
import { CheckpointCheck } from "./checkpoint/checkpoint-check.ts";
import { misfitOf } from "./checkpoint/kept-checkpoint.ts";
import { LogDamagedError, tornTail } from "./damage.ts";
import type { Damage } from "./damage.ts";
import { ErasureCheck } from "./erasure-check.ts";
import { HoldCheck } from "./hold-check.ts";
import { readWhole } from "./files.ts";
import type { LogFiles } from "./files.ts";
import { HeadWatch } from "./head-watch.ts";
import { nodeFiles } from "./node-files.ts";
import type { VerifierKey } from "./note/verifier-key.ts";
import { PayloadCursor } from "./payload-cursor.ts";
import { TabledPayloads } from "./tabled-payloads.ts";
import type { PayloadStanding } from "./tabled-payloads.ts";
import { findingOfRow, stepsOfTable } from "./tabled-segment.ts";
import type { TabledGroup } from "./tabled-segment.ts";
import { tabledFiles, TableReading } from "./table-reading.ts";
import type { LogAhead, TabledFile } from "./table-reading.ts";
import type { RecordFinding } from "./record-finding.ts";
import type { RecordRows } from "./record-rows.ts";
import { checkSegment } from "./segment-check.ts";
import type { CheckedGroup } from "./segment-check.ts";
import { addCoverage, problemsMax, undescribed } from "./report.ts";
import type { Verified, VerifyReport } from "./report.ts";
import { PruningCheck } from "./pruning-check.ts";
import { readPrunedLeaves } from "./pruned-part.ts";
import { surveyLog } from "./survey.ts";
import type { SeriesFile, Survey } from "./survey.ts";
import { endOfContent } from "./torn-write.ts";
import { headOf } from "./tree.ts";
import type { LogHead } from "./tree.ts";
import { walkSegments } from "./walk.ts";
import type { WalkEnd } from "./walk.ts";

export interface VerifyOptions {
  /** a head of this log kept elsewhere; the log must still contain it */
  readonly held?: LogHead;
  /** checkpoints of this log kept elsewhere; the log must still contain them */
  readonly anchors?: readonly Anchor[];
  /** keys to believe, instead of the oldest one in the log's own folder */
  readonly keys?: readonly VerifierKey[];
  readonly files?: LogFiles;
  /**
   * bytes of a file that are in memory at a time, 2 MiB unless said; a file is read as a whole where
   * anything in it is wrong, and where a group or payload is larger
   */
  readonly windowBytes?: number;
  /** reads these files meanwhile, given as they are needed; undefined where it cannot, or it is not worth it */
  readonly readAhead?: (files: readonly TabledFile[]) => LogAhead | undefined;
}

/**
 * Checks every byte of every file of a log against everything it says about itself and, when
 * given, against a head held elsewhere. Changes nothing and takes no lock. While the log is
 * locked, what a writer may be writing just then (whole payloads, or a group not yet whole) is
 * left out and said so; a lock excuses nothing else. Never throws for damage.
 *
 * @throws HoldfastError `log_missing` when there is no log; the system's error when a file cannot
 *   be read
 */
export async function verifyLog(
  directory: string,
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  const { files = nodeFiles, held } = options;
  const verified = await verifyOnce(files, directory, options, false);
  // A writer that began meanwhile would look like damage at the end.
  const again = verified.problems.length > 0 && (await files.isLocked(directory));
  return addCoverage(again ? await verifyOnce(files, directory, options, true) : verified, held);
}

async function verifyOnce(
  files: LogFiles,
  directory: string,
  options: VerifyOptions,
  live: boolean,
): Promise<Verified> {
  try {
    const { origin } = (await surveyLog(files, directory)).described.description;
    const isLive = live || (await files.isLocked(directory));
    const { keys } = options;
    const checked = { files, directory, origin, ...(keys === undefined ? {} : { keys }) };
    const checkpoints = await CheckpointCheck.open(checked);
    const anchors = await readAnchors(options.anchors ?? [], checkpoints.believed, origin);
    // Once more: a writer signs only what is in the segments that there are by now.
    const survey = await surveyLog(files, directory);
    const { held, windowBytes } = options;
    const parts = { files, directory, survey, live: isLive, checkpoints, anchors, windowBytes };
    const withHeld = held === undefined ? parts : { ...parts, held };
    // What a writer may be adding to is read after the records that name it.
    const ahead = isLive ? undefined : options.readAhead?.(tabledFiles(directory, survey));
    if (ahead === undefined) return await new Verification(withHeld).run();
    try {
      return await new Verification({ ...withHeld, ahead }).run();
    } finally {
      await ahead.close();
    }
  } catch (error) {
    if (error instanceof LogDamagedError) return undescribed(error.damage);
    throw error;
  }
}

/** One verification: counts and problems gathered while walking. */
class Verification {
  readonly #files: LogFiles;
  readonly #directory: string;
  readonly #survey: Survey;
  readonly #live: boolean;
  readonly #held: LogHead | undefined;
  readonly #anchors: readonly ReadAnchor[];
  readonly #checkpoints: CheckpointCheck;
  readonly #problems: Damage[] = [];
  readonly #payloads = { named: 0, present: 0, erased: 0, missing: 0 };
  readonly #erasures = new ErasureCheck();
  readonly #holds = new HoldCheck();
  readonly #cursor: PayloadCursor;
  /** the cursor, or what stands before it */
  readonly #reader: PayloadCursor | TabledPayloads;
  readonly #reading: TableReading;
  readonly #watch: HeadWatch;
  #groups = 0;
  /** the tree before the first record that is there */
  #begin: LogHead | undefined;
  readonly #prunings = new PruningCheck();

  constructor(parts: VerificationParts) {
    this.#files = parts.files;
    this.#directory = parts.directory;
    this.#survey = parts.survey;
    this.#live = parts.live;
    this.#held = parts.held;
    this.#anchors = parts.anchors;
    this.#checkpoints = parts.checkpoints;
    const { files, directory, survey, held, ahead, windowBytes } = parts;
    const { description, digest } = survey.described;
    const log = { origin: description.origin, digest };
    const listing = survey.payloads.files;
    const from = survey.records.files[0]?.first ?? 0;
    const cursor = new PayloadCursor({ files, directory, listing, log, from });
    this.#cursor = cursor;
    const reading = new TableReading(files, { ahead, windowBytes });
    this.#reading = reading;
    // What a writer may be adding to is read after the records that name it, and not through.
    this.#reader = this.#live
      ? cursor
      : new TabledPayloads({ cursor, reading, directory, log, listing });
    const heads = [...(held === undefined ? [] : [held]), ...parts.anchors.map(headOfAnchor)];
    this.#watch = new HeadWatch(heads.map(({ size }) => size));
  }

  async run(): Promise<Verified> {
    // Where the log may begin is asked of its records: `minimum` is a hint for whoever opens it.
    const survey = { ...this.#survey, minimum: Number.MAX_SAFE_INTEGER };
    const options = { files: this.#files, directory: this.#directory, survey };
    const first = this.#survey.records.files[0]?.first ?? 0;
    const pruned = await this.#passPruned(first);
    const walk = walkSegments<CheckedGroup | TabledGroup>(
      { ...options, from: 0, live: this.#live },
      {
        scan: checkSegment,
        ahead: async (file, context) => {
          const path = `${this.#directory}/${file.path}`;
          const table = await this.#reading.segment(path, context.isLast);
          return table && stepsOfTable(file, table, context);
        },
      },
    );
    let step = await walk.next();
    if (step.done !== true) this.#begin = headOf(step.value.group.before.frontier);
    for (; step.done !== true; step = await walk.next()) {
      if ("rows" in step.value) await this.#checkTabled(step.value);
      else await this.#checkGroup(step.value);
      this.#groups += 1;
    }
    const end = step.value;
    const head = headOf(end.state.frontier);
    if (end.tail.state === "damaged") this.#problems.push(end.tail.damage);
    const tail = await this.#checkTail(end);
    await this.#checkFolders();
    const held = this.#checkHeld(head);
    const anchors = this.#checkAnchors(head);
    const checkpoints = await this.#checkpoints.finish(head.size, this.#live);
    this.#problems.push(...this.#checkpoints.problems);
    const contained = anchors.map(({ size }) => size);
    const covered = Math.max(checkpoints.newest ?? 0, held, ...contained);
    this.#problems.push(...this.#erasures.problems(covered));
    if (first > 0) {
      const { path: file } = this.#survey.records.files[0] ?? { path: "seg" };
      const begun = { first, file, begin: this.#begin, left: pruned };
      this.#problems.push(...this.#prunings.problems(begun, covered));
    }
    const segments = this.#survey.records.files.length;
    const { length } = this.#problems;
    const problems = this.#problems.slice(0, problemsMax);
    const counts = { groups: this.#groups, segments, payloads: this.#payloads };
    const live = this.#live;
    return {
      head,
      live,
      tail,
      ...counts,
      first,
      checkpoints,
      anchors,
      problems,
      ...(length > problemsMax ? { more: length } : {}),
    };
  }

  /** The leaves that are left of pruned records, so that older heads are held to them. */
  async #passPruned(first: number): Promise<LogHead | undefined> {
    const leaves = readPrunedLeaves(this.#files, this.#directory, first);
    let step = await leaves.next();
    for (; step.done !== true; step = await leaves.next()) {
      this.#watch.pass(step.value);
      await this.#checkpoints.pass(step.value);
    }
    return step.value === undefined ? undefined : headOf(step.value);
  }

  async #checkGroup({ file, group, findings }: CheckedGroup): Promise<void> {
    this.#watch.pass(group);
    const { batch } = group.after;
    for (const finding of findings) await this.#checkRecord(file, batch, finding);
    await this.#checkpoints.pass(group);
  }

  /** As `#checkGroup`, making objects only of what is unusual. */
  async #checkTabled({ file, group, rows, batch, from, to }: TabledGroup): Promise<void> {
    if (this.#watch.isDue(group.size)) this.#watch.pass(group);
    for (let row = from; row < to; row += 1) {
      if (this.#isPresent(rows, row, batch)) continue;
      const finding = findingOfRow(rows, row);
      if (finding !== undefined) await this.#checkRecord(file, batch, finding);
    }
    if (this.#checkpoints.isDue(group.size)) await this.#checkpoints.pass(group);
  }

  /** Does what `#checkRecord` does for most rows, without waiting; false for all others. */
  #isPresent(rows: RecordRows, row: number, batch: number): boolean {
    const reader = this.#reader;
    if (!(reader instanceof TabledPayloads) || rows.others.has(row)) return false;
    if (!reader.takeNow(rows, row, batch)) return false;
    this.#payloads.named += 1;
    this.#payloads.present += 1;
    return true;
  }

  async #checkRecord(file: SeriesFile, batch: number, finding: RecordFinding): Promise<void> {
    const { index, start, told, reference, wrong } = finding;
    if (wrong !== undefined) {
      const message = `record ${index}: ${wrong}`;
      this.#problems.push({ code: "log_record", file: file.path, offset: start, message });
      return;
    }
    if (told !== undefined) await this.#takeTold(file, finding, told);
    if (reference === undefined) return;
    this.#payloads.named += 1;
    const segment = file.first;
    this.#takePayload(index, await this.#reader.take({ index, batch, segment, reference }));
  }

  #takePayload(index: number, payload: PayloadStanding): void {
    switch (payload.kind) {
      case "present":
        this.#payloads.present += 1;
        return;
      case "erased": {
        this.#payloads.erased += 1;
        this.#erasures.found(index, payload.file);
        return;
      }
      case "missing": {
        this.#payloads.missing += 1;
        const message = `payload of record ${index} is not there`;
        this.#problems.push({ code: "log_payload_missing", file: payload.file, message });
        return;
      }
      case "damaged":
        this.#problems.push(payload.damage);
    }
  }

  async #takeTold(
    { path }: SeriesFile,
    { index, start }: RecordFinding,
    told: object,
  ): Promise<void> {
    const unlawful = this.#holds.take(told);
    if (unlawful !== undefined) {
      const message = `record ${index} ${unlawful}`;
      this.#problems.push({ code: "log_hold", file: path, offset: start, message });
    }
    const kind: unknown = Reflect.get(told, "kind");
    if (kind === "erasure") this.#erasures.take(index, told);
    if (kind === "key") await this.#checkpoints.keyRecord(index, told);
    if (kind === "pruned") this.#prunings.take(index, told);
  }

  async #checkTail(end: WalkEnd): Promise<VerifyReport["tail"]> {
    const segments = this.#survey.records.files;
    const { size } = end.state.frontier;
    const addsFrom = segments.at(-2)?.first ?? 0;
    // Behind damage the payloads of records that were not read would all seem to be orphans.
    const judged = end.tail.state !== "damaged";
    const stand = { size, batch: end.state.batch, addsFrom, live: this.#live };
    const payloadEnd = judged ? await this.#reader.finish(stand) : undefined;
    this.#problems.push(...this.#cursor.damages);
    if (this.#live) {
      const payloadsBehind = payloadEnd !== undefined && payloadEnd.until > payloadEnd.end;
      return end.tail.state === "torn" || payloadsBehind ? "writing" : "clean";
    }
    const torn: Damage[] = [];
    if (end.tail.state === "torn" && end.last !== undefined) {
      torn.push(tornTail(end.last.file.path, end.last.end, end.tail.why));
    }
    if (payloadEnd !== undefined && payloadEnd.until > payloadEnd.end) {
      const why = `payloads of an unfinished group, ${payloadEnd.until - payloadEnd.end} bytes`;
      torn.push(tornTail(payloadEnd.file.path, payloadEnd.end, why));
    }
    this.#problems.push(...torn);
    return torn.length > 0 ? "torn" : "clean";
  }

  /** What lies in the folders besides the files that were walked. */
  async #checkFolders(): Promise<void> {
    for (const listing of [this.#survey.records, this.#survey.payloads]) {
      for (const file of listing.extra) {
        this.#problems.push({ code: "log_extra_file", file, message: "not a file of a log" });
      }
      if (listing.prepared === undefined) continue;
      const until = await this.#preparedContent(listing.prepared);
      if (until === 0) continue;
      const message = "prepared file is not all zeros";
      const place = { file: listing.prepared, offset: until - 1 };
      this.#problems.push({ code: "log_zero_tail", ...place, message });
    }
  }

  /**
   * End of all content in a prepared file. A writer renames it before it writes to it, so content
   * that is there under its old name a second time is not a writer's.
   */
  async #preparedContent(path: string): Promise<number> {
    const read = () => readWhole(this.#files, `${this.#directory}/${path}`);
    const first = endOfContent((await read()) ?? Buffer.alloc(0), 0);
    if (first === 0 || !this.#live) return first;
    return endOfContent((await read()) ?? Buffer.alloc(0), 0);
  }

  /** @returns the records under the held head; 0 without one that the log contains */
  #checkHeld(head: LogHead): number {
    const held = this.#held;
    if (held === undefined) return 0;
    const file = this.#survey.records.files.at(-1)?.path ?? "seg";
    if (held.size > head.size) {
      const message = `log vouches for ${head.size} records, the held head has ${held.size}`;
      this.#problems.push({ code: "log_behind_held", file, fromIndex: head.size, message });
    } else if (this.#watch.rootAt(held.size) !== held.root) {
      const message = `the first ${held.size} records do not have the held root`;
      this.#problems.push({ code: "log_fork", file, message });
    } else return held.size;
    return 0;
  }

  /** @returns the anchors that the log contains */
  #checkAnchors(head: LogHead): Verified["anchors"] {
    const good: { source: string; size: number }[] = [];
    for (const anchor of this.#anchors) {
      const { source } = anchor;
      const { size } = headOfAnchor(anchor);
      const stand = { size: head.size, root: this.#watch.rootAt(size) };
      const wrong = anchor.ok ? misfitOf(anchor.checkpoint, stand) : anchor.why;
      // Of pruned records without their tiles nothing is known, for or against.
      const unknown = anchor.ok && size < (this.#begin?.size ?? 0) && stand.root === undefined;
      if (wrong === undefined) good.push({ source, size });
      else if (unknown) {
        const message = `the ${size} records it covers were pruned, and their tiles are gone`;
        this.#problems.push({ code: "log_pruned", file: source, message });
      } else this.#problems.push({ ...wrong, file: source });
    }
    return good;
  }
}

interface VerificationParts {
  readonly files: LogFiles;
  readonly directory: string;
  readonly survey: Survey;
  readonly live: boolean;
  readonly checkpoints: CheckpointCheck;
  readonly anchors: readonly ReadAnchor[];
  readonly held?: LogHead;
  readonly ahead?: LogAhead;
  readonly windowBytes: number | undefined;
}
