import { LogDamagedError } from "./damage.ts";
import type { Damage } from "./damage.ts";
import { readWhole } from "./files.ts";
import type { LogFiles } from "./files.ts";
import { nodeFiles } from "./node-files.ts";
import { PayloadCursor } from "./payload-cursor.ts";
import { readReference } from "./payload-reference.ts";
import { recordMessage } from "./read.ts";
import { addCoverage, problemsMax } from "./report.ts";
import type { Verified, VerifyReport } from "./report.ts";
import { surveyLog } from "./survey.ts";
import type { Survey } from "./survey.ts";
import { endOfContent } from "./torn-write.ts";
import { Frontier, headOf } from "./tree.ts";
import type { LogHead } from "./tree.ts";
import { walkRecords } from "./walk.ts";
import type { WalkedGroup, WalkEnd } from "./walk.ts";

export interface VerifyOptions {
  /** a head of this log kept elsewhere; the log must still contain it */
  readonly held?: LogHead;
  readonly files?: LogFiles;
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
  const verified = await verifyOnce(files, directory, held, false);
  // A writer that began meanwhile would look like damage at the end.
  const again = verified.problems.length > 0 && (await files.isLocked(directory));
  return addCoverage(again ? await verifyOnce(files, directory, held, true) : verified, held);
}

async function verifyOnce(
  files: LogFiles,
  directory: string,
  held: LogHead | undefined,
  live: boolean,
): Promise<Verified> {
  try {
    const survey = await surveyLog(files, directory);
    const isLive = live || (await files.isLocked(directory));
    return await new Verification(files, directory, survey, isLive, held).run();
  } catch (error) {
    if (error instanceof LogDamagedError) return undescribed(error.damage);
    throw error;
  }
}

function undescribed(damage: Damage): Verified {
  const payloads = { named: 0, present: 0, erased: 0, missing: 0 };
  return {
    head: headOf(new Frontier()),
    live: false,
    groups: 0,
    segments: 0,
    tail: "clean",
    payloads,
    problems: [damage],
  };
}

/** One verification: counts and problems gathered while walking. */
class Verification {
  readonly #files: LogFiles;
  readonly #directory: string;
  readonly #survey: Survey;
  readonly #live: boolean;
  readonly #held: LogHead | undefined;
  readonly #problems: Damage[] = [];
  readonly #payloads = { named: 0, present: 0, erased: 0, missing: 0 };
  readonly #cursor: PayloadCursor;
  #groups = 0;
  #heldRoot: string | undefined;

  constructor(
    files: LogFiles,
    directory: string,
    survey: Survey,
    live: boolean,
    held: LogHead | undefined,
  ) {
    this.#files = files;
    this.#directory = directory;
    this.#survey = survey;
    this.#live = live;
    this.#held = held;
    const { description, digest } = survey.described;
    const log = { origin: description.origin, digest };
    const listing = survey.payloads.files;
    this.#cursor = new PayloadCursor({ files, directory, listing, log, from: 0 });
    if (held?.size === 0) this.#heldRoot = headOf(new Frontier()).root;
  }

  async run(): Promise<Verified> {
    const options = { files: this.#files, directory: this.#directory, survey: this.#survey };
    const walk = walkRecords({ ...options, from: 0, live: this.#live });
    let step = await walk.next();
    for (; step.done !== true; step = await walk.next()) await this.#checkGroup(step.value);
    const end = step.value;
    const head = headOf(end.state.frontier);
    if (end.tail.state === "damaged") this.#problems.push(end.tail.damage);
    const tail = await this.#checkTail(end);
    await this.#checkFolders();
    this.#checkHeld(head);
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
      problems,
      ...(length > problemsMax ? { more: length } : {}),
    };
  }

  async #checkGroup(walked: WalkedGroup): Promise<void> {
    const { before, after, entries, leaves } = walked.group;
    this.#groups += 1;
    const held = this.#held?.size ?? -1;
    if (held > before.frontier.size && held <= after.frontier.size) {
      const frontier = before.frontier.copy();
      for (const leaf of leaves.slice(0, held - before.frontier.size)) frontier.push(leaf);
      this.#heldRoot = headOf(frontier).root;
    }
    let index = before.frontier.size;
    for (const entry of entries) {
      const body = walked.bytes.subarray(entry.content, entry.end);
      await this.#checkPayload(walked, { index, start: entry.start, body });
      index += 1;
    }
  }

  async #checkPayload(
    walked: WalkedGroup,
    record: { readonly index: number; readonly start: number; readonly body: Buffer },
  ): Promise<void> {
    const { index } = record;
    const reference = this.#reference(walked, record);
    if (reference === undefined) return;
    this.#payloads.named += 1;
    const batch = walked.group.after.batch;
    const payload = await this.#cursor.take({ index, batch, reference });
    switch (payload.kind) {
      case "present":
        this.#payloads.present += 1;
        return;
      case "erased": {
        this.#payloads.erased += 1;
        const message = `payload of record ${index} is erased, and no record says so`;
        this.#problems.push({ code: "log_payload_erased", file: payload.file, message });
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

  #reference(
    walked: WalkedGroup,
    record: { readonly index: number; readonly start: number; readonly body: Buffer },
  ): ReturnType<typeof readReference> {
    try {
      return readReference(record.body);
    } catch (error) {
      const message = `record ${record.index}: ${recordMessage(error)}`;
      const offset = record.start;
      this.#problems.push({ code: "log_record", file: walked.file.path, offset, message });
      return undefined;
    }
  }

  async #checkTail(end: WalkEnd): Promise<VerifyReport["tail"]> {
    const segments = this.#survey.records.files;
    const { size } = end.state.frontier;
    const addsFrom = segments.at(-2)?.first ?? 0;
    // Behind damage the payloads of records that were not read would all seem to be orphans.
    const judged = end.tail.state !== "damaged";
    const stand = { size, batch: end.state.batch, addsFrom, live: this.#live };
    const payloadEnd = judged ? await this.#cursor.finish(stand) : undefined;
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

  #checkHeld(head: LogHead): void {
    const held = this.#held;
    if (held === undefined) return;
    const file = this.#survey.records.files.at(-1)?.path ?? "seg";
    if (held.size > head.size) {
      const message = `log vouches for ${head.size} records, the held head has ${held.size}`;
      this.#problems.push({ code: "log_behind_held", file, fromIndex: head.size, message });
    } else if (this.#heldRoot !== held.root) {
      const message = `the first ${held.size} records do not have the held root`;
      this.#problems.push({ code: "log_fork", file, message });
    }
  }
}

function tornTail(file: string, offset: number, why: string): Damage {
  return { code: "log_torn_tail", file, offset, message: `${why}; opening the log cuts it off` };
}
