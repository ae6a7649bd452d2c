import { readWhole } from "../files.ts";
import type { LogFiles } from "../files.ts";
import { leafHash } from "../tree.ts";
import { decodeBundle } from "./bundle.ts";
import { hashBytes, tilePath, tileWidth } from "./tile-layout.ts";
import { hashesIn, rootOf, TileTree } from "./tile-tree.ts";

/** How far back the newest tiles are looked through for one that a crash left whole. */
const brokenMax = 64;

/**
 * The tree of tiles as the files have it, up to the last whole level-0 tile whose bundle hashes to
 * it; an empty one when the files do not give it. They are derived, so what is wrong or absent
 * only costs making them again.
 */
export async function readTileTree(
  files: LogFiles,
  directory: string,
  size: number,
): Promise<TileTree> {
  const read = (series: number | "entries", number: number): Promise<Buffer | undefined> =>
    readWhole(files, `${directory}/${tilePath({ series, number })}`);
  let count = await countTiles(read, Math.floor(size / tileWidth));
  for (let back = 0; count > 0 && back < brokenMax; back += 1) {
    if (await isWhole(read, count - 1)) return (await treeOf(read, count)) ?? new TileTree();
    count -= 1;
  }
  return new TileTree();
}

type ReadTile = (series: number | "entries", number: number) => Promise<Buffer | undefined>;

/** How many whole level-0 tiles there are, by halving: they were written in order. */
async function countTiles(read: ReadTile, most: number): Promise<number> {
  let least = 0;
  let beyond = most + 1;
  while (beyond - least > 1) {
    const middle = Math.floor((least + beyond) / 2);
    if ((await read(0, middle - 1)) === undefined) beyond = middle;
    else least = middle;
  }
  return least;
}

/** Whether a level-0 tile has its length, and its bundle the entries that it is made of. */
async function isWhole(read: ReadTile, number: number): Promise<boolean> {
  const hashes = hashesOf(await read(0, number));
  const bytes = await read("entries", number);
  const entries = bytes === undefined ? undefined : decodeBundle(bytes);
  if (hashes === undefined || entries?.length !== tileWidth) return false;
  return entries.every((entry, item) => leafHash(entry).equals(hashes[item] ?? Buffer.alloc(0)));
}

/** The hashes of each level that are in no whole tile yet, from the tiles below them. */
async function treeOf(read: ReadTile, count: number): Promise<TileTree | undefined> {
  const levels: Uint8Array[][] = [[]];
  for (let level = 1, items = count; items > 0; level += 1) {
    const hashes: Uint8Array[] = [];
    for (let item = items - (items % tileWidth); item < items; item += 1) {
      const below = hashesOf(await read(level - 1, item));
      if (below === undefined) return undefined;
      hashes.push(rootOf(below));
    }
    levels.push(hashes);
    items = Math.floor(items / tileWidth);
  }
  return new TileTree(count * tileWidth, levels);
}

function hashesOf(tile: Buffer | undefined): readonly Buffer[] | undefined {
  if (tile?.length !== tileWidth * hashBytes) return undefined;
  return hashesIn(tile);
}
