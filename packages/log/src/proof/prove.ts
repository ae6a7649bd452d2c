import { HoldfastError } from "@holdfast/model";
import { encodeCheckpoint } from "../note/checkpoint.ts";
import type { Checkpoint } from "../note/checkpoint.ts";
import type { LogFiles } from "../files.ts";
import { nodeFiles } from "../node-files.ts";
import { readLog } from "../read.ts";
import { surveyLog } from "../survey.ts";
import { TileReader } from "../tile/tile-reader.ts";
import { Frontier, leafHash } from "../tree.ts";
import type { LogHead } from "../tree.ts";
import { walkRecords } from "../walk.ts";
import type { Receipt } from "./receipt.ts";
import { consistencyRanges, inclusionRanges, perfectRanges } from "./subtree.ts";
import type { LeafRange } from "./subtree.ts";
import { provesConsistency, provesInclusion } from "./verify-proof.ts";

/**
 * The receipt of a record under a checkpoint of the log. Reads some tiles and a bundle, and only
 * where they are absent or wrong the segments. What it gives was checked against the root of the
 * checkpoint; its signatures are the caller's to check.
 *
 * @throws HoldfastError `log_missing`; `log_proof_index` when the checkpoint does not cover the
 *   record; `log_pruned`; `log_proof_path` when the log is not that of the checkpoint
 * @throws LogDamagedError where the segments it has to read are damaged
 */
export async function proveRecord(
  directory: string,
  options: {
    readonly index: number;
    readonly checkpoint: Checkpoint;
    readonly files?: LogFiles;
  },
): Promise<{ readonly receipt: Receipt; readonly record: Uint8Array }> {
  const { index, checkpoint, files = nodeFiles } = options;
  const { head } = checkpoint;
  if (index >= head.size) {
    const message = `checkpoint covers ${head.size} records; there is no record ${index} among them`;
    throw new HoldfastError("log_proof_index", message);
  }
  const ranges = inclusionRanges(index, head.size);
  const tiles = new TileReader(files, directory);
  const entry = await tiles.entry(index);
  const quick = entry === undefined ? undefined : await rootsFromTiles(tiles, ranges);
  const fits = (record: Uint8Array, hashes: readonly Uint8Array[]): boolean =>
    provesInclusion({ index, leaf: leafHash(record), head, hashes });
  if (entry !== undefined && quick !== undefined && fits(entry, quick)) {
    return { record: new Uint8Array(entry), receipt: { index, hashes: quick, checkpoint } };
  }
  const record = await recordAt(directory, files, index);
  // The path may be whole where the bundle is not.
  const hashes =
    (await rootsFromTiles(tiles, ranges).then((roots) =>
      roots !== undefined && fits(record, roots) ? roots : undefined,
    )) ?? (await rootsFromSegments(directory, files, ranges));
  if (fits(record, hashes)) return { record, receipt: { index, hashes, checkpoint } };
  throw notThisLog(checkpoint);
}

/**
 * Proves that the log of one head is a beginning of that of a later one, from tiles, or segments
 * where those are absent or wrong.
 *
 * @throws HoldfastError `log_missing`, `log_pruned`, `log_proof_path` when no proof leads from the
 *   one to the other in this log: one of the heads is not its own
 * @throws LogDamagedError where the segments it has to read are damaged
 */
export async function proveConsistency(
  directory: string,
  options: { readonly from: LogHead; readonly to: LogHead; readonly files?: LogFiles },
): Promise<readonly Uint8Array[]> {
  const { from, to, files = nodeFiles } = options;
  if (from.size <= to.size) {
    const ranges = consistencyRanges(from.size, to.size);
    const quick = await rootsFromTiles(new TileReader(files, directory), ranges);
    if (quick !== undefined && provesConsistency({ from, to, hashes: quick })) return quick;
    if (ranges.length > 0) {
      const hashes = await rootsFromSegments(directory, files, ranges);
      if (provesConsistency({ from, to, hashes })) return hashes;
    }
  }
  const message = `the head of ${from.size} records is no beginning of that of ${to.size} here`;
  throw new HoldfastError("log_proof_path", message);
}

async function rootsFromTiles(
  tiles: TileReader,
  ranges: readonly LeafRange[],
): Promise<readonly Uint8Array[] | undefined> {
  const roots: Uint8Array[] = [];
  for (const range of ranges) {
    const parts: Uint8Array[] = [];
    for (const perfect of perfectRanges(range)) {
      const root = await tiles.perfectRoot(perfect);
      if (root === undefined) return undefined;
      parts.push(root);
    }
    roots.push(new Frontier(range.end - range.start, parts).root());
  }
  return roots;
}

/** The roots of disjoint ranges in one pass over the segments that hold them. */
async function rootsFromSegments(
  directory: string,
  files: LogFiles,
  ranges: readonly LeafRange[],
): Promise<readonly Uint8Array[]> {
  const from = Math.min(...ranges.map(({ start }) => start));
  const to = Math.max(...ranges.map(({ end }) => end));
  const trees = ranges.map((range) => ({ range, frontier: new Frontier() }));
  const survey = await surveyLog(files, directory);
  checkKept(survey.records.files[0]?.first ?? 0, from);
  const live = await files.isLocked(directory);
  if (ranges.length > 0) {
    for await (const { group } of walkRecords({ files, directory, survey, from, live })) {
      const first = group.before.frontier.size;
      for (const { range, frontier } of trees) {
        const start = Math.max(0, range.start - first);
        for (const leaf of group.leaves.slice(start, Math.max(start, range.end - first))) {
          frontier.push(leaf);
        }
      }
      if (group.after.frontier.size >= to) break;
    }
  }
  return trees.map(({ frontier }) => frontier.root());
}

async function recordAt(directory: string, files: LogFiles, index: number): Promise<Uint8Array> {
  const survey = await surveyLog(files, directory);
  checkKept(survey.records.files[0]?.first ?? 0, index);
  for await (const { body } of readLog(directory, { from: index, to: index + 1, files })) {
    return body;
  }
  throw new HoldfastError("log_proof_index", `log has no record ${index}`);
}

function checkKept(first: number, from: number): void {
  if (from >= first) return;
  const message = `records before ${first} were pruned, and the tiles do not have what is needed`;
  throw new HoldfastError("log_pruned", message);
}

function notThisLog(checkpoint: Checkpoint): HoldfastError {
  const { size } = checkpoint.head;
  const digest = encodeCheckpoint(checkpoint).toString("utf8").split("\n")[2] ?? "";
  const message = `log does not have the root \`${digest}\` at ${size} records: the checkpoint is of another log, or this one was changed; run audit verify`;
  throw new HoldfastError("log_proof_path", message);
}
