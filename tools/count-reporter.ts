import type { Reporter, TestCase, TestModule } from "vitest/node";

/** How a test says that it could not run because a program is missing; see need-tool.ts. */
export const notRun = "not run: ";

/** What one run of the tests came to. */
export interface TestCount {
  readonly passed: number;
  /** failed tests, files that could not be loaded, and errors outside any test */
  readonly failed: number;
  readonly skipped: number;
  /** missing program -> how many tests it kept from running; they are among the skipped or failed */
  readonly missing: ReadonlyMap<string, number>;
}

/** The last lines of a run: one `not run: PROGRAM` per missing program, then the count, alone. */
export function countLines(count: TestCount): string[] {
  const lines = [...count.missing].map(([program, tests]) => `${notRun}${program} (${tests})`);
  return [...lines, `${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`];
}

/** Ends every run with its count, so that whoever started it need not parse anything else. */
export class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const lines = countLines(count(modules, unhandledErrors.length));
    // After the turn of the loop in which the other reporters print their summary.
    setImmediate(() => process.stdout.write(`${lines.join("\n")}\n`));
  }
}

function count(modules: readonly TestModule[], unhandledErrors: number): TestCount {
  const missing = new Map<string, number>();
  let passed = 0;
  let failed = unhandledErrors;
  let skipped = 0;
  for (const module of modules) {
    failed += module.errors().length;
    for (const suite of module.children.allSuites()) failed += suite.errors().length;
    for (const test of module.children.allTests()) {
      const program = missingProgram(test);
      if (program !== undefined) missing.set(program, (missing.get(program) ?? 0) + 1);
      const { state } = test.result();
      if (state === "passed") passed++;
      else if (state === "failed") failed++;
      else skipped++;
    }
  }
  return { passed, failed, skipped, missing };
}

function missingProgram(test: TestCase): string | undefined {
  const result = test.result();
  const said = result.state === "skipped" ? result.note : result.errors?.[0]?.message;
  return said?.startsWith(notRun) === true ? said.slice(notRun.length) : undefined;
}
