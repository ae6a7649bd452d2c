import { Chance } from "../engine-fuzz/chance.ts";
import type { TaskEnd, TestWorker } from "./test-worker.ts";
import { edited } from "./edit.ts";
import type { Answer } from "./message.ts";
import type { Mutant } from "./mutant.ts";
import type { ParsedSource } from "./site.ts";
import type { Coverage, KnownTest } from "./survey.ts";
import type { Workshop } from "./workshop.ts";

/** What became of a mutant. */
export type Fate = "killed" | "timed out" | "survived" | "not covered";

/** A mutant that was tried. */
export interface Trial {
  readonly mutant: Mutant;
  readonly fate: Fate;
  /** the test that noticed it */
  readonly by?: string;
}

/** A campaign's means. */
export interface Means {
  readonly workshop: Workshop;
  readonly coverage: Coverage;
  readonly workers: readonly TestWorker[];
  readonly sources: readonly ParsedSource[];
  readonly slackMs: number;
}

/** When to stop: `now` and `untilMs` are on one clock. */
export interface Limit {
  readonly now: () => number;
  readonly untilMs: number;
}

/** The mutants in an order that the seed alone decides: any beginning of it is a fair sample. */
export function shuffled(mutants: readonly Mutant[], seed: number): readonly Mutant[] {
  const chance = new Chance(seed);
  return mutants
    .map((mutant) => ({ mutant, at: chance.unit() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ mutant }) => mutant);
}

/**
 * Tries mutants in their order until all are tried or the time is over; `on` hears of each trial
 * as it ends.
 */
export async function tryMutants(
  means: Means,
  mutants: readonly Mutant[],
  limit: Limit,
  on: (trial: Trial) => void,
): Promise<readonly Trial[]> {
  const trials: Trial[] = [];
  const kills = new Kills();
  let next = 0;
  const work = async (worker: TestWorker): Promise<void> => {
    for (let mutant = mutants[next]; mutant !== undefined; mutant = mutants[next]) {
      if (limit.now() >= limit.untilMs) return;
      next += 1;
      const trial = await attempt(means, worker, kills, mutant);
      trials.push(trial);
      on(trial);
    }
  };
  await Promise.all(means.workers.map(work));
  return trials;
}

async function attempt(
  { workshop, coverage, sources, slackMs }: Means,
  worker: TestWorker,
  kills: Kills,
  mutant: Mutant,
): Promise<Trial> {
  const tests = kills.ordered(mutant.path, coverage.testsFor(mutant));
  if (tests.length === 0) return { mutant, fate: "not covered" };
  const text = sources.find(({ path }) => path === mutant.path)?.text ?? "";
  const variant = workshop.vary(new Map([[mutant.path, edited(text, mutant.edit)]]));
  const places = tests.map(({ path, number }) => ({ url: variant.urlOf(path), number }));
  const end = await worker.run({ kind: "attempt", tests: places }, (at) =>
    patienceMs(tests, slackMs, at),
  );
  variant.discard();
  return trialOf(mutant, tests, end, kills);
}

function trialOf(mutant: Mutant, tests: readonly KnownTest[], end: TaskEnd, kills: Kills): Trial {
  switch (end.kind) {
    case "late":
      return { mutant, fate: "timed out" };
    case "crashed":
      return { mutant, fate: "killed", by: end.message };
    case "answered": {
      const { answer } = end;
      if (answer.kind !== "failed") return { mutant, fate: "survived" };
      const test = tests[answer.position];
      if (test === undefined) return { mutant, fate: "killed", by: "importing the tests" };
      kills.note(mutant.path, test);
      return { mutant, fate: "killed", by: test.name };
    }
  }
}

const loadingMs = 20_000;
const slowdown = 10;

/** A test that takes ten times as long as it should, and some seconds, will not end. */
function patienceMs(tests: readonly KnownTest[], slackMs: number, at: Answer | undefined): number {
  if (at?.kind !== "running") return loadingMs;
  return slackMs + slowdown * (tests[at.position]?.elapsedMs ?? 0);
}

/** Which tests have killed, so that those likely to kill again run first. */
class Kills {
  readonly #byTest = new Map<KnownTest, number>();
  readonly #byFile = new Map<string, Map<KnownTest, number>>();

  note(path: string, test: KnownTest): void {
    const ofFile = this.#byFile.get(path) ?? new Map<KnownTest, number>();
    this.#byFile.set(path, ofFile.set(test, (ofFile.get(test) ?? 0) + 1));
    this.#byTest.set(test, (this.#byTest.get(test) ?? 0) + 1);
  }

  /** The tests, those first that promise most for their time. */
  ordered(path: string, tests: readonly KnownTest[]): readonly KnownTest[] {
    const promise = (test: KnownTest): number => {
      const ofFile = this.#byFile.get(path)?.get(test) ?? 0;
      const hopes = 0.05 + (this.#byTest.get(test) ?? 0) + 10 * ofFile;
      return hopes / (0.5 + test.elapsedMs);
    };
    const rated = tests.map((test) => ({ test, value: promise(test) }));
    return rated.toSorted((a, b) => b.value - a.value).map(({ test }) => test);
  }
}
