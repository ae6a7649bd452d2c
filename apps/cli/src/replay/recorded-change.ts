import { changeBetween, createEngine } from "@holdfast/engine";
import type { Bundle } from "@holdfast/engine";
import { compareReplays } from "@holdfast/runtime";
import type { RecordedChange, RecordedChanges } from "../change-report.ts";
import { needLog } from "../log-option.ts";
import { judged } from "./change-count.ts";

/**
 * The decisions of a log that the two sets make otherwise, had history gone as it did.
 *
 * @throws CommandFailure exit 2 when there is no log; HoldfastError `log_…`, `payload_…`
 */
export async function recordedChanges(
  old: Bundle,
  now: Bundle,
  { data, since }: { readonly data: string; readonly since?: number },
): Promise<RecordedChanges> {
  needLog(data);
  const changes: RecordedChange[] = [];
  let decisions = 0;
  const engines = { before: createEngine(old), after: createEngine(now) };
  const options = since === undefined ? {} : { sinceMs: since };
  for await (const compared of compareReplays(data, engines, options)) {
    decisions += 1;
    const { sequence, phase, timeMs: time, agent, tool, before, after } = compared;
    const change = changeBetween(judged(before), judged(after));
    if (change === undefined) continue;
    changes.push({ sequence, phase, time, agent, tool, change, before, after });
  }
  return { decisions, changes };
}
