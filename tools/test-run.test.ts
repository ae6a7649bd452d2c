import { expect, test } from "vitest";
import { runAll } from "./test-run.js";

/** Runs scripts whose results are given. */
function run(
  results: Readonly<Record<string, { status: number; lastLine: string }>>,
): Promise<{ line: string; failedScripts: string[] }> {
  const result = (script: string) => results[script] ?? { status: 1, lastLine: "" };
  return runAll(Object.keys(results), (script: string) => Promise.resolve(result(script)));
}

test("the counts of all steps are added up", async () => {
  const result = await run({
    check: { status: 0, lastLine: "" },
    units: { status: 0, lastLine: "10 passed, 0 failed, 1 skipped" },
    conformance: { status: 0, lastLine: "5 passed, 0 failed, 2 skipped" },
  });
  expect(result).toEqual({ line: "15 passed, 0 failed, 3 skipped", failedScripts: [] });
});

test("a step that fails is a failure even without a count, and the steps after it still run", async () => {
  const result = await run({
    check: { status: 1, lastLine: "error: not formatted" },
    units: { status: 1, lastLine: "9 passed, 2 failed, 0 skipped" },
    conformance: { status: 1, lastLine: "5 passed, 0 failed, 0 skipped" },
  });
  expect(result.line).toBe("14 passed, 4 failed, 0 skipped");
  expect(result.failedScripts).toEqual(["check", "units", "conformance"]);
});
