import type { Folder } from "./folder.ts";
import { batchOf, contentEnd, frameAt, frameTypes, payloadLengthMax } from "./frame.ts";
import type { Frame } from "./frame.ts";
import { digestText, objectOf, plainBytes } from "./log-text.ts";
import type { Description } from "./log-text.ts";
import type { Problem, ProblemCode } from "./problem.ts";
import type { Series, SeriesFile } from "./series.ts";
import { payloadCrashDenial } from "./unfinished-group.ts";

/** A payload as a record names it. */
export interface PayloadName {
  readonly index: number;
  readonly group: number;
  readonly bytes: number;
  readonly digest: string;
}

/** What became of a payload that a record names. */
export type PayloadState = "present" | "erased" | "missing" | "damaged";

/** Where the records end, to judge payloads that belong to none. */
export interface RecordsStand {
  readonly size: number;
  readonly group: number;
  /** the file that a next group may add to begins here or later */
  readonly addsFrom: number;
}

interface OpenFile {
  readonly file: SeriesFile;
  readonly bytes: Buffer;
  at: number;
  /** nothing more of it can be read, and that was told */
  broken: boolean;
}

/** Reads payloads beside their records, checking every byte of every payload file. */
export class PayloadReader {
  readonly problems: Problem[] = [];
  readonly #folder: Folder;
  readonly #description: Description;
  readonly #from: number;
  #waiting: readonly SeriesFile[];
  #open: OpenFile | undefined;

  /** @param from payloads of records before this one are pruned, and nobody asks for them */
  constructor(folder: Folder, series: Series, description: Description, from: number) {
    this.#folder = folder;
    this.#description = description;
    this.#from = from;
    this.#waiting = series.files;
  }

  /** The payload of the next record that names one; in the order of the records. */
  take(name: PayloadName): PayloadState {
    this.#openFor(name.index);
    const open = this.#open;
    if (open === undefined) return this.#missing(name, "payload");
    if (open.broken) return "damaged";
    for (;;) {
      const frame = frameAt(open.bytes, open.at, payloadLengthMax);
      if (frame === undefined) {
        if (contentEnd(open.bytes, open.at) === open.at) return this.#missing(name, open.file.path);
        if (this.#passUnreadable(open, name.index)) return "damaged";
        continue;
      }
      const index = indexOf(frame);
      if (index === undefined) {
        this.#tell("log_payload_frame", open, `record ${name.index}: not a payload frame`);
        open.at = frame.end;
        return "damaged";
      }
      if (index > name.index) return this.#missing(name, open.file.path);
      open.at = frame.end;
      if (index === name.index) return this.#judge(open, frame, name);
      if (index >= this.#from) this.#tellOrphan(open, frame.start, index);
    }
  }

  /** Checks what lies behind the last payload that was taken. */
  finish(stand: RecordsStand): void {
    for (;;) {
      const [next, ...others] = this.#waiting;
      this.#closeOpen(next === undefined ? stand : undefined);
      if (next === undefined) return;
      this.#waiting = others;
      this.#load(next);
    }
  }

  /** The file of a record is the last that begins no later. */
  #openFor(index: number): void {
    for (;;) {
      const [next, ...others] = this.#waiting;
      if (next === undefined || next.first > index) return;
      this.#closeOpen(undefined);
      this.#waiting = others;
      this.#load(next);
    }
  }

  #load(file: SeriesFile): void {
    const bytes = this.#folder.read(file.path) ?? Buffer.alloc(0);
    const open: OpenFile = { file, bytes, at: 0, broken: false };
    this.#open = open;
    if (bytes.length === 0 || bytes.length % 4096 !== 0) {
      this.#break(open, "log_file_size", `${bytes.length} bytes are not whole blocks of 4096`);
    } else if (contentEnd(bytes, 0) > 0) {
      this.#openHeader(open);
    }
  }

  #openHeader(open: OpenFile): void {
    const { bytes, file } = open;
    const frame = frameAt(bytes, 0, payloadLengthMax);
    // A header that a crash left unfinished is judged when nothing follows that needs it.
    if (frame === undefined) return;
    const { digest: log, origin } = this.#description;
    const batch = objectOf(frame.content)?.["batch"];
    const { first } = file;
    const { length } = bytes;
    const right = plainBytes({ batch, bytes: length, first, kind: "payload", log, origin, v: 1 });
    const next = frameAt(bytes, frame.end, payloadLengthMax);
    const fits =
      frame.type === frameTypes.header &&
      typeof batch === "number" &&
      frame.batch === batchOf(batch) &&
      frame.content.equals(right) &&
      (next === undefined || next.batch === frame.batch);
    if (fits) open.at = frame.end;
    else this.#break(open, "log_header", "header disagrees with the log");
  }

  /**
   * Passes over a frame that cannot be read where its length leads to one that can.
   *
   * @returns whether it stands where the payload of record `index` has its place
   */
  #passUnreadable(open: OpenFile, index: number): boolean {
    const { bytes, at } = open;
    const what = `record ${index}: frame fails its checksum or has no possible length`;
    this.#tell(at === 0 ? "log_header" : "log_payload_frame", open, what);
    const end = at + 12 + bytes.readUInt32BE(Math.min(at, bytes.length - 4));
    const next = end <= bytes.length ? frameAt(bytes, end, payloadLengthMax) : undefined;
    const isEnd = end <= bytes.length && contentEnd(bytes, end) === end;
    if (at === 0 || (next === undefined && !isEnd)) {
      open.broken = true;
      return true;
    }
    open.at = end;
    return next === undefined || (indexOf(next) ?? index + 1) > index;
  }

  #judge(open: OpenFile, frame: Frame, name: PayloadName): PayloadState {
    const payload = frame.content.subarray(8);
    const place = { file: open.file.path, offset: frame.start };
    const wrong = (code: ProblemCode, message: string): PayloadState => {
      this.problems.push({ code, ...place, message: `record ${name.index}: ${message}` });
      return "damaged";
    };
    if (frame.batch !== batchOf(name.group)) {
      return wrong("log_payload_frame", `payload of group ${frame.batch}, not ${name.group}`);
    }
    if (payload.length !== name.bytes) {
      return wrong("log_payload_frame", `payload of ${payload.length} bytes, not ${name.bytes}`);
    }
    if (frame.type === frameTypes.erased) {
      const isErased = contentEnd(payload, 0) === 0;
      return isErased ? "erased" : wrong("log_payload_frame", "erased payload is not all zeros");
    }
    if (digestText(payload) === name.digest) return "present";
    return wrong("log_payload_digest", "payload does not have the digest that its record names");
  }

  #missing({ index }: PayloadName, file: string): PayloadState {
    const message = `payload of record ${index} is not there`;
    this.problems.push({ code: "log_payload_missing", file, message });
    return "missing";
  }

  /** @param stand given for the last file, to which an unfinished group may have added */
  #closeOpen(stand: RecordsStand | undefined): void {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined || open.broken) return;
    const { bytes, at, file } = open;
    if (contentEnd(bytes, at) === at) return;
    if (stand === undefined || file.first < stand.addsFrom) {
      this.#tell("log_payload_frame", open, "bytes that belong to no record");
      return;
    }
    const denial = orphanDenial(open, stand) ?? payloadCrashDenial(bytes, at);
    if (denial !== undefined) this.#tell("log_payload_frame", open, denial);
    else this.#tell("log_torn_tail", open, "payloads of an unfinished group");
  }

  #tellOrphan(open: OpenFile, offset: number, index: number): void {
    const message = `payload of record ${index}, which names none`;
    this.problems.push({ code: "log_payload_frame", file: open.file.path, offset, message });
  }

  #tell(code: ProblemCode, open: OpenFile, message: string): void {
    this.problems.push({ code, file: open.file.path, offset: open.at, message });
  }

  #break(open: OpenFile, code: ProblemCode, message: string): void {
    this.#tell(code, open, message);
    open.broken = true;
  }
}

/** Why payloads behind the last record's cannot be those of the group that came next. */
function orphanDenial({ bytes, at }: OpenFile, stand: RecordsStand): string | undefined {
  let size = stand.size;
  let place = at;
  for (;;) {
    const frame = frameAt(bytes, place, payloadLengthMax);
    if (frame === undefined) return beginDenial(bytes, place, stand.group + 1);
    place = frame.end;
    if (frame.start === 0 && frame.type === frameTypes.header) continue;
    const index = indexOf(frame);
    const isNext = frame.type === frameTypes.payload && frame.batch === batchOf(stand.group + 1);
    if (index === undefined || index < size || !isNext) {
      return `payload of record ${index ?? "none"}, which names none`;
    }
    size = index + 1;
  }
}

/** Whether a frame that cannot be read could be the beginning of the next group's: each byte of
 * its head is right or lost. */
function beginDenial(bytes: Buffer, at: number, group: number): string | undefined {
  const denial = "bytes that no unfinished group can have left";
  if (at + 12 >= bytes.length) return undefined;
  if (bytes.readUInt32BE(at) > payloadLengthMax) return denial;
  const right = Buffer.alloc(4);
  right.writeUInt32BE(batchOf(group));
  const batch = bytes.subarray(at + 8, at + 12);
  if (batch.some((byte, place) => byte !== 0 && byte !== right[place])) return denial;
  const type = bytes[at + 12];
  const expected = at === 0 ? frameTypes.header : frameTypes.payload;
  return type === 0 || type === expected ? undefined : denial;
}

/** The record whose payload a frame holds; undefined when it holds none. */
function indexOf({ type, content }: Frame): number | undefined {
  if (type !== frameTypes.payload && type !== frameTypes.erased) return undefined;
  if (content.length < 8) return undefined;
  const index = Number(content.readBigUInt64BE(0));
  return Number.isSafeInteger(index) ? index : undefined;
}
