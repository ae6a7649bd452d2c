import { wrapBatch } from "./frame.ts";
import { formatLimits } from "./limits.ts";
import type { LogStand, PayloadCursor, PayloadEnd } from "./payload-cursor.ts";
import type { PayloadNaming, PayloadReading } from "./payload-reading.ts";
import { checkPayloadHeader } from "./payload-scan.ts";
import { payloadHeadBytes } from "./payload-table.ts";
import type { PayloadTable } from "./payload-table.ts";
import type { RecordRows } from "./record-rows.ts";
import type { SeriesFile } from "./survey.ts";
import type { TableReading } from "./table-reading.ts";
import { bufferOf } from "./tabled-segment.ts";

/** What became of a payload; without its bytes, which nobody here has any more. */
export type PayloadStanding =
  | Exclude<PayloadReading, { kind: "present" }>
  | { readonly kind: "present" };

/** A file of which the table is used, and how far. */
interface OpenTable {
  readonly file: SeriesFile;
  readonly table: PayloadTable;
  /** its digests */
  readonly digests: Buffer;
  /** payloads of this record and later ones may lie in another file */
  readonly next: number;
  row: number;
  /** in the file, where that row's frame begins */
  at: number;
}

/**
 * Payloads in the order of their records, from tables while records and tables agree. Where they do not, the
 * cursor reads the same file from there on and says what is wrong: with tables or without, each record
 * and the log get the same answers.
 */
export class TabledPayloads {
  readonly #cursor: PayloadCursor;
  readonly #reading: TableReading;
  readonly #directory: string;
  readonly #log: { readonly origin: string; readonly digest: string };
  readonly #listing: readonly SeriesFile[];
  #open: OpenTable | undefined;
  /** place in the listing of the file that was read last */
  #last = -1;
  /** once anything was wrong, all the rest is read by the cursor */
  #isOver = false;

  constructor(parts: {
    readonly cursor: PayloadCursor;
    readonly reading: TableReading;
    readonly directory: string;
    readonly log: { readonly origin: string; readonly digest: string };
    readonly listing: readonly SeriesFile[];
  }) {
    this.#cursor = parts.cursor;
    this.#reading = parts.reading;
    this.#directory = parts.directory;
    this.#log = parts.log;
    this.#listing = parts.listing;
  }

  /**
   * Takes the payload that a row of records names, when it is the next of the file in use, and present;
   * otherwise nothing has changed, and `take` has to look further.
   */
  takeNow(rows: RecordRows, row: number, batch: number): boolean {
    const open = this.#open;
    if (open === undefined) return false;
    const { table, file } = open;
    const at = open.row;
    const index = rows.indexes[row] ?? -1;
    if (index < file.first || index >= open.next || table.indexes[at] !== index) return false;
    const length = table.lengths[at] ?? -1;
    if (table.batches[at] !== wrapBatch(batch) || length !== rows.lengths[row]) return false;
    if (table.erased[at] !== 0 || !isSame(rows.digests, row, table.digests, at)) return false;
    open.row += 1;
    open.at += payloadHeadBytes + length;
    return true;
  }

  /** As `PayloadCursor.take`. */
  async take(naming: PayloadNaming): Promise<PayloadStanding> {
    const place = this.#listing.findLastIndex(({ first }) => first <= naming.index);
    const found = await this.#takeTabled(naming, place);
    if (found !== undefined) return found;
    const read = await this.#cursor.take(naming);
    if (read.kind === "missing" || read.kind === "damaged") this.#isOver = true;
    this.#last = Math.max(this.#last, place);
    return read;
  }

  /** As `PayloadCursor.finish`. */
  async finish(stand: LogStand): Promise<PayloadEnd | undefined> {
    if (this.#open !== undefined && !isDone(this.#open)) await this.#leave(this.#open);
    return this.#cursor.finish(stand);
  }

  async #takeTabled(naming: PayloadNaming, place: number): Promise<PayloadStanding | undefined> {
    const open = this.#open;
    if (open !== undefined) {
      const found = takeRow(open, naming);
      if (found !== undefined) return found;
      if (!isDone(open) || place <= this.#last) await this.#leave(open);
      this.#open = undefined;
    }
    const file = this.#listing[place];
    // The cursor looks into files between, which no record leads to.
    if (this.#isOver || file === undefined || place !== this.#last + 1) return undefined;
    const table = await this.#reading.payloads(`${this.#directory}/${file.path}`);
    const next = this.#listing[place + 1]?.first ?? Number.POSITIVE_INFINITY;
    const begun = table && openTable({ file, table, next }, this.#log);
    const found = begun && takeRow(begun, naming);
    if (begun === undefined || found === undefined) return undefined;
    this.#cursor.passOver(file);
    this.#open = begun;
    this.#last = place;
    return found;
  }

  async #leave({ file, at }: OpenTable): Promise<void> {
    this.#open = undefined;
    this.#isOver = true;
    await this.#cursor.goOn(file, at);
  }
}

/** Undefined where the file is not one of the log in that place. */
function openTable(
  { file, table, next }: Pick<OpenTable, "file" | "table" | "next">,
  { origin, digest }: { readonly origin: string; readonly digest: string },
): OpenTable | undefined {
  const { size } = table;
  if (size === 0 || size % formatLimits.blockBytes !== 0) return undefined;
  const context = { origin, log: digest, first: file.first };
  const stored = bufferOf(table.header);
  const wrong = checkPayloadHeader(stored, context, { size, batch: table.batches[0] });
  if (wrong !== undefined) return undefined;
  return { file, table, digests: bufferOf(table.digests), next, row: 0, at: stored.length };
}

/** The payload of a row when it is the one named; undefined, and nothing has changed, otherwise. */
function takeRow(open: OpenTable, { index, batch, reference }: PayloadNaming) {
  const { file, table, row } = open;
  if (index < file.first || index >= open.next || table.indexes[row] !== index) return undefined;
  const { bytes, digest } = reference;
  if (table.batches[row] !== wrapBatch(batch) || table.lengths[row] !== bytes) return undefined;
  const isErased = table.erased[row] === 1;
  const stored = open.digests.toString("hex", 32 * row, 32 * row + 32);
  if (!isErased && digest !== `sha256:${stored}`) return undefined;
  open.row += 1;
  open.at += payloadHeadBytes + bytes;
  return isErased ? erasedIn(file) : present;
}

/** Whether two hashes are the same, each by its place among others. */
function isSame(ones: Uint8Array, one: number, others: Uint8Array, other: number): boolean {
  const [from, beside] = [32 * one, 32 * other];
  for (let byte = 0; byte < 32; byte += 1) {
    if (ones[from + byte] !== others[beside + byte]) return false;
  }
  return true;
}

const present: PayloadStanding = { kind: "present" };

function erasedIn({ path }: SeriesFile): PayloadStanding {
  return { kind: "erased", file: path };
}

function isDone({ table, row }: OpenTable): boolean {
  return row === table.indexes.length;
}
