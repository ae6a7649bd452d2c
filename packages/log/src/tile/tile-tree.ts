import { Frontier } from "../tree.ts";
import { BundleBuffer } from "./bundle-buffer.ts";
import { hashBytes, tilePath, tileWidth } from "./tile-layout.ts";
import type { TileName } from "./tile-layout.ts";

/** A tile or bundle as it is written. */
export interface TileFile {
  readonly name: TileName;
  readonly path: string;
  readonly bytes: Buffer;
}

/** Hashes of one level that are in no whole tile yet. */
interface OpenTile {
  readonly bytes: Buffer;
  count: number;
}

/**
 * Grows the tiles of a log, record by record, in memory: at most 256 items of each series. Copies
 * what it is given.
 */
export class TileTree {
  #size: number;
  /** by level */
  readonly #open: OpenTile[];
  readonly #bundle = new BundleBuffer();

  /**
   * @param size a whole number of level-0 tiles
   * @param hashes by level, those that have no whole tile yet; level 0 has none
   */
  constructor(size = 0, hashes: readonly (readonly Uint8Array[])[] = []) {
    if (size % tileWidth !== 0) throw new RangeError(`${size} records are no whole tiles`);
    this.#size = size;
    this.#open = hashes.map((level) => {
      const tile = openTile();
      for (const hash of level) add(tile, hash);
      return tile;
    });
  }

  get size(): number {
    return this.#size;
  }

  /**
   * Takes the next record, which is the bytes of `entry` from `from` on.
   *
   * @returns the tiles and the bundle that became whole
   */
  push(leaf: Uint8Array, entry: Uint8Array, from = 0): readonly TileFile[] {
    this.#bundle.push(entry, from);
    this.#size += 1;
    const whole: TileFile[] = [];
    if (this.#size % tileWidth === 0) {
      const number = this.#size / tileWidth - 1;
      whole.push(fileOf({ series: "entries", number }, this.#bundle.copy()));
      this.#bundle.clear();
    }
    let hash = leaf;
    for (let level = 0; ; level += 1) {
      const tile = (this.#open[level] ??= openTile());
      add(tile, hash);
      if (tile.count < tileWidth) return whole;
      const number = this.#size / tileWidth ** (level + 1) - 1;
      const bytes = Buffer.from(tile.bytes);
      whole.push(fileOf({ series: level, number }, bytes));
      hash = rootOf(hashesIn(bytes));
      tile.count = 0;
    }
  }

  /** The partial tiles and the partial bundle of the tree as it is now. */
  partial(): readonly TileFile[] {
    const files: TileFile[] = [];
    const width = this.#size % tileWidth;
    if (width > 0) {
      const number = Math.floor(this.#size / tileWidth);
      files.push(fileOf({ series: "entries", number, width }, this.#bundle.copy()));
    }
    for (const [level, { bytes, count }] of this.#open.entries()) {
      if (count === 0) continue;
      const number = Math.floor(this.#size / tileWidth ** (level + 1));
      const hashes = Buffer.from(bytes.subarray(0, count * hashBytes));
      files.push(fileOf({ series: level, number, width: count }, hashes));
    }
    return files;
  }
}

/** The hashes of a tile that is whole. */
export function hashesIn(tile: Buffer): readonly Buffer[] {
  return Array.from({ length: tileWidth }, (_, item) =>
    tile.subarray(item * hashBytes, (item + 1) * hashBytes),
  );
}

/** Root of the subtree that the hashes of one whole tile are the leaves of. */
export function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
  const frontier = new Frontier();
  for (const hash of hashes) frontier.push(hash);
  return frontier.root();
}

function openTile(): OpenTile {
  return { bytes: Buffer.alloc(tileWidth * hashBytes), count: 0 };
}

function add(tile: OpenTile, hash: Uint8Array): void {
  tile.bytes.set(hash, tile.count * hashBytes);
  tile.count += 1;
}

function fileOf(name: TileName, bytes: Buffer): TileFile {
  return { name, path: tilePath(name), bytes };
}
