import { join } from "node:path";
import { openGuard } from "@holdfast/runtime";
import { row } from "./measurement.ts";
import type { LogRow } from "./measurement.ts";
import { atOnce, policies, quantileOf, requestOf } from "./workload.ts";

/** So often it is asked how far the index is behind. */
const sampleMs = 10;

/** `begin` as without an index, while a thread of the same process keeps one in step with the log. */
export async function measureLiveIndex(folder: string, count: number): Promise<readonly LogRow[]> {
  const data = join(folder, "data");
  const pep = { type: "bench", id: "b", version: "0" };
  const guard = await openGuard({ policies, data, pep, index: "live" });
  const behind: number[] = [];
  await atOnce(Math.min(count, 2000), (number) => guard.begin(requestOf(number)));
  const sampling = setInterval(() => behind.push(guard.status().index.behind ?? 0), sampleMs);
  const begun = await atOnce(count, (number) => guard.begin(requestOf(number)));
  clearInterval(sampling);
  const { state } = guard.status().index;
  await guard.close();
  const how = `${count} actions, 64 at a time, index in step; asked ${behind.length} times, at the end ${state}`;
  return [
    row("begin with index", begun.perSecond, "/s", how),
    row("begin with index p50", quantileOf(begun.times, 0.5), "ms", how),
    row("begin with index, processor", begun.cpuUs, "µs each", how),
    row("index lag p50", quantileOf(behind, 0.5), "records", how),
    row("index lag p99", quantileOf(behind, 0.99), "records", how),
  ];
}
