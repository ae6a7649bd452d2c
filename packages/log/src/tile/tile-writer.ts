import type { LogFiles } from "../files.ts";
import { frameHeadBytes } from "../frame.ts";
import type { DurableGroup, Log } from "../log.ts";
import { readLeaves } from "./leaf-reader.ts";
import { TileFiles } from "./tile-files.ts";
import { readTileTree } from "./tile-stand.ts";
import { TileTree } from "./tile-tree.ts";
import type { TileFile } from "./tile-tree.ts";

/** Bytes of tiles and bundles that may wait in memory; beyond it they are read again later. */
const waitingBytesMax = 32 * 1024 * 1024;

/**
 * Writes the tiles and bundles of a log behind its appends (C2SP tlog-tiles). Records that become
 * durable are kept in memory until `write`; those from before, and those that were too many to
 * keep, are read from the segments. A log never waits for it.
 */
export class TileWriter {
  readonly #files: LogFiles;
  readonly #directory: string;
  readonly #log: Log;
  readonly #output: TileFiles;
  readonly #unfollow: () => void;
  #tree = new TileTree();
  #waiting: TileFile[] = [];
  #waitingBytes = 0;
  /** the tree has all that is durable, and takes what becomes so */
  #isFollowing = false;
  /** what became durable while older records are read; undefined when it was too much */
  #backlog: DurableGroup[] | undefined;
  #backlogBytes = 0;
  /** size of the tree whose partial tiles were written last */
  #partialSize = 0;
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: {
    readonly files: LogFiles;
    readonly directory: string;
    readonly log: Log;
  }) {
    this.#files = options.files;
    this.#directory = options.directory;
    this.#log = options.log;
    this.#output = new TileFiles(options.files, options.directory);
    this.#unfollow = options.log.follow((group) => this.#take(group));
  }

  /**
   * Writes all tiles of the records that are durable by now, the partial ones too.
   *
   * @throws what the file system answers, and LogDamagedError where segments have to be read and
   *   are damaged; the next call begins again from what is on disk
   */
  write(): Promise<void> {
    const written = this.#running.then(() => this.#write());
    this.#running = written.catch(() => undefined);
    return written;
  }

  /** Waits for what is under way. Writes nothing more. */
  async close(): Promise<void> {
    this.#unfollow();
    await this.#running;
  }

  async #write(): Promise<void> {
    try {
      if (!this.#isFollowing) await this.#catchUp();
      await this.#flush();
      if (this.#tree.size === this.#partialSize) return;
      const { size } = this.#tree;
      for (const file of this.#tree.partial()) await this.#output.write(file);
      this.#partialSize = size;
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  /** From what is on disk to the records that are durable by now, and what came meanwhile. */
  async #catchUp(): Promise<void> {
    this.#tree = await readTileTree(this.#files, this.#directory, this.#log.head.size);
    while (!this.#isFollowing) {
      const [from, to] = [this.#tree.size, this.#log.head.size];
      this.#backlog = [];
      this.#backlogBytes = 0;
      const leaves = readLeaves(this.#files, this.#directory, { from, to, log: this.#log });
      if (from < to) {
        for await (const { leaf, entry } of leaves) {
          this.#push(leaf, entry);
          if (this.#waitingBytes > waitingBytesMax / 2) await this.#flush();
        }
      }
      // Too much came to be kept: it is read like the rest.
      const backlog = this.#backlog;
      this.#backlog = undefined;
      if (backlog === undefined) continue;
      for (const group of backlog) this.#pushGroup(group);
      this.#isFollowing = true;
    }
  }

  async #flush(): Promise<void> {
    for (let file = this.#waiting.shift(); file !== undefined; file = this.#waiting.shift()) {
      this.#waitingBytes -= file.bytes.length;
      await this.#output.write(file);
    }
  }

  #take(group: DurableGroup): void {
    if (this.#isFollowing) {
      // Never throws here: the log would take it for a failure of its own.
      if (group.first === this.#tree.size) this.#pushGroup(group);
      else this.#leave();
      if (this.#waitingBytes > waitingBytesMax) this.#leave();
      return;
    }
    if (this.#backlog === undefined) return;
    this.#backlog.push(group);
    for (const { length } of group.frames) this.#backlogBytes += length;
    if (this.#backlogBytes > waitingBytesMax) this.#backlog = undefined;
  }

  #pushGroup({ first, frames, leaves }: DurableGroup): void {
    if (first !== this.#tree.size) throw new Error("tiles lost the place in the log");
    for (const [item, leaf] of leaves.entries())
      this.#push(leaf, frames[item] ?? leaf, frameHeadBytes + 1);
  }

  #push(leaf: Uint8Array, entry: Uint8Array, from = 0): void {
    for (const file of this.#tree.push(leaf, entry, from)) {
      this.#waiting.push(file);
      this.#waitingBytes += file.bytes.length;
    }
  }

  /** What is in memory is given up; `write` begins with what is on disk. */
  #leave(): void {
    this.#isFollowing = false;
    this.#backlog = undefined;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#partialSize = 0;
  }
}
