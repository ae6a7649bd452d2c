import { canonicalJson, digestOf } from "@holdfast/model";
import { taskOf } from "@holdfast/learn";
import type { Draft, Mutant, StressCall, StressRun } from "../run/stress-run.ts";
import { doneText } from "../view/agent-view.ts";
import type { AgentView } from "../view/agent-view.ts";
import { chosenMany } from "../view/choice.ts";
import type { Mutation } from "./mutation.ts";

/** How many mutants are made at most. What is left out by a limit is counted. */
export interface MutantLimits {
  /** runs of one task, of which many are alike */
  readonly runsPerTask: number;
  /** mutants that one mutation makes of one run */
  readonly perMutation: number;
  /** mutants of one run in all */
  readonly perRun: number;
  readonly total: number;
}

export const mutantLimits: MutantLimits = {
  runsPerTask: 2,
  perMutation: 3,
  perRun: 150,
  total: 50_000,
};

/** The mutants of honest runs, and what there could have been besides. */
export interface Mutants {
  readonly mutants: readonly Mutant[];
  readonly leftOut: {
    /** mutants that a task's honest runs do, too: no attack */
    readonly notAttacks: number;
    /** honest runs beyond `runsPerTask` */
    readonly runs: number;
    /** mutants beyond a limit */
    readonly beyondLimits: number;
  };
}

/**
 * Makes mutants of honest runs. Pure and deterministic: the same runs, in whatever order, give the same
 * mutants in the same order.
 */
export function mutantsOf(
  runs: readonly StressRun[],
  view: AgentView,
  mutations: readonly Mutation[],
  limits: MutantLimits = mutantLimits,
): Mutants {
  const kept = keptRuns(runs, limits.runsPerTask);
  const mutants: Mutant[] = [];
  let notAttacks = 0;
  let beyondLimits = 0;
  for (const run of kept) {
    let ofRun = 0;
    for (const each of mutations) {
      const all = each.drafts(run, view);
      const attacks = all.filter((draft) => isAttack(draft, run, view));
      notAttacks += all.length - attacks.length;
      const room = Math.min(
        limits.perMutation,
        limits.perRun - ofRun,
        limits.total - mutants.length,
      );
      const drafts = chosenMany(attacks, Math.max(0, room), run.id, each.id);
      beyondLimits += attacks.length - drafts.length;
      ofRun += drafts.length;
      for (const [number, draft] of drafts.entries())
        mutants.push(mutantOf(run, each, draft, number));
    }
  }
  return { mutants, leftOut: { notAttacks, runs: runs.length - kept.length, beyondLimits } };
}

function mutantOf(run: StressRun, { id }: Mutation, draft: Draft, number: number): Mutant {
  const { calls, ...marked } = draft;
  return {
    ...marked,
    id: `${run.id}/${id}/${number + 1}`,
    origin: run.id,
    mutation: id,
    run: { ...run, calls: placed(calls, run) },
  };
}

/** Calls of which those that a mutation added are made where the run was at the time. */
function placed(calls: readonly StressCall[], run: StressRun): readonly StressCall[] {
  let where = run.calls.find(({ environment }) => environment !== undefined)?.environment;
  if (where === undefined) return calls;
  return calls.map((call) => {
    if (call.environment === undefined) return Object.assign({}, call, { environment: where });
    where = call.environment;
    return call;
  });
}

/** Up to `most` runs of each task, by digest; sorted by id. */
function keptRuns(runs: readonly StressRun[], most: number): readonly StressRun[] {
  const byTask = new Map<string, { run: StressRun; rank: string }[]>();
  for (const run of runs) {
    const ofTask = byTask.get(taskOf(run)) ?? [];
    ofTask.push({ run, rank: digestOf([run.id]) });
    byTask.set(taskOf(run), ofTask);
  }
  return [...byTask.values()]
    .flatMap((ofTask) =>
      ofTask
        .sort((a, b) => (a.rank < b.rank ? -1 : 1))
        .slice(0, most)
        .map(({ run }) => run),
    )
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/**
 * Whether a draft is an attack: some marked call does what no honest run of the task did, is made for
 * somebody else, somewhere else or with another tool than was pinned, or comes after other calls than it did.
 */
function isAttack({ calls, attacks }: Draft, run: StressRun, { doneByTask }: AgentView): boolean {
  const done = doneByTask.get(taskOf(run)) ?? new Set<string>();
  const before = (all: StressRun["calls"], at: number): string =>
    canonicalJson(all.slice(0, at).map(({ tool, args, result }) => [tool, args, result ?? null]));
  return attacks.some(({ at, base }) => {
    const call = calls[at];
    if (call === undefined) return false;
    const honest = base === undefined ? undefined : run.calls[base];
    const isForOthers =
      canonicalJson(call.delegation ?? []) !== canonicalJson(honest?.delegation ?? []);
    const isElsewhere = honest !== undefined && call.environment !== honest.environment;
    if (isForOthers || isElsewhere || call.registry !== undefined) return true;
    if (!done.has(doneText(call))) return true;
    return base !== undefined && before(calls, at) !== before(run.calls, base);
  });
}
