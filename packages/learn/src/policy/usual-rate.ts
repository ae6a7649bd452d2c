import { taskOf } from "../run/learned-run.ts";
import type { LearnedRun } from "../run/learned-run.ts";
import { noteMost, reachedTwice } from "../run/task-value.ts";

/** How often a tool was called in one run. */
export interface Rate {
  readonly tasks: number;
  /** the most calls in one run that two tasks reached */
  readonly most: number;
  /** the calls in one session that a person is not asked about */
  readonly limit: number;
}

/** The rates of tools, with room for runs that do more: five times the most, and twenty at least. */
export function usualRates(runs: readonly LearnedRun[]): ReadonlyMap<string, Rate> {
  const found = new Map<string, Map<string, number>>();
  for (const run of runs) {
    const counts = new Map<string, number>();
    for (const { tool } of run.calls) counts.set(tool, (counts.get(tool) ?? 0) + 1);
    for (const [tool, count] of counts) {
      const byTask = found.get(tool) ?? new Map<string, number>();
      found.set(tool, byTask);
      noteMost(byTask, taskOf(run), count);
    }
  }
  return new Map(
    [...found].map(([tool, byTask]) => {
      const most = reachedTwice(byTask) ?? 0;
      return [tool, { tasks: byTask.size, most, limit: Math.max(20, 5 * most) }];
    }),
  );
}
