import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readLedger } from "./cel-conformance/ledger.ts";
import type { Ledger } from "./cel-conformance/ledger.ts";
import { runSuite } from "./cel-conformance/run-suite.ts";
import { judge } from "./cel-conformance/verdict.ts";
import type { Result } from "./cel-conformance/verdict.ts";

const ledger = readLedger(fileURLToPath(new URL("..", import.meta.url)));

describe("the official CEL conformance suite", () => {
  const verdict = judge(runSuite(ledger), ledger);

  test("every result is as conformance/cel says", () => {
    expect(verdict.problems).toEqual([]);
  });

  test("at least the 1,024 tests that need no protobuf run, and at least 95 % of them pass", () => {
    expect(verdict.passed + verdict.failed).toBeGreaterThanOrEqual(1_024);
    expect(verdict.passed / (verdict.passed + verdict.failed)).toBeGreaterThanOrEqual(0.95);
  });
});

describe("the verdict on a conformance run", () => {
  const small: Ledger = {
    tests: 4,
    leftOut: [{ name: "proto/has", tests: 1, why: "messages" }],
    expectedFailures: [{ name: "logic/and/odd", why: "known" }],
  };
  const results: readonly Result[] = [
    { name: "logic/and/plain", outcome: "passed" },
    { name: "logic/and/odd", outcome: "failed", why: "1 where 2 is right" },
    { name: "proto/has/field", outcome: "skipped" },
    { name: "proto/hashed/field", outcome: "passed" },
  ];
  const changed = (name: string, outcome: Result["outcome"]): readonly Result[] =>
    results.map((result) => (result.name === name ? { name, outcome } : result));

  test("a run as expected has counts and no problems", () => {
    expect(judge(results, small)).toEqual({ passed: 2, failed: 1, skipped: 1, problems: [] });
  });

  test("a failure that is not listed is a problem", () => {
    expect(judge(changed("logic/and/plain", "failed"), small).problems).toHaveLength(1);
  });

  test("a listed failure that passes is a problem", () => {
    expect(judge(changed("logic/and/odd", "passed"), small).problems).toEqual([
      "logic/and/odd is listed in expected-failures.json and does not fail",
    ]);
  });

  test("a listed failure that the suite no longer has is a problem", () => {
    const named = { ...small, expectedFailures: [{ name: "logic/and/gone", why: "known" }] };
    expect(judge(results, named).problems).toHaveLength(2);
  });

  test("a section left out with another number of tests is a problem", () => {
    const more = { ...small, leftOut: [{ name: "proto/has", tests: 2, why: "messages" }] };
    expect(judge(results, more).problems).toEqual([
      "sections.json leaves out 2 tests as proto/has, there are 1",
    ]);
  });

  test("a test left out twice is a problem", () => {
    const twice = {
      ...small,
      leftOut: [
        { name: "proto/has", tests: 1, why: "messages" },
        { name: "proto/has/field", tests: 1, why: "messages" },
      ],
    };
    expect(judge(results, twice).problems).toEqual(["proto/has/field is left out by 2 entries"]);
  });

  test("a suite of another size is a problem", () => {
    expect(judge(results, { ...small, tests: 5 }).problems).toEqual([
      "the suite has 4 tests, sections.json says 5",
    ]);
  });
});
