import { structuredTools, withStructuredResults } from "@holdfast/learn";
import type { JudgedCall, LearnedRun, RuleFamily, ToolDefinition } from "@holdfast/learn";
import { arms, judgeOf } from "./arm.ts";
import type { Arm, Judge, Lesson } from "./arm.ts";
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
  /** the part that is left out of the policy, when parts are left out one by one */
  readonly without?: RuleFamily;
}

/** What is measured. */
export interface MeasuredParts {
  readonly folds: readonly Fold[];
  /** default: all */
  readonly arms?: readonly Arm[];
  readonly without?: RuleFamily | undefined;
  /** leave out times, which take as long again */
  readonly untimed?: boolean;
}

/** A row with what was not as it should be. */
export interface Measured {
  readonly row: ProtectionRow;
  readonly misses: readonly Miss[];
}

/** Honest runs that solved what a user asked for: all that learning sees. */
export function honestRuns(runs: readonly LabelledRun[]): readonly LabelledRun[] {
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
  { folds: scoredFolds, arms: scoredArms = arms, without, untimed = false }: MeasuredParts,
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
    const shown = scoredFolds.filter((fold) => fold !== "model" || runs.some(({ model }) => model));
    for (const arm of scoredArms) {
      const kept: Measured[] = [];
      for (const fold of shown) {
        // No injection is ever learned from, so that leaving out one more changes nothing.
        const same = fold === "injection" ? kept.filter(({ row }) => row.fold === "task") : [];
        for (const each of same) yield { ...each, row: { ...each.row, fold } };
        if (same.length > 0) continue;
        const judges = new FoldedJudges(
          { arm, fold, untimed, ...(without && { without }) },
          lesson,
        );
        const named = { arm, suite, fold, ...(without && { without }) };
        const row = { ...named, dataset };
        kept.push(scored(row, judges, runs, (tally, run, judged) => tally.addRun(run, judged)));
        if (spliced.length > 0 && fold !== "model") {
          const row = { ...named, dataset: `${dataset}-spliced` };
          const add = (tally: Tally, run: SplicedRun, judged: readonly JudgedCall[]): void =>
            tally.addSpliced(run, judged);
          kept.push(scored(row, judges, spliced, add));
        }
        yield* kept.filter((each) => each.row.fold === fold);
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

type Named = Pick<ProtectionRow, "arm" | "dataset" | "suite" | "fold" | "without">;

function scored<T extends LabelledRun | SplicedRun>(
  named: Named,
  judges: FoldedJudges,
  runs: readonly T[],
  add: (tally: Tally, run: T, judged: readonly JudgedCall[]) => void,
): Measured {
  const tally = new Tally();
  for (const run of runs) {
    const isScored = !("isAttacked" in run) || isOfInterest(run);
    if (!isScored) {
      add(tally, run, []);
      continue;
    }
    const judge = judges.of(run);
    add(tally, run, judge.judge(run));
    if (judges.isTimed) judge.time(run);
  }
  tally.addTimes(judges.takeTimes());
  return { row: { ...named, ...tally.score() }, misses: tally.misses };
}

/** Whether anything of a run's decisions is counted. */
function isOfInterest(run: LabelledRun): boolean {
  return run.isAttacked ? run.isCompromised && run.isConfirmed : run.isSolved;
}

/** What the policies of a judge are made as. */
type Made = Pick<ProtectionRow, "arm" | "fold" | "without">;

/** One judge for all runs that leave out the same. */
class FoldedJudges {
  readonly isTimed: boolean;
  readonly #judges = new Map<string, Judge>();
  readonly #made: Made;
  readonly #lesson: Lesson<LabelledRun>;

  constructor({ untimed, ...made }: Made & { untimed: boolean }, lesson: Lesson<LabelledRun>) {
    this.isTimed = !untimed;
    this.#made = made;
    this.#lesson = lesson;
  }

  of(run: LabelledRun | SplicedRun): Judge {
    const key = this.#keyOf(run);
    const known = this.#judges.get(key);
    if (known !== undefined) return known;
    const { definitions, runs } = this.#lesson;
    const kept = runs.filter((each) => this.#isKept(each, run));
    const { arm, without } = this.#made;
    const judge = judgeOf(arm, { definitions, runs: kept }, without === undefined ? [] : [without]);
    this.#judges.set(key, judge);
    return judge;
  }

  takeTimes(): readonly number[] {
    return [...this.#judges.values()].flatMap(({ decisionUs }) => decisionUs.splice(0));
  }

  #keyOf(run: LabelledRun | SplicedRun): string {
    const { arm, fold } = this.#made;
    // Rules alone come of no run, so that nothing is left out of them.
    if (arm === "rules" || fold === "all") return "";
    if (fold === "model") return "model" in run ? run.model : "";
    return JSON.stringify([run.task, run.user_prompt]);
  }

  #isKept(each: LabelledRun, run: LabelledRun | SplicedRun): boolean {
    const { fold } = this.#made;
    if (fold === "all") return true;
    if (fold === "model") return !("model" in run) || each.model !== run.model;
    // One prompt is one task, whatever it is called.
    return each.task !== run.task && each.user_prompt !== run.user_prompt;
  }
}
