import { damageOf } from "./damage.ts";
import type { Damage } from "./damage.ts";
import { wrapBatch } from "./frame.ts";
import { readWhole } from "./files.ts";
import type { LogFiles } from "./files.ts";
import { payloadSeries } from "./layout.ts";
import { formatLimits } from "./limits.ts";
import type { FilePlace } from "./log-place.ts";
import { place, readPayload } from "./payload-reading.ts";
import type { PayloadBytes, PayloadNaming, PayloadReading } from "./payload-reading.ts";
import { couldBegin, readPayloadFrame, readPayloadOpening } from "./payload-scan.ts";
import type { PayloadFrame } from "./payload-scan.ts";
import { readSparse } from "./sparse-read.ts";
import { listSeries } from "./survey.ts";
import type { SeriesFile } from "./survey.ts";
import { endOfContent, judgePayloadTail } from "./torn-write.ts";

/** A payload file being read, and how far. */
interface OpenFile extends PayloadBytes {
  /** as `endOfContent` takes it */
  readonly zerosFrom: number;
  /** the segment whose records had been read by then: all payloads they name were there */
  readonly since: number;
  /** payloads of this record and later ones may lie in another file */
  readonly next: number;
  at: number;
  /** set once a record was found to have its payload here */
  named?: true;
  /** set when the rest of the file cannot be read */
  broken?: Damage;
}

/** Where the records of a log stand, for judging what lies behind the last payload. */
export interface LogStand {
  /** number of records */
  readonly size: number;
  /** number of the last whole group */
  readonly batch: number;
  /** the next group adds payloads only to a file with this first index or a later one */
  readonly addsFrom: number;
  /** a writer may be at work: it may have added groups since the records were read */
  readonly live?: boolean;
}

/** The place behind the last payload in use, in the file the next group adds to. */
export interface PayloadEnd {
  readonly file: SeriesFile;
  readonly bytes: Buffer;
  readonly end: number;
  /** bytes of an unfinished group reach to here; `end` when there are none */
  readonly until: number;
}

const nothing: Buffer = Buffer.alloc(0);

/** Reads payloads in the order of their records, checking every byte it passes. */
export class PayloadCursor {
  readonly #files: LogFiles;
  readonly #directory: string;
  readonly #log: { readonly origin: string; readonly digest: string };
  readonly #from: number;
  readonly #begin: FilePlace | undefined;
  readonly #until: FilePlace | undefined;
  /** everything wrong that belongs to no single record */
  readonly damages: Damage[] = [];
  #listing: readonly SeriesFile[];
  #open: OpenFile | undefined;
  /** the segment the last record taken was read from */
  #segment = 0;

  constructor(options: {
    readonly files: LogFiles;
    readonly directory: string;
    readonly listing: readonly SeriesFile[];
    readonly log: { readonly origin: string; readonly digest: string };
    /** payloads of records before this one are passed over */
    readonly from: number;
    /** a file, by its first index, and the byte in it behind the payloads of those records */
    readonly begin?: FilePlace;
    /** nothing from there on is read of that file, the newest that any of these records needs */
    readonly until?: FilePlace;
  }) {
    this.#files = options.files;
    this.#directory = options.directory;
    this.#listing = options.listing;
    this.#log = options.log;
    this.#from = options.from;
    this.#begin = options.begin;
    this.#until = options.until;
  }

  /**
   * The payload of the next record that names one; call in the order of the records. **Contract:**
   * a segment is read before its first record is taken.
   */
  async take(naming: PayloadNaming): Promise<PayloadReading> {
    this.#segment = naming.segment;
    const before = { open: this.#open, at: this.#open?.at, damages: this.damages.length };
    const found = await this.#find(naming);
    if (found.kind === "missing") {
      // A writer may have added it since this file, or the listing, was read.
      this.#listing = (await listSeries(this.#files, this.#directory, payloadSeries)).files;
      if (this.#open !== undefined) await this.#load(this.#open.file, this.#open.at);
      return this.#find(naming);
    }
    const open = this.#open;
    if (found.kind !== "damaged" || open === undefined || open !== before.open) return found;
    if (open.since === naming.segment) return found;
    // It may have been half written when the file was read, which was before the segment was.
    this.damages.length = before.damages;
    await this.#load(open.file, before.at);
    return this.#find(naming);
  }

  /**
   * As `take`, at once, where nothing stands in the way: the open file goes on with that payload,
   * and it is right. Undefined, and nothing has changed, where `take` has to look further.
   */
  takeNow(naming: PayloadNaming): PayloadReading | undefined {
    const open = this.#open;
    const { index } = naming;
    if (open === undefined || open.broken !== undefined) return undefined;
    if (index < open.file.first || index >= open.next) return undefined;
    const frame = readPayloadFrame(open.bytes, open.at);
    if (frame.kind !== "payload" || frame.index !== index) return undefined;
    const reading = readPayload(open, open.at, frame, naming);
    if (reading.kind === "damaged") return undefined;
    this.#segment = naming.segment;
    open.named = true;
    open.at = frame.end;
    return reading;
  }

  /**
   * Checks that nothing but zeros lies behind the last payload taken, or in the newest file what
   * one unfinished group left.
   */
  async finish(stand: LogStand): Promise<PayloadEnd | undefined> {
    await this.#openFirst(stand.addsFrom);
    let end = await this.#closeLast(stand);
    for (const file of this.#listing) {
      if (this.#open !== undefined && file.first <= this.#open.file.first) continue;
      if (file.first < this.#from) continue;
      await this.#load(file, undefined);
      end = await this.#closeLast(stand);
    }
    return end;
  }

  /** Closes the open file, and stands behind all of `file`, which was read elsewhere and is in order. */
  passOver(file: SeriesFile): void {
    this.#closeFile();
    this.#open = { ...this.#nothingOf(file), named: true };
  }

  /** Goes on with the payload at `at` of a file it passed over, those before it having been in use. */
  async goOn(file: SeriesFile, at: number): Promise<void> {
    await this.#load(file, at);
    if (this.#open !== undefined) this.#open.named = true;
  }

  /** The file to begin in, unless another is open. */
  async #openFirst(oldest: number): Promise<void> {
    const begin = this.#begin;
    if (this.#open !== undefined || begin === undefined || begin.file < oldest) return;
    const file = this.#listing.find(({ first }) => first === begin.file);
    if (file !== undefined) await this.#load(file, undefined);
  }

  async #find(naming: PayloadNaming): Promise<PayloadReading> {
    const file = this.#listing.findLast(({ first }) => first <= naming.index);
    if (file === undefined) return { kind: "missing", file: payloadSeries.folder };
    await this.#openFirst(0);
    if (this.#open === undefined || file.first > this.#open.file.first) {
      if (this.#open !== undefined) this.#closeFile();
      await this.#skipTo(file);
    }
    const open = this.#open;
    if (open?.file.first !== file.first) return { kind: "missing", file: file.path };
    open.named = true;
    if (open.broken !== undefined) return { kind: "damaged", damage: open.broken };
    return this.#next(open, naming);
  }

  /** Opens `file`, after checking files between that no record of this walk leads to. */
  async #skipTo(file: SeriesFile): Promise<void> {
    const after = this.#open?.file.first ?? -1;
    for (const between of this.#listing) {
      if (between.first <= after || between.first >= file.first) continue;
      if (between.first < this.#from) continue;
      await this.#load(between, undefined);
      this.#closeFile();
    }
    await this.#load(file, undefined);
  }

  #next(open: OpenFile, naming: PayloadNaming): PayloadReading {
    const { index } = naming;
    for (;;) {
      const frame = readPayloadFrame(open.bytes, open.at);
      if (frame.kind === "zero") return { kind: "missing", file: open.file.path };
      if (frame.kind === "unreadable") {
        const damage = this.#passUnreadable(open, index, frame);
        if (damage === undefined) continue;
        return { kind: "damaged", damage };
      }
      if (frame.index > index) return { kind: "missing", file: open.file.path };
      const at = open.at;
      open.at = frame.end;
      if (frame.index === index) return readPayload(open, at, frame, naming);
      if (frame.index >= this.#from) this.#orphan(open, at, frame.index);
    }
  }

  /**
   * Passes over a frame whose content is wrong but whose length leads to another frame.
   *
   * @returns the damage to the payload of record `index`; undefined when it is still to come
   */
  #passUnreadable(
    open: OpenFile,
    index: number,
    frame: { readonly claimedEnd: number; readonly why: string },
  ): Damage | undefined {
    const damage = place(open, open.at, index, frame.why);
    const next = readPayloadFrame(open.bytes, frame.claimedEnd);
    if (frame.claimedEnd > open.bytes.length || next.kind === "unreadable") {
      open.broken = damage;
      return damage;
    }
    open.at = frame.claimedEnd;
    if (next.kind === "zero" || next.index > index) return damage;
    this.damages.push(place(open, open.at, next.index, `payload before it: ${frame.why}`));
    return undefined;
  }

  #orphan(open: OpenFile, at: number, index: number): void {
    this.damages.push(place(open, at, index, `payload of record ${index}, which names none`));
  }

  /** @param seen what lies behind is left out */
  async #load(file: SeriesFile, at: number | undefined, seen?: number): Promise<void> {
    const path = `${this.#directory}/${file.path}`;
    const begin = this.#begin?.file === file.first ? this.#begin.offset : undefined;
    const from = at ?? begin ?? 0;
    const until = this.#until?.file === file.first ? this.#until.offset : undefined;
    const isSparse = this.#begin !== undefined || until !== undefined;
    const read = await (
      isSparse
        ? readSparse(this.#files, path, { from, to: until })
        : readWhole(this.#files, path).then(withoutHint)
    ).catch(damageOf);
    if (read === undefined) {
      this.#open = undefined;
      return;
    }
    if ("code" in read) {
      const broken = { ...read, file: file.path };
      // No group that was left unfinished makes a file so large: it is wrong whether it is named or not.
      this.#open = { ...this.#nothingOf(file), at: at ?? 0, named: true, broken };
      return;
    }
    const { bytes, zerosFrom } = read;
    if (seen !== undefined) bytes.fill(0, Math.min(seen, zerosFrom), zerosFrom);
    const next = this.#nextFirst(file);
    const open: OpenFile = { file, bytes, zerosFrom, since: this.#segment, next, at: at ?? 0 };
    this.#open = open;
    if (open.at > 0 && begin !== undefined) open.named = true;
    if (open.at > 0) return;
    if (bytes.length === 0 || bytes.length % formatLimits.blockBytes !== 0) {
      const message = `file has ${bytes.length} bytes, not whole blocks`;
      open.broken = { code: "log_file_size", file: file.path, offset: bytes.length, message };
      return;
    }
    if (endOfContent(bytes, 0, zerosFrom) === 0) return;
    const { origin, digest } = this.#log;
    const opening = readPayloadOpening(bytes, { origin, log: digest, first: file.first });
    if (opening.ok && begin !== undefined) {
      open.at = begin;
      open.named = true;
    } else if (opening.ok) open.at = opening.at;
    else open.broken = { code: "log_header", file: file.path, offset: 0, message: opening.why };
  }

  /** A file of which no byte is here. */
  #nothingOf(file: SeriesFile): OpenFile {
    const next = this.#nextFirst(file);
    return { file, bytes: nothing, zerosFrom: 0, since: this.#segment, next, at: 0 };
  }

  #nextFirst(file: SeriesFile): number {
    return this.#listing.find(({ first }) => first > file.first)?.first ?? Number.POSITIVE_INFINITY;
  }

  /**
   * Reads the open file once more while a writer may be at work: one read is not atomic, and all
   * that the first one saw is complete in the second. What came since is left out.
   */
  async #settle(): Promise<void> {
    const before = this.#open;
    if (before === undefined) return;
    const seen = endOfContent(before.bytes, 0, before.zerosFrom);
    const { file, at } = before;
    await this.#load(file, at, seen);
    if (before.named && this.#open !== undefined) this.#open.named = true;
  }

  /** Checks what lies behind the last payload taken from a file that no group adds to any more. */
  #closeFile(): void {
    const open = this.#open;
    if (open === undefined) return;
    if (open.broken !== undefined) {
      this.damages.push(open.broken);
      return;
    }
    const verdict = judgePayloadTail(open.bytes, open.at, open.zerosFrom);
    if (verdict === undefined) return;
    const why = verdict.state === "torn" ? "bytes that belong to no record" : verdict.why;
    this.#endDamage(open, verdict.state === "torn" ? open.at : verdict.at, why);
  }

  /** The same for the file that the next group may add to. */
  async #closeLast(stand: LogStand): Promise<PayloadEnd | undefined> {
    if (stand.live === true) await this.#settle();
    const open = this.#open;
    if (open === undefined) return undefined;
    const isLast =
      open.file.first >= stand.addsFrom && open.file.first === this.#listing.at(-1)?.first;
    // A writer may have begun another file since the records were read.
    if (!isLast && stand.live !== true) {
      this.#closeFile();
      return undefined;
    }
    const { file, bytes, zerosFrom } = open;
    let { at } = open;
    // A header that cannot be read is that of an unfinished group, unless a payload was taken.
    if (open.broken !== undefined && (at > 0 || open.named)) {
      this.damages.push(open.broken);
      return undefined;
    }
    let batch = stand.batch + 1;
    let size = stand.size;
    // A header without a payload is that of an unfinished group, too: it names a group that may
    // never have one.
    const start = open.named ? at : 0;
    for (;;) {
      const known = readPayloadFrame(bytes, at);
      if (known.kind !== "payload") break;
      const isNext = stand.live === true ? isLater(known, batch) : known.batch === wrapBatch(batch);
      if (known.index < size || known.erased || !isNext) {
        this.#endDamage(open, at, `payload of record ${known.index}, which names none`);
        return undefined;
      }
      if (stand.live === true) batch += wrapBatch(known.batch + 2 ** 32 - wrapBatch(batch));
      size = known.index + 1;
      at = known.end;
    }
    if (!couldBegin(bytes, at, batch, stand.live === true)) {
      this.#endDamage(open, at, "bytes that no unfinished group can have left");
      return undefined;
    }
    // Of a group that was left unfinished all payloads are judged, readable ones too.
    const verdict = judgePayloadTail(bytes, stand.live === true ? at : start, zerosFrom);
    if (verdict?.state !== "damaged") {
      return { file, bytes, end: start, until: verdict?.until ?? at };
    }
    this.#endDamage(open, verdict.at, verdict.why);
    return undefined;
  }

  #endDamage(open: OpenFile, offset: number, message: string): void {
    this.damages.push({ code: "log_payload_frame", file: open.file.path, offset, message });
  }
}

/** A file read as a whole, of which it is not known where its zeros begin. */
function withoutHint(bytes: Buffer | undefined) {
  return bytes === undefined ? undefined : { bytes, zerosFrom: bytes.length };
}

/** True for a frame of this group or one soon after it, as a writer at work may have added. */
function isLater(frame: PayloadFrame, batch: number): boolean {
  return wrapBatch(frame.batch + 2 ** 32 - wrapBatch(batch)) < 2 ** 16;
}
