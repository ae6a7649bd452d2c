import type { Damage } from "../damage.ts";
import { readWhole } from "../files.ts";
import type { LogFiles } from "../files.ts";
import { parseCheckpoint, readCheckpoint } from "../note/checkpoint.ts";
import type { Checkpoint } from "../note/checkpoint.ts";
import { signersOf } from "../note/signed-note.ts";
import { isSameKey } from "../note/verifier-key.ts";
import type { VerifierKey } from "../note/verifier-key.ts";
import type { ScannedGroup } from "../segment-scan.ts";
import { HeadWatch } from "../head-watch.ts";
import { Frontier, headOf } from "../tree.ts";
import { checkpointPath, checkpointsPath, verifierKeysPath } from "./checkpoint-layout.ts";
import { readVerifierKeys } from "./key-file.ts";
import { checkpointDamage, contradictionOf, misfitOf } from "./kept-checkpoint.ts";
import { readKeyChange, KeyRing } from "./key-ring.ts";
import { readNotes } from "./note-series.ts";
import type { NotesEnd, PlacedNote } from "./note-series.ts";

/** What a verification says of the checkpoints a log keeps. */
export interface CheckpointReport {
  /** notes in `checkpoints` whose signature, order and root are right */
  readonly good: number;
  /** notes over pruned records whose hashes are gone: signed and in order, not held to a root */
  readonly unheld: number;
  /** size of the newest good one */
  readonly newest?: number;
  /** the keys that signed it, as name and id */
  readonly signers: readonly string[];
  /** keys were given, not taken from the log's own folder */
  readonly keysGiven: boolean;
}

/** A note waiting for the records up to its size. */
interface Waiting {
  readonly checkpoint: Checkpoint;
  readonly offset: number;
}

/**
 * Holds a log to every checkpoint it keeps while its groups pass in order: signature, order, root
 * and which key had to sign. Reads the notes alongside, so that their number costs no memory.
 */
export class CheckpointCheck {
  readonly #origin: string;
  readonly problems: Damage[] = [];
  readonly #notes: AsyncGenerator<PlacedNote, NotesEnd>;
  readonly #given: readonly VerifierKey[] | undefined;
  #known: readonly VerifierKey[] = [];
  #shown: Buffer | undefined;
  #ring: KeyRing;
  #next: Waiting | undefined;
  #end: NotesEnd | undefined;
  #last: Checkpoint | undefined;
  #good = 0;
  #unheld = 0;
  /** a note signed by the first of the two that had to, with nothing read behind it yet */
  #half: { readonly size: number; readonly offset: number; readonly message: string } | undefined;
  #shownSize = -1;
  #newest: { readonly size: number; readonly signers: readonly VerifierKey[] } | undefined;

  private constructor(options: CheckOptions) {
    this.#origin = options.origin;
    this.#given = options.keys;
    this.#ring = new KeyRing(options.origin, []);
    this.#notes = readNotes(options.files, `${options.directory}/${checkpointsPath}`);
  }

  static async open(options: CheckOptions): Promise<CheckpointCheck> {
    const check = new CheckpointCheck(options);
    const { files, directory, origin, keys } = options;
    // Before the notes: it is written behind them.
    check.#shown = await readWhole(files, `${directory}/${checkpointPath}`);
    let kept: readonly VerifierKey[] = [];
    try {
      kept = await readVerifierKeys(files, directory);
    } catch (error) {
      check.problems.push({ ...checkpointDamage(error), file: verifierKeysPath });
    }
    check.#known = [...kept, ...(keys ?? [])];
    check.#ring = new KeyRing(origin, keys ?? kept.slice(0, 1));
    await check.#advance();
    return check;
  }

  /** Keys an anchor may be signed by: those given, or else all that the log's folder has. */
  get believed(): readonly VerifierKey[] {
    return this.#given ?? this.#known;
  }

  /** A `key` record of the group that passes next. */
  async keyRecord(index: number, record: object): Promise<void> {
    const change = readKeyChange(index, record);
    const why = change === undefined ? "is no change of keys" : await this.#ring.change(change);
    if (why === undefined) return;
    const message = `record ${index} ${why}`;
    this.problems.push({ code: "log_key_change", file: "seg", fromIndex: index, message });
  }

  /** Whether a note waits for a group after which the log has so many records; otherwise it need not pass. */
  isDue(size: number): boolean {
    return this.#next !== undefined && this.#next.checkpoint.head.size <= size;
  }

  /** The next group of the log, whose `key` records were told before. */
  async pass(group: Pick<ScannedGroup, "before" | "after" | "leaves">): Promise<void> {
    const { before, after } = group;
    while (this.#next !== undefined && this.#next.checkpoint.head.size <= after.frontier.size) {
      const { checkpoint } = this.#next;
      const { size } = checkpoint.head;
      const isHeld = size >= before.frontier.size;
      const watch = new HeadWatch([size]);
      watch.pass(group);
      await this.#judge(this.#next, {
        size: after.frontier.size,
        root: watch.rootAt(size),
        isHeld,
      });
      await this.#advance();
    }
  }

  /**
   * Whatever notes are left are of more records than the log has.
   *
   * @param live a writer may be in the middle of a note
   */
  async finish(size: number, live: boolean): Promise<CheckpointReport> {
    if (size === 0 && this.#next?.checkpoint.head.size === 0) {
      // Signed when it was new: no group of records has passed.
      const { root } = headOf(new Frontier());
      await this.#judge(this.#next, { size, root, isHeld: true });
      await this.#advance();
    }
    const left = this.#next;
    if (left !== undefined) {
      const misfit = misfitOf(left.checkpoint, { size, root: undefined });
      if (misfit !== undefined) this.#problem(misfit, left.offset);
    }
    while (this.#next !== undefined) {
      this.#last = this.#next.checkpoint;
      await this.#advance();
    }
    if (!live) this.#checkEnd();
    await this.#checkShown();
    this.#checkHalf(live);
    this.#checkTrust();
    const newest = this.#newest;
    return {
      good: this.#good,
      unheld: this.#unheld,
      ...(newest === undefined ? {} : { newest: newest.size }),
      signers: (newest?.signers ?? []).map(({ name, keyId }) => `${name}+${keyId}`),
      keysGiven: this.#given !== undefined,
    };
  }

  async #judge(
    waiting: Waiting,
    log: { readonly size: number; readonly root: string | undefined; readonly isHeld: boolean },
  ): Promise<void> {
    const { checkpoint, offset } = waiting;
    const { size } = checkpoint.head;
    const before = this.#last?.head.size ?? -1;
    if (size <= before) {
      const message = `a note of ${size} records behind one of ${before}`;
      this.#problem({ code: "log_checkpoint_order", message }, offset);
    }
    this.#last = checkpoint;
    const signers = await this.#signers(waiting, before);
    const misfit = log.isHeld ? misfitOf(checkpoint, log) : undefined;
    if (misfit !== undefined) this.#problem(misfit, offset);
    if (signers === undefined || misfit !== undefined || size <= before) return;
    this.#newest = { size, signers };
    if (log.isHeld) this.#good += 1;
    else this.#unheld += 1;
  }

  /** Who signed a note; undefined when it is not to be believed. */
  async #signers(
    { checkpoint, offset }: Waiting,
    before: number,
  ): Promise<readonly VerifierKey[] | undefined> {
    const { origin, head, note } = checkpoint;
    try {
      const signers = await signersOf(note, [...this.#known, ...this.#ring.trusted]);
      const due = this.#ring.signersFor(head.size, before);
      const missing = due.find((key) => !signers.some((each) => isSameKey(each, key)));
      if (origin === this.#origin && signers.length > 0 && missing === undefined) return signers;
      const by =
        missing === undefined ? `a key of the log \`${this.#origin}\`` : `the key ${missing.keyId}`;
      const message = `note of ${head.size} records of \`${origin}\` is not signed by ${by}`;
      const isHalf = due.length > 1 && missing === due[1] && origin === this.#origin;
      if (isHalf) this.#half = { size: head.size, offset, message };
      else this.#problem({ code: "log_checkpoint_key", message }, offset);
    } catch (error) {
      this.#problem(checkpointDamage(error), offset);
    }
    return undefined;
  }

  async #advance(): Promise<void> {
    this.#next = undefined;
    for (;;) {
      const step = await this.#notes.next();
      if (step.done === true) {
        this.#end = step.value;
        return;
      }
      const { bytes, offset } = step.value;
      this.#judgeHalf();
      try {
        this.#next = { checkpoint: parseCheckpoint(bytes), offset };
        return;
      } catch (error) {
        this.#problem(checkpointDamage(error), offset);
      }
    }
  }

  /**
   * A last note that nobody was shown may have been torn behind the first of its two signatures;
   * while a writer is at it, the second is under way.
   */
  #checkHalf(live: boolean): void {
    const half = this.#half;
    if (half === undefined || this.#shownSize >= half.size) return this.#judgeHalf();
    this.#half = undefined;
    if (live) return;
    const message = `a crash left a ${half.message}; the next change of keys cuts it off`;
    this.#problem({ code: "log_torn_tail", message }, half.offset);
  }

  /** A note that is not the last one, or was shown, was not torn. */
  #judgeHalf(): void {
    if (this.#half === undefined) return;
    const { message, offset } = this.#half;
    this.#half = undefined;
    this.#problem({ code: "log_checkpoint_key", message }, offset);
  }

  #checkEnd(): void {
    const { behind = 0, end = 0 } = this.#end ?? {};
    if (behind === 0) return;
    const message = `${behind} bytes that are no whole note; opening the log cuts them off`;
    this.#problem({ code: "log_torn_tail", message }, end);
  }

  /** `checkpoint` is a copy of the newest note kept, or of an older one. */
  async #checkShown(): Promise<void> {
    const bytes = this.#shown;
    if (bytes === undefined) return;
    try {
      const shown = await readCheckpoint(bytes, this.#known);
      this.#shownSize = shown.head.size;
      const contradiction = contradictionOf(shown, this.#last);
      if (contradiction !== undefined) this.#problem(contradiction, this.#end?.end ?? 0);
    } catch (error) {
      this.problems.push({ ...checkpointDamage(error), file: checkpointPath });
    }
  }

  /** The newest note bears the name of a key that is believed, or of one it handed over to. */
  #checkTrust(): void {
    const newest = this.#newest;
    if (newest === undefined) return;
    const { trusted } = this.#ring;
    if (newest.signers.some((key) => trusted.some((each) => isSameKey(each, key)))) return;
    const whose = this.#given === undefined ? "the oldest key kept" : "none of the keys given";
    const message = `the newest note is signed by ${newest.signers.map(({ keyId }) => keyId).join(", ")}, and no change of keys leads there from ${whose}`;
    this.#problem({ code: "log_checkpoint_key", message });
  }

  #problem(what: Pick<Damage, "code" | "message">, offset?: number): void {
    const place = offset === undefined ? {} : { offset };
    this.problems.push({ ...what, file: checkpointsPath, ...place });
  }
}

interface CheckOptions {
  readonly files: LogFiles;
  readonly directory: string;
  readonly origin: string;
  /** keys to believe, instead of the oldest one in the log's own folder */
  readonly keys?: readonly VerifierKey[];
}
