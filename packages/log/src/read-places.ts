import { LogDamagedError } from "./damage.ts";
import type { LogFile, LogFiles } from "./files.ts";
import { frameHeadBytes, frameType, readFrame } from "./frame.ts";
import { recordSeries, seriesPath } from "./layout.ts";
import { recordFrameLengthMax } from "./limits.ts";
import { nodeFiles } from "./node-files.ts";
import { PayloadCursor } from "./payload-cursor.ts";
import { readReference } from "./payload-reference.ts";
import type { LogEntry } from "./read.ts";
import { surveyLog } from "./survey.ts";

/** Where a record lies, as a follower of the log was told. */
export interface RecordPlace {
  readonly index: number;
  /** first index of the segment */
  readonly segment: number;
  /** byte where the frame begins */
  readonly offset: number;
}

export interface PlacesOptions {
  /** also give the payloads the records name */
  readonly payloads?: boolean;
  readonly files?: LogFiles;
}

/** One read takes in as much, since records that are asked for together often lie together. */
const windowBytes = 16 * 1024;

/**
 * Reads single records where they lie, without what lies before them. **Contract:** `places` are in
 * the order of the log. Checks each frame's checksum and each payload's digest, and not the tree:
 * whoever has to know that nothing was changed verifies the log.
 *
 * @throws LogDamagedError (`log_damaged`) where a place holds no record
 * @throws HoldfastError `log_missing` when there is no log
 */
export async function* readPlaces(
  directory: string,
  places: readonly RecordPlace[],
  { payloads = false, files = nodeFiles }: PlacesOptions = {},
): AsyncGenerator<LogEntry, void> {
  const [first] = places;
  if (first === undefined) return;
  const cursor = payloads ? await cursorFrom(files, directory, first.index) : undefined;
  const segment = new SegmentReader(files, directory);
  try {
    for (const place of places) {
      const { batch, body } = await segment.recordAt(place);
      const { index } = place;
      const reference = cursor === undefined ? undefined : readReference(body);
      if (cursor === undefined || reference === undefined) {
        yield { index, body: new Uint8Array(body) };
        continue;
      }
      const payload = await cursor.take({ index, batch, segment: place.segment, reference });
      if (payload.kind === "damaged") throw new LogDamagedError(payload.damage);
      const found = payload.kind === "present" ? new Uint8Array(payload.bytes) : payload.kind;
      yield { index, body: new Uint8Array(body), payload: found };
    }
  } finally {
    await segment.close();
  }
}

async function cursorFrom(
  files: LogFiles,
  directory: string,
  from: number,
): Promise<PayloadCursor> {
  const { described, payloads } = await surveyLog(files, directory);
  const log = { origin: described.description.origin, digest: described.digest };
  return new PayloadCursor({ files, directory, listing: payloads.files, log, from });
}

/** Reads frames of one segment after the other. */
class SegmentReader {
  readonly #files: LogFiles;
  readonly #directory: string;
  #open: { readonly first: number; readonly file: LogFile } | undefined;
  #window: { readonly bytes: Buffer; readonly base: number } | undefined;

  constructor(files: LogFiles, directory: string) {
    this.#files = files;
    this.#directory = directory;
  }

  async recordAt({ index, segment, offset }: RecordPlace) {
    const path = seriesPath(recordSeries, segment);
    if (this.#open?.first !== segment) {
      await this.close();
      const file = await this.#files.open(`${this.#directory}/${path}`, "read");
      this.#open = { first: segment, file };
    }
    const { file } = this.#open;
    for (const length of [0, windowBytes, frameHeadBytes + recordFrameLengthMax]) {
      if (length > 0) this.#window = { bytes: await file.read(offset, length), base: offset };
      const { bytes, base } = this.#window ?? { bytes: Buffer.alloc(0), base: 0 };
      if (offset < base || offset + frameHeadBytes > base + bytes.length) continue;
      const frame = readFrame(bytes, offset - base, recordFrameLengthMax);
      if (!frame.ok && frame.why === "overrun") continue;
      if (!frame.ok || frame.type !== frameType.entry) break;
      return { batch: frame.batch, body: bytes.subarray(frame.content, frame.end) };
    }
    const message = `record ${index} is not where it was`;
    throw new LogDamagedError({ code: "log_frame", file: path, offset, message });
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    this.#window = undefined;
    await open?.file.close();
  }
}
