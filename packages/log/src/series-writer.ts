import { HoldfastError } from "@holdfast/model";
import { FileSupply } from "./file-supply.ts";
import { writeAll } from "./files.ts";
import type { LogFile, LogFiles } from "./files.ts";
import { digestName, RunningDigest } from "./hash.ts";
import type { SegmentHeader } from "./header.ts";
import { recordSeries, seriesPath } from "./layout.ts";
import type { SeriesLayout } from "./layout.ts";
import { formatLimits, writerLimits } from "./limits.ts";

/** The file of a series that groups are added to. */
export interface LiveFile {
  readonly file: LogFile;
  readonly first: number;
  /** length of the file */
  readonly bytes: number;
  /** where the next group goes; 0 while it has no header */
  used: number;
  /** where the last group begins, a header before it included */
  lastGroup: number;
  /** of all bytes up to `used`; payload files are named by no digest */
  readonly digest?: RunningDigest;
}

/** Makes the header frame of a file by its first index, its length and the file before it. */
export type HeaderMaker = (
  first: number,
  bytes: number,
  previous: SegmentHeader["previous"],
) => Buffer;

/** Writes groups to the files of one series, each group whole in one file. */
export class SeriesWriter {
  readonly #directory: string;
  readonly #layout: SeriesLayout;
  readonly #segmentBytes: number;
  readonly #supply: FileSupply;
  #live: LiveFile | undefined;
  #previous: SegmentHeader["previous"];

  constructor(options: {
    readonly files: LogFiles;
    readonly directory: string;
    readonly layout: SeriesLayout;
    readonly segmentBytes: number;
    readonly live?: LiveFile;
    readonly previous?: SegmentHeader["previous"];
  }) {
    this.#directory = options.directory;
    this.#layout = options.layout;
    this.#segmentBytes = options.segmentBytes;
    this.#live = options.live;
    this.#previous = options.previous;
    this.#supply = new FileSupply(options.files, `${options.directory}/${options.layout.folder}`);
  }

  get live(): LiveFile | undefined {
    return this.#live;
  }

  /** The file before the live one; undefined in the first, and for payload files. */
  get previous(): SegmentHeader["previous"] {
    return this.#previous;
  }

  /**
   * Bytes left in the live file when the disk has no room for another; undefined as long as it has.
   * Tries again each time it is asked.
   */
  roomLeft(): number | undefined {
    if (!this.#supply.lacksSpace || this.#live === undefined) return undefined;
    this.prepare();
    return this.#live.bytes - this.#live.used;
  }

  /** Begins to make the next file. */
  prepare(): void {
    this.#supply.prepare(this.#nextBytes());
  }

  /**
   * Makes sure the live file has room for a group, with a new file when it has not, or when the
   * live one began before `oldest`.
   *
   * @throws HoldfastError `log_no_space`; then nothing has changed
   */
  async room(
    bytes: number,
    options: { readonly first: number; readonly oldest: number; readonly header: HeaderMaker },
  ): Promise<void> {
    const { first, oldest, header } = options;
    const live = this.#live;
    if (live !== undefined && live.first >= oldest) {
      const unwritten = live.used === 0 ? header(live.first, live.bytes, this.#previous).length : 0;
      if (live.used + unwritten + bytes <= live.bytes) return;
    }
    // The header will name the live file, whose digest is known when it is left.
    const headerBytes = header(first, formatLimits.fileBytes, this.#previousNext()).length;
    const sizes = { bytes: this.#nextBytes(), bytesMin: bytes + headerBytes };
    const path = `${this.#directory}/${seriesPath(this.#layout, first)}`;
    const taken = await this.#supply.take(path, sizes);
    if (live !== undefined) await this.#leave(live);
    const digest = this.#layout === recordSeries ? { digest: new RunningDigest() } : {};
    this.#live = { ...taken, first, used: 0, lastGroup: 0, ...digest };
  }

  /** Writes a group at the end of the live file, behind a header when it is the first. */
  async write(frames: readonly Uint8Array[], header: HeaderMaker): Promise<void> {
    const live = this.#live;
    if (live === undefined) throw new Error("no room was made for a group");
    const pieces =
      live.used === 0 ? [header(live.first, live.bytes, this.#previous), ...frames] : frames;
    const bytes = Buffer.concat(pieces);
    await writeAll(live.file, bytes, live.used);
    live.lastGroup = live.used;
    live.used += bytes.length;
    live.digest?.update(bytes);
    if (live.used > live.bytes / 2) this.prepare();
  }

  /**
   * Resolves when all that was written to the live file is on stable storage, in a file that still had its
   * name when this was called: what goes to a file that somebody removed nobody will ever read.
   *
   * @throws HoldfastError `log_gone` when the file is not in its place any more
   */
  async sync(): Promise<void> {
    const live = this.#live;
    if (live === undefined) return;
    const path = seriesPath(this.#layout, live.first);
    // Beside the flush, for which this thread waits anyway.
    const [, isThere] = await Promise.all([
      live.file.sync(),
      live.file.isAt(`${this.#directory}/${path}`),
    ]);
    if (isThere) return;
    const message = `\`${path}\` is not in its place any more; somebody removed or moved the log`;
    throw new HoldfastError("log_gone", message);
  }

  async close(): Promise<void> {
    await this.#supply.close();
    await this.#live?.file.close();
    this.#live = undefined;
  }

  /** What the next file names, in its full length. */
  #previousNext(): SegmentHeader["previous"] {
    const live = this.#live;
    if (live === undefined || live.used === 0 || live.digest === undefined) return this.#previous;
    return { first: live.first, digest: digestName(new Uint8Array(0)) };
  }

  async #leave(live: LiveFile): Promise<void> {
    // An empty file was replaced by a longer one of its name, and is not before any.
    if (live.used > 0 && live.digest !== undefined) {
      live.digest.update(Buffer.alloc(live.bytes - live.used));
      this.#previous = { first: live.first, digest: live.digest.name() };
    }
    await live.file.close();
  }

  /** Files double up to the full size: a small log stays small on disk. */
  #nextBytes(): number {
    const least = Math.min(writerLimits.firstSegmentBytes, this.#segmentBytes);
    return this.#live === undefined ? least : Math.min(this.#live.bytes * 2, this.#segmentBytes);
  }
}
