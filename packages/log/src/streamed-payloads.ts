import { FileWindow, isZero, windowBytes, WindowRoom } from "./file-window.ts";
import { openIfThere, windowReading } from "./files.ts";
import type { LogFile, LogFiles } from "./files.ts";
import { frameType, readFrame, u32At, wrapBatch } from "./frame.ts";
import { digestName } from "./hash.ts";
import { formatLimits } from "./limits.ts";
import type { PayloadCursor } from "./payload-cursor.ts";
import type { PayloadNaming, PayloadReading } from "./payload-reading.ts";
import { checkPayloadHeader } from "./payload-scan.ts";
import { payloadHeadBytes } from "./payload-table.ts";
import type { SeriesFile } from "./survey.ts";

/** A payload file that is read through the window. */
interface OpenStream {
  readonly series: SeriesFile;
  readonly file: LogFile;
  readonly window: FileWindow;
  /** payloads of this record and later ones may lie in another file */
  readonly next: number;
}

/**
 * Payloads in the order of their records, read through a window while records and files agree. Where
 * they do not, the cursor reads the same file as a whole from there on, and says what is wrong.
 */
export class StreamedPayloads {
  readonly #cursor: PayloadCursor;
  readonly #files: LogFiles;
  readonly #directory: string;
  readonly #log: { readonly origin: string; readonly digest: string };
  readonly #listing: readonly SeriesFile[];
  readonly #room = new WindowRoom();
  #open: OpenStream | undefined;
  /** once anything was unusual, all the rest is read by the cursor */
  #isOver = false;

  constructor(parts: {
    readonly cursor: PayloadCursor;
    readonly files: LogFiles;
    readonly directory: string;
    readonly log: { readonly origin: string; readonly digest: string };
    readonly listing: readonly SeriesFile[];
  }) {
    this.#cursor = parts.cursor;
    this.#files = parts.files;
    this.#directory = parts.directory;
    this.#log = parts.log;
    this.#listing = parts.listing;
  }

  /** As `PayloadCursor.takeNow`; the bytes hold the payload only until the next one is taken. */
  takeNow(naming: PayloadNaming): PayloadReading | undefined {
    if (this.#isOver) return this.#cursor.takeNow(naming);
    return this.#open && takeFrame(this.#open, naming);
  }

  /** As `PayloadCursor.take`, with bytes as those of `takeNow`. */
  async take(naming: PayloadNaming): Promise<PayloadReading> {
    const found = this.#isOver ? undefined : await this.#takeStreamed(naming);
    if (found !== undefined) return found;
    await this.#leave();
    return this.#cursor.take(naming);
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.file.close();
  }

  async #takeStreamed(naming: PayloadNaming): Promise<PayloadReading | undefined> {
    const open = this.#open;
    if (open !== undefined && naming.index < open.next) {
      return (await open.window.slide()) ? takeFrame(open, naming) : undefined;
    }
    const place = this.#listing.findLastIndex(({ first }) => first <= naming.index);
    const series = this.#listing[place];
    if (series === undefined || (open !== undefined && series.first <= open.series.first)) {
      return undefined;
    }
    await this.close();
    const begun = await this.#begin(series, this.#listing[place + 1]?.first);
    if (begun === undefined) return undefined;
    const found = takeFrame(begun, naming);
    if (found === undefined) await this.close();
    else this.#cursor.passOver(series);
    return found;
  }

  /** Undefined where the file is not one of the log in that place. */
  async #begin(series: SeriesFile, next: number | undefined): Promise<OpenStream | undefined> {
    const file = await openIfThere(this.#files, `${this.#directory}/${series.path}`);
    if (file === undefined) return undefined;
    const size = await file.size();
    const window = new FileWindow({ size, read: windowReading(file) }, this.#room.of(size));
    const open = { series, file, window, next: next ?? Number.POSITIVE_INFINITY };
    this.#open = open;
    if (size > 0 && size % formatLimits.blockBytes === 0) {
      await window.slide();
      const opening = readFrame(window.bytes, 0, windowBytes);
      const first = opening.ok ? readFrame(window.bytes, opening.end, windowBytes) : opening;
      const context = { origin: this.#log.origin, log: this.#log.digest, first: series.first };
      const stored = window.bytes.subarray(0, opening.ok ? opening.end : 0);
      const about = { size, batch: first.ok ? first.batch : undefined };
      window.at = stored.length;
      if (first.ok && checkPayloadHeader(stored, context, about) === undefined) return open;
    }
    await this.close();
    return undefined;
  }

  async #leave(): Promise<void> {
    this.#isOver = true;
    const open = this.#open;
    if (open === undefined) return;
    await this.close();
    await this.#cursor.goOn(open.series, open.window.base + open.window.at);
  }
}

/** The payload that comes next in the window, when it is the one named, and right. */
function takeFrame(open: OpenStream, naming: PayloadNaming): PayloadReading | undefined {
  const { window, series } = open;
  const { index, batch, reference } = naming;
  if (index < series.first || index >= open.next) return undefined;
  const { bytes } = window;
  const frame = readFrame(bytes, window.at, windowBytes);
  const content = window.at + payloadHeadBytes;
  if (!frame.ok || content > frame.end || frame.batch !== wrapBatch(batch)) return undefined;
  const high = u32At(bytes, frame.content);
  if (high * 2 ** 32 + u32At(bytes, content - 4) !== index) return undefined;
  const payload = bytes.subarray(content, frame.end);
  if (payload.length !== reference.bytes) return undefined;
  if (frame.type === frameType.erased && isZero(payload)) {
    window.at = frame.end;
    return { kind: "erased", file: series.path };
  }
  if (frame.type !== frameType.payload || digestName(payload) !== reference.digest)
    return undefined;
  window.at = frame.end;
  return { kind: "present", bytes: payload };
}
