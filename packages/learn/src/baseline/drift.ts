import { agentWork } from "./agent-run.ts";
import type { AgentIdentity, AgentWork, ShownFeature } from "./agent-run.ts";
import type { AgentBaseline, Baseline } from "./baseline.ts";
import type { AgentDrift, Change, Comparison, Novelty } from "./change.ts";
import { dimensions } from "./feature.ts";
import type { ObservedRun } from "./observed-run.ts";
import { expectedNew, newOf, seenIn } from "./novelty.ts";
import { rateChanges } from "./rate.ts";

/**
 * What is new in runs beside a baseline, for each agent in each version and with each model. Pure and
 * deterministic: times are those of records, thresholds follow from the baseline alone.
 */
export function driftOf(baseline: Baseline, runs: readonly ObservedRun[]): readonly AgentDrift[] {
  return agentWork(runs).map((each) => {
    const { comparison, against } = comparedWith(baseline, each.identity);
    return agentDrift(each, comparison, against);
  });
}

/** The baseline of the same agent, version and model; else the newest of the same agent. */
function comparedWith(
  { agents }: Baseline,
  { agent, version, model }: AgentIdentity,
): { readonly comparison: Comparison; readonly against?: AgentBaseline } {
  const own = agents.filter((each) => each.agent === agent);
  const same = own.find((each) => each.version === version && each.model === model);
  if (same !== undefined) return { comparison: "same", against: same };
  const newest = own.toSorted((a, b) => (b.to ?? 0) - (a.to ?? 0))[0];
  return newest === undefined
    ? { comparison: "unknown_agent" }
    : { comparison: "new_version", against: newest };
}

function agentDrift(
  { identity, runs, tasks }: AgentWork,
  comparison: Comparison,
  against: AgentBaseline | undefined,
): AgentDrift {
  const calls = runs.flatMap((run) => run.calls);
  const times = calls.flatMap(({ timeMs }) => (timeMs === undefined ? [] : [timeMs]));
  const common = {
    ...identity,
    comparison,
    tasks: tasks.length,
    runs: runs.length,
    calls: calls.length,
    ...(times.length === 0
      ? {}
      : {
          from: times.reduce((a, b) => Math.min(a, b)),
          to: times.reduce((a, b) => Math.max(a, b)),
        }),
  };
  if (against === undefined) return { ...common, novelty: [], changes: [], drifts: true };
  const { novelty, changes } = compared(tasks, against);
  const rates = rateChanges({ runs, tasks }, against);
  const all = [...novelty, rates.novelty];
  return {
    ...common,
    against: identityOf(against),
    novelty: all,
    changes: [...changes, ...rates.changes],
    drifts: comparison === "same" && all.some(({ drifts }) => drifts),
  };
}

function identityOf({ agent, version, model }: AgentBaseline): AgentIdentity {
  return {
    agent,
    ...(version === undefined ? {} : { version }),
    ...(model === undefined ? {} : { model }),
  };
}

function compared(
  tasks: AgentWork["tasks"],
  against: AgentBaseline,
): { readonly novelty: readonly Novelty[]; readonly changes: readonly Change[] } {
  const seen = seenIn(against);
  const novelty: Novelty[] = [];
  const changes: Change[] = [];
  for (const dimension of dimensions) {
    const found = new Map<string, Change>();
    let [novel, of] = [0, 0];
    for (const task of tasks) {
      const own = task.filter(({ feature }) => feature.dimension === dimension);
      const news = newIn(own, against);
      of += own.length;
      novel += news.size;
      for (const [what, first] of news) {
        found.set(what, withTask(found.get(what) ?? { dimension, what, seen: 0 }, first));
      }
    }
    const expected = expectedNew(of, seen.get(dimension) ?? { all: 0, once: 0 });
    novelty.push({ dimension, novel, of, expected, drifts: novel > expected });
    changes.push(
      ...[...found.values()].sort((a, b) => b.seen - a.seen || (a.what < b.what ? -1 : 1)),
    );
  }
  return { novelty, changes };
}

/** What of these is new, in words, each with the first that shows it. */
function newIn(
  task: readonly ShownFeature[],
  against: AgentBaseline,
): ReadonlyMap<string, ShownFeature> {
  const news = new Map<string, ShownFeature>();
  for (const shown of task) {
    const what = newOf(shown.feature, against);
    if (what !== undefined && !news.has(what)) news.set(what, shown);
  }
  return news;
}

/** A change that one more task shows; the earliest stays the first. */
function withTask(change: Change, shown: ShownFeature): Change {
  const first = exampleOf(shown);
  const isFirst = change.first === undefined || (first.timeMs ?? 0) < (change.first.timeMs ?? 0);
  return { ...change, seen: change.seen + 1, ...(isFirst ? { first } : {}) };
}

function exampleOf({
  run,
  call: { args, place, timeMs },
  feature: {
    of: [, argument = ""],
  },
}: ShownFeature): NonNullable<Change["first"]> {
  const value = args[argument];
  return {
    run,
    place,
    ...(timeMs === undefined ? {} : { timeMs }),
    ...(value === undefined ? {} : { value }),
  };
}
