import type { LeftOut, Ledger } from "./ledger.ts";

/** What came of one test of the suite; `skipped` means that the ledger leaves it out. */
export interface Result {
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** what was found instead, of a failure */
  readonly why?: string;
}

/** The counts of a run, and everything that is not as the ledger says; none when all is as expected. */
export interface Verdict {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly problems: readonly string[];
}

/** The entry that leaves a test out: one that names it, its section or its file. */
export function leftOutBy(name: string, ledger: Ledger): LeftOut | undefined {
  return ledger.leftOut.find((entry) => isNamedBy(name, entry.name));
}

/** A name covers itself and everything below it. */
function isNamedBy(name: string, entry: string): boolean {
  return name === entry || name.startsWith(`${entry}/`);
}

/**
 * Holds the results of a run against the ledger. A problem is: a failure that is not expected,
 * an expected failure that passes or is no longer there, an entry whose count does not match,
 * a test left out by two entries, a suite of another size.
 */
export function judge(results: readonly Result[], ledger: Ledger): Verdict {
  const count = (outcome: Result["outcome"]): number =>
    results.filter((result) => result.outcome === outcome).length;
  return {
    passed: count("passed"),
    failed: count("failed"),
    skipped: count("skipped"),
    problems: [
      ...sizeProblems(results, ledger),
      ...leftOutProblems(results, ledger),
      ...failureProblems(results, ledger),
    ],
  };
}

function sizeProblems(results: readonly Result[], ledger: Ledger): readonly string[] {
  if (results.length === ledger.tests) return [];
  return [`the suite has ${results.length} tests, sections.json says ${ledger.tests}`];
}

function leftOutProblems(results: readonly Result[], ledger: Ledger): readonly string[] {
  const counts = ledger.leftOut.flatMap((entry) => {
    const named = results.filter((result) => isNamedBy(result.name, entry.name)).length;
    return named === entry.tests
      ? []
      : [`sections.json leaves out ${entry.tests} tests as ${entry.name}, there are ${named}`];
  });
  const doubles = results.flatMap((result) => {
    const by = ledger.leftOut.filter((entry) => isNamedBy(result.name, entry.name));
    return by.length < 2 ? [] : [`${result.name} is left out by ${by.length} entries`];
  });
  return [...counts, ...doubles];
}

function failureProblems(results: readonly Result[], ledger: Ledger): readonly string[] {
  const expected = new Set(ledger.expectedFailures.map(({ name }) => name));
  const failing = results.filter((result) => result.outcome === "failed");
  const names = new Set(failing.map(({ name }) => name));
  return [
    ...failing
      .filter(({ name }) => !expected.has(name))
      .map(({ name, why = "" }) => `${name} failed: ${why}`),
    ...[...expected]
      .filter((name) => !names.has(name))
      .map((name) => `${name} is listed in expected-failures.json and does not fail`),
  ];
}
