import { Frontier } from "../tree.ts";
import { encodeBundle } from "./bundle.ts";
import { tilePath, tileWidth } from "./tile-layout.ts";
import type { TileName } from "./tile-layout.ts";

/** A tile or bundle as it is written. */
export interface TileFile {
  readonly name: TileName;
  readonly path: string;
  readonly bytes: Buffer;
}

/** Grows the tiles of a log, record by record, in memory: at most 256 items of each series. */
export class TileTree {
  #size: number;
  /** hashes that have no whole tile yet, by level */
  readonly #hashes: Uint8Array[][];
  #entries: Uint8Array[] = [];

  /**
   * @param size a whole number of level-0 tiles
   * @param hashes by level, those that have no whole tile yet; level 0 has none
   */
  constructor(size = 0, hashes: readonly (readonly Uint8Array[])[] = []) {
    if (size % tileWidth !== 0) throw new RangeError(`${size} records are no whole tiles`);
    this.#size = size;
    this.#hashes = hashes.map((level) => [...level]);
  }

  get size(): number {
    return this.#size;
  }

  /** Takes the next record. @returns the tiles and the bundle that became whole */
  push(leaf: Uint8Array, entry: Uint8Array): readonly TileFile[] {
    const whole: TileFile[] = [];
    this.#entries.push(entry);
    this.#size += 1;
    if (this.#size % tileWidth === 0) {
      whole.push(this.#bundle());
      this.#entries = [];
    }
    let hash = leaf;
    for (let level = 0; ; level += 1) {
      const hashes = (this.#hashes[level] ??= []);
      hashes.push(hash);
      if (hashes.length < tileWidth) return whole;
      const items = this.#size / tileWidth ** level;
      whole.push(fileOf({ series: level, number: items / tileWidth - 1 }, Buffer.concat(hashes)));
      hash = rootOf(hashes);
      this.#hashes[level] = [];
    }
  }

  /** The partial tiles and the partial bundle of the tree as it is now. */
  partial(): readonly TileFile[] {
    const files: TileFile[] = this.#entries.length === 0 ? [] : [this.#bundle()];
    for (const [level, hashes] of this.#hashes.entries()) {
      if (hashes.length === 0) continue;
      const number = Math.floor(this.#size / tileWidth ** (level + 1));
      const name = { series: level, number, width: hashes.length };
      files.push(fileOf(name, Buffer.concat(hashes)));
    }
    return files;
  }

  #bundle(): TileFile {
    const number = Math.floor((this.#size - 1) / tileWidth);
    const width = this.#entries.length;
    const name = { series: "entries", number } as const;
    return fileOf(width === tileWidth ? name : { ...name, width }, encodeBundle(this.#entries));
  }
}

/** Root of the subtree that the hashes of one whole tile are the leaves of. */
export function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
  const frontier = new Frontier();
  for (const hash of hashes) frontier.push(hash);
  return frontier.root();
}

function fileOf(name: TileName, bytes: Buffer): TileFile {
  return { name, path: tilePath(name), bytes };
}
