import { join, posix } from "node:path";
import { readFileSync } from "node:fs";
import { shuffled, tryMutants } from "./campaign.ts";
import type { Trial } from "./campaign.ts";
import { mutantsOf } from "./mutant.ts";
import type { Mutant } from "./mutant.ts";
import { reportOf } from "./report.ts";
import type { Report } from "./report.ts";
import { roomAt } from "./room.ts";
import { parseSource } from "./site.ts";
import { explanationsFrom } from "./survivor.ts";
import type { Explanation } from "./survivor.ts";
import { surveyCoverage } from "./survey.ts";
import type { KnownTest } from "./survey.ts";
import { testWorker } from "./test-worker.ts";
import { openWorkshop } from "./workshop.ts";

/** What to try, and for how long. */
export interface Order {
  /** the root of the repository, with its dependencies installed */
  readonly root: string;
  /** files and folders to mutate, from the root */
  readonly paths: readonly string[];
  /** test files; none: those of the package that lead to the files */
  readonly tests: readonly string[];
  readonly minutes: number;
  readonly seed: number;
  readonly processes: number;
  readonly explanations: readonly Explanation[];
  /** how long a test may take beyond ten times what it should; default 4 seconds */
  readonly slackMs?: number;
  /** which mutants are wanted; default all */
  readonly wanted?: (mutant: Mutant) => boolean;
}

/** Hears how a run goes on. */
export interface Listener {
  readonly say: (line: string) => void;
  readonly onTrial: (trial: Trial) => void;
}

const registry = "tools/mutate/test-registry.ts";
const testProcess = "tools/mutate/test-process.ts";
const setups = ["tools/property-seed.ts"];

/** How long each file of tests takes, the longest first. */
function timesOf(paths: readonly string[], tests: readonly KnownTest[]): string {
  const times = paths.map((path) => ({
    path: posix.basename(path),
    ms: tests.reduce((sum, test) => sum + (test.path === path ? test.elapsedMs : 0), 0),
  }));
  const longest = times.toSorted((a, b) => b.ms - a.ms);
  return longest.map(({ path, ms }) => `${path} ${Math.round(ms)} ms`).join(", ");
}

/**
 * Tries the mutants of some files, in an order that the seed alone decides, until all are tried or
 * the minutes are over; of the minutes the first go to running the tests on the code as it is.
 *
 * @throws Error when the tests fail on the code as it is
 */
export async function runMutation(order: Order, listener: Listener): Promise<Report> {
  const startedMs = performance.now();
  const { root, seed, minutes } = order;
  const surroundings = { root, standIns: new Map([["vitest", registry]]) };
  const { room, graph } = roomAt(surroundings, order.paths, order.tests, [testProcess, ...setups]);
  const sources = room.sources.map((path) =>
    parseSource(path, readFileSync(join(root, path), "utf8")),
  );
  const mutants = sources.flatMap(mutantsOf);
  const explanations = explanationsFrom(order.explanations);
  for (const { path, before } of explanations.staleAmong(mutants)) {
    listener.say(`explained, but no longer there: ${path}: ${before}`);
  }
  listener.say(`${mutants.length} mutants in ${sources.length} files; running the tests once`);
  const workshop = openWorkshop(surroundings, graph, root);
  const newWorker = (): ReturnType<typeof testWorker> =>
    testWorker(workshop.base.urlOf(testProcess), setups.map(workshop.base.urlOf));
  const workers = Array.from({ length: order.processes }, newWorker);
  try {
    const coverage = await surveyCoverage(workshop, graph, newWorker(), sources, room.tests);
    listener.say(`${coverage.tests.length} tests: ${timesOf(room.tests, coverage.tests)}`);
    const limit = { now: () => performance.now(), untilMs: startedMs + minutes * 60_000 };
    const chosen = shuffled(mutants, seed).filter(order.wanted ?? (() => true));
    const slackMs = order.slackMs ?? 4_000;
    const means = { workshop, coverage, workers, sources, slackMs };
    const trials = await tryMutants(means, chosen, limit, listener.onTrial);
    const spent = Math.round((performance.now() - startedMs) / 6_000) / 10;
    return reportOf({ seed, minutes: spent }, mutants, trials, explanations);
  } finally {
    for (const worker of workers) worker.stop();
    workshop.close();
  }
}
