import Table from "cli-table3";
import type { Fate, Trial } from "./campaign.ts";
import type { Mutant } from "./mutant.ts";
import type { Explanations } from "./survivor.ts";

/** How many mutants of a file, or of all files, came to which end. */
export interface Tally {
  /** mutants there are */
  readonly mutants: number;
  /** mutants tried: the sum of the four that follow */
  readonly tried: number;
  readonly killed: number;
  readonly timedOut: number;
  readonly survived: number;
  readonly notCovered: number;
  /** survivors and uncovered ones for which there is an explanation; the score knows no mercy */
  readonly explained: number;
  /** killed and timed out, in percent of those tried, to one decimal; 100 when none was tried */
  readonly score: number;
}

/** A mutant that no test noticed. */
export interface Survivor extends Pick<Mutant, "path" | "line" | "mutator" | "before" | "after"> {
  readonly fate: "survived" | "not covered";
  readonly reason?: string;
}

/** What a run has found. */
export interface Report {
  readonly seed: number;
  readonly minutes: number;
  readonly total: Tally;
  readonly files: Readonly<Record<string, Tally>>;
  /** sorted by file and line */
  readonly survivors: readonly Survivor[];
}

/** The result of a run, per file and in all. */
export function reportOf(
  run: { readonly seed: number; readonly minutes: number },
  mutants: readonly Mutant[],
  trials: readonly Trial[],
  explanations: Explanations,
): Report {
  const survivors = trials.flatMap(({ mutant, fate }): readonly Survivor[] => {
    if (fate !== "survived" && fate !== "not covered") return [];
    const { path, line, mutator, before, after } = mutant;
    const reason = explanations.reasonFor(mutant);
    const found = { path, line, mutator, before, after, fate };
    return [reason === undefined ? found : { ...found, reason }];
  });
  const paths = [...new Set(mutants.map(({ path }) => path))].sort();
  const tallyOf = (of: (path: string) => boolean): Tally =>
    tally(
      mutants.filter(({ path }) => of(path)).length,
      trials.filter(({ mutant }) => of(mutant.path)).map(({ fate }) => fate),
      survivors.filter(({ path, reason }) => of(path) && reason !== undefined).length,
    );
  return {
    ...run,
    total: tallyOf(() => true),
    files: Object.fromEntries(paths.map((path) => [path, tallyOf((each) => each === path)])),
    survivors: survivors.toSorted(
      (a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0) || a.line - b.line,
    ),
  };
}

function tally(mutants: number, fates: readonly Fate[], explained: number): Tally {
  const count = (fate: Fate): number => fates.filter((each) => each === fate).length;
  const [killed, timedOut] = [count("killed"), count("timed out")];
  const tried = fates.length;
  const score = tried === 0 ? 100 : Math.floor((1_000 * (killed + timedOut)) / tried) / 10;
  return {
    mutants,
    tried,
    killed,
    timedOut,
    survived: count("survived"),
    notCovered: count("not covered"),
    explained,
    score,
  };
}

/** The report for people: survivors first, those without an explanation in full, then the table. */
export function reportText(report: Report): string {
  const unexplained = report.survivors.filter(({ reason }) => reason === undefined);
  const table = new Table({
    head: ["file", "mutants", "tried", "killed", "timed out", "survived", "not covered", "score"],
    colAligns: ["left", "right", "right", "right", "right", "right", "right", "right"],
    style: { head: [], border: [], compact: true },
  });
  for (const [path, each] of Object.entries(report.files)) table.push(row(path, each));
  table.push(row("all", report.total));
  const { tried, explained, survived, notCovered, score } = report.total;
  return [
    ...unexplained.map(survivorText),
    table.toString(),
    `${survived + notCovered} of ${tried} mutants lived, ${explained} of them explained; ` +
      `score ${score} % (seed ${report.seed}, ${report.minutes} min)`,
  ].join("\n");
}

/** A survivor for people: where it is, and the change of the lines. */
export function survivorText({ path, line, mutator, fate, before, after }: Survivor): string {
  return `${path}:${line} ${mutator}, ${fate}\n  - ${before}\n  + ${after}`;
}

function row(name: string, { mutants, tried, killed, timedOut, ...rest }: Tally): string[] {
  const { survived, notCovered, score } = rest;
  const numbers = [mutants, tried, killed, timedOut, survived, notCovered].map(String);
  return [name, ...numbers, `${score.toFixed(1)} %`];
}
