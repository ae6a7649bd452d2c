import { readWhole } from "./files.ts";
import type { LogFiles } from "./files.ts";
import type { ScannedGroup } from "./segment-scan.ts";
import { hashBytes, tilePath, tileWidth } from "./tile/tile-layout.ts";
import { Frontier } from "./tree.ts";

/** Leaves of pruned records, in the form groups pass in. */
export type PassedLeaves = Pick<ScannedGroup, "before" | "after" | "leaves">;

/**
 * The leaf hashes of the records before `first`, tile by tile: all that is left of them. Ends early
 * where a tile is absent or short.
 *
 * @returns the tree over them; undefined when it ended early
 */
export async function* readPrunedLeaves(
  files: LogFiles,
  directory: string,
  first: number,
): AsyncGenerator<PassedLeaves, Frontier | undefined> {
  let frontier = new Frontier();
  for (let number = 0; number * tileWidth < first; number += 1) {
    const tile = await readWhole(files, `${directory}/${tilePath({ series: 0, number })}`);
    const width = Math.min(tileWidth, first - number * tileWidth);
    if (tile === undefined || tile.length < width * hashBytes) return undefined;
    const leaves = Array.from({ length: width }, (_, item) =>
      tile.subarray(item * hashBytes, (item + 1) * hashBytes),
    );
    const before = { batch: 0, frontier };
    frontier = frontier.copy();
    for (const leaf of leaves) frontier.push(leaf);
    yield { before, after: { batch: 0, frontier }, leaves };
  }
  return frontier;
}
