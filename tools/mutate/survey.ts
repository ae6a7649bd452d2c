import type { Answer, SurveyedTest } from "./message.ts";
import { dependentsOf } from "./module-graph.ts";
import type { ModuleGraph } from "./module-graph.ts";
import type { Mutant } from "./mutant.ts";
import { withProbes } from "./site.ts";
import type { ParsedSource } from "./site.ts";
import type { TestWorker } from "./test-worker.ts";
import type { Workshop } from "./workshop.ts";

/** A test of the repository, with how long it takes on the code as it is. */
export interface KnownTest {
  readonly path: string;
  readonly number: number;
  readonly name: string;
  readonly elapsedMs: number;
}

/** Which tests can notice a mutant; none: it is not covered. */
export interface Coverage {
  readonly tests: readonly KnownTest[];
  readonly testsFor: (mutant: Pick<Mutant, "path" | "region">) => readonly KnownTest[];
}

/** More regions than a file can have. */
const regionsMax = 100_000;
/** Running all tests takes a minute on a machine of its own, and many on one that is shared. */
const surveyPatienceMs = 900_000;

/**
 * Runs all tests once with a probe in every region of the sources.
 *
 * @throws Error when a test fails: on code that is wrong no mutant says anything
 */
export async function surveyCoverage(
  workshop: Workshop,
  graph: ModuleGraph,
  worker: TestWorker,
  sources: readonly ParsedSource[],
  testPaths: readonly string[],
): Promise<Coverage> {
  const variant = workshop.vary(new Map(sources.map((source, index) => probed(source, index))));
  const pathOf = new Map(testPaths.map((path) => [variant.urlOf(path), path]));
  const task = { kind: "survey", urls: [...pathOf.keys()] } as const;
  const end = await worker.run(task, () => surveyPatienceMs);
  worker.stop();
  variant.discard();
  if (end.kind === "late") {
    const waited = `${surveyPatienceMs / 60_000} min`;
    throw new Error(
      `the tests took longer than ${waited} on the code as it is; stop what else runs`,
    );
  }
  if (end.kind !== "answered" || end.answer.kind !== "surveyed") {
    throw new Error(`the tests cannot be run: ${JSON.stringify(end)}`);
  }
  const failing = end.answer.tests.find(({ failure }) => failure !== undefined);
  if (failing !== undefined) {
    throw new Error(`\`${failing.name}\` fails on the code as it is: ${failing.failure}`);
  }
  return coverageOf(graph, sources, end.answer, pathOf);
}

function probed(source: ParsedSource, index: number): readonly [string, string] {
  const base = index * regionsMax;
  const call = `globalThis.mutateProbe(${base} + number)`;
  const declaration = `\nfunction probe$(number: number) { ${call}; }\n`;
  return [source.path, withProbes(source, "probe$") + declaration];
}

function coverageOf(
  graph: ModuleGraph,
  sources: readonly ParsedSource[],
  { tests, files }: Extract<Answer, { kind: "surveyed" }>,
  pathOf: ReadonlyMap<string, string>,
): Coverage {
  const known = new Map<SurveyedTest, KnownTest>();
  const byFile = new Map<string, KnownTest[]>();
  const byRegion = new Map<number, Set<KnownTest>>();
  const note = (region: number, test: KnownTest): void => {
    const noted = byRegion.get(region);
    if (noted === undefined) byRegion.set(region, new Set([test]));
    else noted.add(test);
  };
  for (const test of tests) {
    const { number, name, elapsedMs, url, reached } = test;
    const path = pathOf.get(url) ?? url;
    const one = { path, number, name, elapsedMs };
    known.set(test, one);
    byFile.set(path, [...(byFile.get(path) ?? []), one]);
    for (const region of reached) note(region, one);
  }
  // What importing a test file reaches, any test of the file can notice.
  for (const { url, reached } of files) {
    const path = pathOf.get(url) ?? url;
    for (const test of byFile.get(path) ?? []) for (const region of reached) note(region, test);
  }
  const indexOf = new Map(sources.map(({ path }, index) => [path, index]));
  const testsFor: Coverage["testsFor"] = ({ path, region }) => {
    if (region === 0) {
      const importers = dependentsOf(graph, [path]);
      return [...known.values()].filter((test) => importers.has(test.path));
    }
    return [...(byRegion.get((indexOf.get(path) ?? 0) * regionsMax + region) ?? [])];
  };
  return { tests: [...known.values()], testsFor };
}
