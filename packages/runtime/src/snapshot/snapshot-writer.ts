import { createHash } from "node:crypto";
import { writeAll } from "@holdfast/log";
import type { LogFile, LogFiles } from "@holdfast/log";

/** Bytes gathered before they are written, which also gives other work its turn. */
const gatheredMax = 256 * 1024;

/** A file of a snapshot: a digest stands for all of its bytes. */
export interface WrittenFile {
  readonly name: string;
  readonly bytes: number;
  /** `sha256:` and hex */
  readonly digest: string;
}

/** Writes one new file from its beginning to its end, piece by piece. */
export class SnapshotWriter {
  readonly #name: string;
  readonly #file: LogFile;
  readonly #hash = createHash("sha256");
  #pieces: Uint8Array[] = [];
  #gathered = 0;
  #written = 0;

  private constructor(name: string, file: LogFile) {
    this.#name = name;
    this.#file = file;
  }

  static async create(files: LogFiles, folder: string, name: string): Promise<SnapshotWriter> {
    return new SnapshotWriter(name, await files.open(`${folder}/${name}`, "create"));
  }

  /** Where the next piece goes. */
  get at(): number {
    return this.#written + this.#gathered;
  }

  /** Takes a piece; it must not change until it is written. */
  add(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#gathered += piece.length;
  }

  get isFull(): boolean {
    return this.#gathered >= gatheredMax;
  }

  async flush(): Promise<void> {
    const bytes = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#gathered = 0;
    this.#hash.update(bytes);
    await writeAll(this.#file, bytes, this.#written);
    this.#written += bytes.length;
  }

  /** The file, whole and on stable storage. */
  async finish(): Promise<WrittenFile> {
    await this.flush();
    await this.#file.sync();
    await this.#file.close();
    const digest = `sha256:${this.#hash.digest("hex")}`;
    return { name: this.#name, bytes: this.#written, digest };
  }

  async abandon(): Promise<void> {
    await this.#file.close().catch(() => undefined);
  }
}
