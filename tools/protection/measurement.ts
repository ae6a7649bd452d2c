import { structuredTools, withStructuredResults } from "@holdfast/learn";
import type { LearnedRun, ToolDefinition } from "@holdfast/learn";
import { arms, judgeOf } from "./arm.ts";
import type { Arm, Judge } from "./arm.ts";
import type { Corpus, LabelledRun, SplicedRun } from "./corpus.ts";
import { Tally } from "./tally.ts";
import type { Miss, Score } from "./tally.ts";

/**
 * What is left out of learning when a run is scored: nothing (`all`), its model, its task, or its task and
 * its injection. Learning reads honest runs alone, so that no injection is ever learned from.
 */
export const folds = ["all", "model", "task", "injection"] as const;

export type Fold = (typeof folds)[number];

/** One row of the result. */
export interface ProtectionRow extends Score {
  readonly arm: Arm;
  readonly dataset: string;
  readonly suite: string;
  readonly fold: Fold;
}

/** A row with what was not as it should be. */
export interface Measured {
  readonly row: ProtectionRow;
  readonly misses: readonly Miss[];
}

/** Honest runs that solved what a user asked for: all that learning sees. */
function honestRuns(runs: readonly LabelledRun[]): readonly LabelledRun[] {
  // A run whose task is an injection's is one that nobody would have asked for.
  return runs.filter(
    ({ isAttacked, isSolved, task }) => !isAttacked && isSolved && !task.startsWith("injection"),
  );
}

/**
 * Scores the runs of a data set by what was learned from another, or from itself, in these folds.
 */
export function* measure(
  evaluated: Corpus,
  learned: Corpus,
  scoredFolds: readonly Fold[],
): Generator<Measured> {
  const { dataset } = evaluated;
  const suites = [...new Set(evaluated.runs.map(({ suite }) => suite))].sort();
  for (const suite of suites) {
    const honest = honestRuns(learned.runs).filter((run) => run.suite === suite);
    // Which tools answer with data, by the form of what they answer alone.
    const structured = structuredTools(honest);
    const read = <T extends LearnedRun & { readonly suite: string }>(all: readonly T[]): T[] =>
      all.filter((run) => run.suite === suite).map((run) => withStructuredResults(run, structured));
    const lesson = {
      definitions: definitionsOf(suite, learned, evaluated),
      runs: read(honest),
    };
    const [runs, spliced] = [read(evaluated.runs), read(evaluated.spliced)];
    // A data set that names no models has none to leave out.
    const folds = scoredFolds.filter((fold) => fold !== "model" || runs.some(({ model }) => model));
    for (const arm of arms) {
      for (const fold of folds) {
        const judges = new FoldedJudges(arm, fold, lesson);
        yield scored({ arm, dataset, suite, fold }, judges, runs, addRun);
        if (spliced.length === 0 || fold === "model") continue;
        const row = { arm, dataset: `${dataset}-spliced`, suite, fold };
        yield scored(row, judges, spliced, (tally, run, judged) => tally.addSpliced(run, judged));
      }
    }
  }
}

/** The tools that either folder defines, as the one that is learned from has them. */
function definitionsOf(suite: string, ...corpora: readonly Corpus[]): readonly ToolDefinition[] {
  const byName = new Map<string, ToolDefinition>();
  for (const { definitions } of corpora) {
    for (const each of definitions.get(suite) ?? []) {
      if (!byName.has(each.name)) byName.set(each.name, each);
    }
  }
  return [...byName.values()];
}

function addRun(tally: Tally, run: LabelledRun, judged: Parameters<Tally["addRun"]>[1]): void {
  tally.addRun(run, judged);
}

type Named = Pick<ProtectionRow, "arm" | "dataset" | "suite" | "fold">;

function scored<T extends LabelledRun | SplicedRun>(
  named: Named,
  judges: FoldedJudges,
  runs: readonly T[],
  add: (tally: Tally, run: T, judged: Parameters<Tally["addRun"]>[1]) => void,
): Measured {
  const tally = new Tally();
  for (const run of runs) {
    const isScored = !("isAttacked" in run) || isOfInterest(run);
    if (isScored) add(tally, run, judges.of(run).judge(run));
    else add(tally, run, []);
  }
  tally.addTimes(judges.takeTimes());
  return { row: { ...named, ...tally.score() }, misses: tally.misses };
}

/** Whether anything of a run's decisions is counted. */
function isOfInterest(run: LabelledRun): boolean {
  return run.isAttacked ? run.isCompromised && run.isConfirmed : run.isSolved;
}

/** One judge for all runs that leave out the same. */
class FoldedJudges {
  readonly #judges = new Map<string, Judge>();
  readonly #arm: Arm;
  readonly #fold: Fold;
  readonly #definitions: readonly ToolDefinition[];
  readonly #runs: readonly LabelledRun[];

  constructor(
    arm: Arm,
    fold: Fold,
    { definitions, runs }: { definitions: readonly ToolDefinition[]; runs: readonly LabelledRun[] },
  ) {
    this.#arm = arm;
    this.#fold = fold;
    this.#definitions = definitions;
    this.#runs = runs;
  }

  of(run: LabelledRun | SplicedRun): Judge {
    const key = this.#keyOf(run);
    const known = this.#judges.get(key);
    if (known !== undefined) return known;
    const kept: readonly LearnedRun[] = this.#runs.filter((each) => this.#isKept(each, run));
    const judge = judgeOf(this.#arm, { definitions: this.#definitions, runs: kept });
    this.#judges.set(key, judge);
    return judge;
  }

  takeTimes(): readonly number[] {
    return [...this.#judges.values()].flatMap(({ decisionUs }) => decisionUs.splice(0));
  }

  #keyOf(run: LabelledRun | SplicedRun): string {
    if (this.#fold === "all") return "";
    if (this.#fold === "model") return "model" in run ? run.model : "";
    return JSON.stringify([run.task, run.user_prompt]);
  }

  #isKept(each: LabelledRun, run: LabelledRun | SplicedRun): boolean {
    if (this.#fold === "all") return true;
    if (this.#fold === "model") return !("model" in run) || each.model !== run.model;
    // One prompt is one task, whatever it is called.
    return each.task !== run.task && each.user_prompt !== run.user_prompt;
  }
}
