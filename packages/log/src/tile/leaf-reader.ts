import { HoldfastError } from "@holdfast/model";
import { LogDamagedError } from "../damage.ts";
import type { LogFiles } from "../files.ts";
import type { Log } from "../log.ts";
import { surveyLog } from "../survey.ts";
import { walkRecords } from "../walk.ts";

/** A record and its leaf hash. */
export interface Leaf {
  readonly leaf: Uint8Array;
  /** the record's bytes, the caller's only until the next step */
  readonly entry: Uint8Array;
}

/**
 * Records `from` up to and without `to`, from the segments, without their payloads. `log`: open for
 * writing in this process, which spares reading what it knows.
 *
 * @throws LogDamagedError where damage begins; HoldfastError `log_pruned` when they begin later
 */
export async function* readLeaves(
  files: LogFiles,
  directory: string,
  range: { readonly from: number; readonly to: number; readonly log?: Log },
): AsyncGenerator<Leaf, void> {
  const { from, to, log } = range;
  const survey = await surveyLog(files, directory);
  const first = survey.records.files[0]?.first ?? 0;
  if (from < first) {
    const message = `records before ${first} were pruned, and their tiles are not whole`;
    throw new HoldfastError("log_pruned", message);
  }
  const live = await files.isLocked(directory);
  const { place, extent } = log ?? {};
  const known = {
    ...(place === undefined || place.size > from ? {} : { place }),
    ...(extent?.records === undefined ? {} : { until: extent.records }),
  };
  const walk = walkRecords({ files, directory, survey, from, live, ...known });
  let step = await walk.next();
  for (; step.done !== true; step = await walk.next()) {
    const { bytes, group } = step.value;
    const before = group.before.frontier.size;
    for (let item = Math.max(0, from - before); item < group.entries.length; item += 1) {
      if (before + item >= to) return;
      const [entry, leaf] = [group.entries[item], group.leaves.at(item)];
      if (entry === undefined || leaf === undefined) return;
      yield { leaf, entry: bytes.subarray(entry.content, entry.end) };
    }
  }
  if (step.value.tail.state === "damaged") throw new LogDamagedError(step.value.tail.damage);
}
