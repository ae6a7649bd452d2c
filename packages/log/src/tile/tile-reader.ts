import { readWhole, systemCode } from "../files.ts";
import type { LogFiles } from "../files.ts";
import type { LeafRange } from "../proof/subtree.ts";
import { Frontier } from "../tree.ts";
import { decodeBundle } from "./bundle.ts";
import { hashBytes, leavesPerHash, partialFolder, tilePath, tileWidth } from "./tile-layout.ts";
import type { TileSeries } from "./tile-layout.ts";

/** Tiles kept in memory while proofs are made. */
const cachedMax = 256;

/**
 * Reads hashes and entries from tiles. What it gives is only as good as the files, which are
 * derived: whoever uses it checks the outcome against a root. Absent is not wrong.
 */
export class TileReader {
  readonly #files: LogFiles;
  readonly #directory: string;
  readonly #tiles = new Map<string, Promise<Buffer | undefined>>();

  constructor(files: LogFiles, directory: string) {
    this.#files = files;
    this.#directory = directory;
  }

  /** Root of a perfect subtree, read from one tile; undefined when no tile has it. */
  async perfectRoot({ start, end }: LeafRange): Promise<Uint8Array | undefined> {
    let level = 0;
    while (leavesPerHash(level + 1) <= end - start) level += 1;
    const first = start / leavesPerHash(level);
    const count = (end - start) / leavesPerHash(level);
    const number = Math.floor(first / tileWidth);
    const offset = first - number * tileWidth;
    const tile = await this.#tile(level, number, offset + count);
    if (tile === undefined) return undefined;
    const frontier = new Frontier();
    for (let item = offset; item < offset + count; item += 1) {
      frontier.push(tile.subarray(item * hashBytes, (item + 1) * hashBytes));
    }
    return frontier.root();
  }

  /** The record at an index, from its bundle; undefined when no bundle has it. */
  async entry(index: number): Promise<Buffer | undefined> {
    const number = Math.floor(index / tileWidth);
    const bytes = await this.#widest("entries", number, (index % tileWidth) + 1);
    return bytes === undefined ? undefined : decodeBundle(bytes)?.[index % tileWidth];
  }

  /** A tile of hashes with at least so many; a damaged length is as good as none. */
  #tile(level: number, number: number, width: number): Promise<Buffer | undefined> {
    const key = `${level}/${number}/${width}`;
    let tile = this.#tiles.get(key);
    if (tile === undefined) {
      if (this.#tiles.size >= cachedMax) this.#tiles.clear();
      tile = this.#widest(level, number, width).then((bytes) =>
        bytes !== undefined && bytes.length >= width * hashBytes ? bytes : undefined,
      );
      this.#tiles.set(key, tile);
    }
    return tile;
  }

  /** The whole file, or the widest partial one that has at least so many items. */
  async #widest(series: TileSeries, number: number, width: number): Promise<Buffer | undefined> {
    const whole = await this.#read(tilePath({ series, number }));
    if (whole !== undefined) return whole;
    const widest = await this.#widestPartial(series, number);
    if (widest < width) return undefined;
    return this.#read(tilePath({ series, number, width: widest }));
  }

  async #widestPartial(series: TileSeries, number: number): Promise<number> {
    try {
      const names = await this.#files.list(`${this.#directory}/${partialFolder(series, number)}`);
      return Math.max(0, ...names.filter((name) => /^[1-9][0-9]{0,2}$/u.test(name)).map(Number));
    } catch (error) {
      if (systemCode(error) === "ENOENT") return 0;
      throw error;
    }
  }

  #read(path: string): Promise<Buffer | undefined> {
    return readWhole(this.#files, `${this.#directory}/${path}`);
  }
}
