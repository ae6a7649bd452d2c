import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createEngine, loadPolicySet } from "@holdfast/engine";
import { describe, expect, test } from "vitest";
import { candidates } from "../bench/src/candidates.ts";
import { openCell, runCell } from "../bench/src/cell.ts";
import type { CellOutcome } from "../bench/src/cell.ts";
import type { Candidate, Contender } from "../bench/src/contender.ts";
import { Forecast } from "../bench/src/forecast.ts";
import { performancePage } from "../bench/src/performance-page.ts";
import type { RecordedRun } from "../bench/src/recorded-run.ts";
import { promisedRow, rowOf, withHistory, withRatios } from "../bench/src/report.ts";
import type { Row } from "../bench/src/report.ts";
import { scenarios } from "../bench/src/scenario.ts";
import type { Scenario } from "../bench/src/scenario.ts";

const holdfast = candidates.find(({ name }) => name === "holdfast")!;
const text = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), "utf8");

const task = (scenario: Scenario) => ({
  scenario,
  engine: "holdfast",
  rules: 100,
  quick: false,
  capMs: 60_000,
});

/** Our engine with something changed. */
function changed(change: (contender: Contender) => Partial<Contender>): Candidate {
  const load: Candidate["load"] = async (source, oracle) => {
    const contender = await holdfast.load(source, oracle);
    return { ...contender, ...change(contender) };
  };
  return { ...holdfast, load };
}

describe("a forecast", () => {
  test("is of two cells, and of the time that grew between them", () => {
    const forecast = new Forecast();
    forecast.note({ rules: 10, ms: 1_500 });
    // A busy machine made the least cell slow; it says nothing of a million rules.
    expect(forecast.msAt(1_000_000)).toBe(0);
    forecast.note({ rules: 1_000, ms: 1_400 });
    expect(forecast.msAt(1_000_000)).toBe(0);
    forecast.note({ rules: 10_000, ms: 11_490 });
    expect(forecast.msAt(1_000_000)).toBeCloseTo(1_000_000);
  });

  test("is that more rules are too many for an engine that had numbers and then had none", () => {
    const forecast = new Forecast();
    forecast.fail();
    expect(forecast.msAt(1_000)).toBe(0);
    forecast.note({ rules: 1_000, ms: 100 });
    forecast.fail();
    expect(forecast.msAt(10_000)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("the oracle", () => {
  test.each(scenarios)("agrees with our engine in `%s`", async (scenario) => {
    const opened = await openCell(task(scenario), holdfast, Number.POSITIVE_INFINITY);
    expect(opened.ok ? opened.checked : opened.refused).toBeGreaterThanOrEqual(256);
    if (!opened.ok) return;
    // Nothing is shown by a scenario in which everything has one answer.
    const share = opened.allowed;
    if (scenario === "miss") expect(share).toBe(0);
    else expect(share > 0.4 && share < 0.9).toBe(true);
  });

  test("catches an engine that is wrong once in a hundred, and it is not timed", async () => {
    let asked = 0;
    const wrong = changed(({ decide }) => ({
      decide: (input) => {
        asked += 1;
        const answer = decide(input);
        return asked % 100 === 0 ? 1 - answer : answer;
      },
    }));
    const outcome = await runCell(task("mixed"), wrong);
    expect(outcome).toMatchObject({ ok: false });
    expect(outcome.ok ? "" : outcome.refused).toMatch(/^answers wrongly: (?:allow|deny) by/u);
  });

  test("catches an engine that is right for the wrong reason", async () => {
    const wrong = changed(() => ({ rulesOf: () => [] }));
    const outcome = await runCell(task("numeric"), wrong);
    expect(outcome.ok ? "" : outcome.refused).toMatch(/^answers wrongly: /u);
  });

  test("catches an engine that forgets history", async () => {
    const empty = loadPolicySet([]);
    if (!empty.ok) throw new Error("an empty policy set does not load");
    const state = createEngine(empty.bundle).createState();
    const forgetful = changed(({ prepare }) => ({
      prepare: (action) => Object.assign({}, prepare(action), { state }),
    }));
    const outcome = await runCell(task("mixed-history"), forgetful);
    expect(outcome.ok ? "" : outcome.refused).toMatch(/^answers wrongly: /u);
  });

  test("is not asked about an engine that cannot express a scenario", async () => {
    const numeric: Candidate = { ...holdfast, holds: ["numeric"] };
    expect(await runCell(task("mixed"), numeric)).toEqual({
      ok: false,
      refused: "cannot express the conditions of mixed",
    });
  });
});

const outcome: Extract<CellOutcome, { ok: true }> = {
  ok: true,
  timing: { p50Ns: 100, p99Ns: 200, p999Ns: undefined, floorNs: 50, method: "1 single" },
  loadMs: 1,
  compileMs: 5,
  rssMb: 1,
  rssPeakMb: 1,
  load1: 0,
  allowed: 0.5,
  checked: 1,
};

function row(scenario: Scenario, name: string, p50Ns: number): Row {
  const candidate = { ...holdfast, name };
  const timing = { ...outcome.timing, p50Ns };
  return rowOf({ ...task(scenario), engine: name }, candidate, { ...outcome, timing });
}

describe("a report", () => {
  test("has exactly the promised keys", () => {
    expect(Object.keys(promisedRow(row("numeric", "holdfast", 100))).join()).toBe(
      "scenario,engine,rules,p50_ns,p99_ns,p999_ns,floor_ns,load_ms,rss_mb,ratio,indexed,partial,method,load1",
    );
  });

  test("compares history with a peer's numbers without it, and says so", () => {
    const rows = withRatios(
      withHistory([
        row("numeric", "peer", 3_000),
        row("numeric", "other", 5_000),
        row("mixed", "peer", 4_000),
        row("mixed-history", "holdfast", 200),
      ]),
    );
    const carried = rows.filter((each) => each.scenario === "mixed-history");
    expect(carried.map(({ engine, ratio }) => [engine, ratio])).toEqual([
      ["holdfast", 1],
      ["peer", 20],
      ["other", 25],
    ]);
    expect(carried[1]!.method).toContain("holds no history: its numbers of `mixed`");
    expect(carried[2]!.method).toContain("holds no history: its numbers of `numeric`");
  });
});

test("docs/performance.md is what the recorded run says", () => {
  const recorded = JSON.parse(text("bench/result.json")) as RecordedRun;
  expect(text("docs/performance.md")).toBe(performancePage(recorded));
});
