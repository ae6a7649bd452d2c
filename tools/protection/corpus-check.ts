import { structuredTools, withStructuredResults } from "@holdfast/learn";
import type { LearnedRun } from "@holdfast/learn";
import { judgeOf } from "./arm.ts";
import type { Corpus } from "./corpus.ts";
import { honestRuns } from "./measurement.ts";
import { checkRuns } from "./run-check.ts";
import type { CheckedCalls } from "./run-check.ts";

/**
 * Decides about so many calls of data sets also by `holdfast check`: as many of each suite, of runs that lie evenly
 * over it, by what all its honest runs teach.
 */
export async function checkCorpora(
  corpora: readonly Corpus[],
  calls: number,
): Promise<CheckedCalls> {
  const suites = corpora.flatMap((corpus) =>
    [...new Set(corpus.runs.map(({ suite }) => suite))].sort().map((suite) => ({ corpus, suite })),
  );
  const sum = { calls: 0, effects: {} as Record<string, number>, differences: [] as string[] };
  for (const { corpus, suite } of suites) {
    const honest = honestRuns(corpus.runs).filter((run) => run.suite === suite);
    const structured = structuredTools(honest);
    const read = (run: LearnedRun): LearnedRun => withStructuredResults(run, structured);
    const definitions = corpus.definitions.get(suite) ?? [];
    const { files } = judgeOf("learned+step_up", { definitions, runs: honest.map(read) });
    const own = corpus.runs.filter((run) => run.suite === suite);
    const checked = await checkRuns(files, spread(own, Math.ceil(calls / suites.length)).map(read));
    sum.calls += checked.calls;
    sum.differences.push(...checked.differences);
    for (const [effect, count] of Object.entries(checked.effects)) {
      sum.effects[effect] = (sum.effects[effect] ?? 0) + count;
    }
  }
  return sum;
}

/** Runs from all over a list that have at least so many calls together. */
function spread(runs: readonly LearnedRun[], calls: number): readonly LearnedRun[] {
  const chosen: LearnedRun[] = [];
  let count = 0;
  // A step that has no divisor in common with the number of runs comes to each of them.
  const step = [97, 89, 83].find((prime) => runs.length % prime !== 0) ?? 1;
  for (let at = 0; at < runs.length && count < calls; at += 1) {
    const run = runs[(at * step) % runs.length];
    if (run === undefined || run.calls.length === 0) continue;
    chosen.push(run);
    count += run.calls.length;
  }
  return chosen;
}
