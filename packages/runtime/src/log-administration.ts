import {
  headAt,
  nodeFiles,
  openLog,
  parseCheckpoint,
  planPrune,
  pruneLog,
  readHolds,
  readWhole,
  rotateKey,
} from "@holdfast/log";
import type { KeyRotation, Log, PrunePlan } from "@holdfast/log";
import { encodeRecord, HoldfastError } from "@holdfast/model";
import { needNoHold } from "./held-log.ts";
import { logOrigin } from "./log-origin.ts";
import { Publisher } from "./publish/publisher.ts";
import type { PublishedEntry } from "./publish/published.ts";
import type { PublishTarget } from "./publish/target.ts";
import { chanceSeed, keyOf, signNow } from "./sign-now.ts";
import { readManifest, snapshotFolder } from "./snapshot/manifest.ts";

/** Who administers, and when. */
export interface Administrator {
  /** name that goes on record */
  readonly by: string;
  /** integer ms UTC */
  readonly timeMs: number;
}

/**
 * Changes the key that signs the log; see `rotateKey`.
 *
 * @throws HoldfastError `log_locked` while a guard has the log, `log_key`, `log_…`
 */
export async function rotateLogKey(directory: string, timeMs: number): Promise<KeyRotation> {
  return withLog(directory, timeMs, (log) =>
    rotateKey({ files: nodeFiles, directory, log, timeMs, seed: chanceSeed }),
  );
}

/**
 * Places or releases a legal hold: while one is in force, nothing is pruned.
 *
 * @throws HoldfastError `hold_exists`, `hold_unknown`, `record_invalid`, `log_locked`, `log_…`
 */
export async function changeHold(
  directory: string,
  hold: { readonly name: string; readonly reason: string; readonly change: "placed" | "released" },
  { by, timeMs }: Administrator,
): Promise<void> {
  const { name, reason, change } = hold;
  const record = encodeRecord({ v: 1, kind: "hold", time: timeMs, name, change, reason, by });
  await withLog(directory, timeMs, async (log) => {
    const inForce = await readHolds(nodeFiles, directory);
    const known = inForce.some((each) => each.name === name);
    if (known && change === "placed") {
      throw new HoldfastError("hold_exists", `a hold \`${name}\` is in force already`);
    }
    if (!known && change === "released") {
      const names = inForce.map((each) => `\`${each.name}\``).join(", ");
      const there = names === "" ? "none is in force" : `in force: ${names}`;
      throw new HoldfastError("hold_unknown", `no hold \`${name}\`; ${there}`);
    }
    const signer = await keyOf(directory, log);
    await log.append(record).durable;
    await signNow(directory, log, signer);
  });
}

/**
 * What pruning would take away of what is older than `beforeMs`; undefined when nothing can go.
 *
 * @throws HoldfastError `prune_held` while a legal hold is in force, `prune_snapshot` while no
 *   snapshot stands for what would go; `log_…`
 */
export async function planLogPrune(
  directory: string,
  beforeMs: number,
): Promise<PrunePlan | undefined> {
  await needNoHold(directory, "prune_held", "nothing is pruned while a hold is in force");
  const everything = { files: nodeFiles, directory, beforeMs, covered: Number.MAX_SAFE_INTEGER };
  const wanted = await planPrune(everything);
  if (wanted === undefined) return undefined;
  const covered = await snapshotSize(directory);
  const plan = await planPrune({ ...everything, covered });
  if (plan !== undefined) return plan;
  const message =
    covered === 0
      ? "no snapshot stands for the log"
      : `the snapshot stands for ${covered} records, and less could go than a segment`;
  const what = "a guard writes one as it goes on; records that it still folds cannot be pruned";
  throw new HoldfastError("prune_snapshot", `${message}; ${what}`);
}

/**
 * Prunes by a plan of `planLogPrune`. Holds are asked for once more: one may have been placed since.
 *
 * @throws HoldfastError `log_locked` while a guard has the log; `prune_held`; `log_…`
 */
export async function pruneRecords(
  directory: string,
  plan: PrunePlan,
  { by, timeMs }: Administrator,
): Promise<void> {
  await withLog(directory, timeMs, async (log) => {
    await needNoHold(directory, "prune_held", "nothing is pruned while a hold is in force");
    const signer = await keyOf(directory, log);
    await pruneLog({
      files: nodeFiles,
      directory,
      log,
      plan,
      by,
      timeMs,
      sign: () => signNow(directory, log, signer),
    });
  });
}

/**
 * Publishes the newest checkpoint now.
 *
 * @returns how each target stands; a `failure` says why it did not get it
 * @throws HoldfastError `log_checkpoint_missing` when the log has none
 */
export async function publishNewest(
  directory: string,
  targets: readonly PublishTarget[],
  options: { readonly wallMs: () => number; readonly notice: (text: string) => void },
): Promise<readonly PublishedEntry[]> {
  const bytes = await readWhole(nodeFiles, `${directory}/checkpoint`);
  if (bytes === undefined) {
    const message = `log in \`${directory}\` has no checkpoint; a guard signs one when it opens it`;
    throw new HoldfastError("log_checkpoint_missing", message);
  }
  const publisher = new Publisher({ directory, targets, ...options });
  publisher.offer(parseCheckpoint(bytes));
  return publisher.flush();
}

/** Records that the snapshot stands for; 0 when it does not stand for a beginning of this log. */
async function snapshotSize(directory: string): Promise<number> {
  const manifest = await readManifest(nodeFiles, `${directory}/${snapshotFolder}`);
  if (manifest === undefined) return 0;
  const { size, root } = manifest.log;
  return (await headAt(directory, size))?.root === root ? size : 0;
}

async function withLog<T>(
  directory: string,
  timeMs: number,
  use: (log: Log) => Promise<T>,
): Promise<T> {
  const log = await openLog({ directory, origin: logOrigin, now: () => timeMs });
  try {
    return await use(log);
  } finally {
    await log.close();
  }
}
