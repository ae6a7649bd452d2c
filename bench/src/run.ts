import type { CellOutcome } from "./cell.ts";
import { startCell } from "./cell-starter.ts";
import { Forecast } from "./forecast.ts";
import type { Planned } from "./plan.ts";
import { rowOf } from "./report.ts";
import type { Row } from "./report.ts";

/** What was measured, and what was not and why. */
export interface Run {
  readonly rows: readonly Row[];
  readonly leftOut: readonly string[];
}

/** The fewest decisions a cell makes; see `checkAnswers` and `timeSlow`. */
const decisionsLeast = 12;

/** Measures one cell after another; `say` hears of each as it ends. */
export async function run(plan: readonly Planned[], say: (text: string) => void): Promise<Run> {
  const rows: Row[] = [];
  const leftOut: string[] = [];
  const forecasts = new Map<string, Forecast>();
  const said = new Map<string, string>();
  for (const { candidate, task } of plan) {
    const name = `${task.scenario}, ${task.rules} rules, ${task.engine}`;
    const key = `${task.scenario} ${task.engine}`;
    const forecast = forecasts.get(key) ?? new Forecast();
    forecasts.set(key, forecast);
    // What is promised of our engine is measured or fails; its cells are never left out.
    const expectedMs = task.engine === "holdfast" ? 0 : forecast.msAt(task.rules);
    const outcome: CellOutcome =
      expectedMs > task.capMs ? { ok: false, refused: tooLong(expectedMs) } : await startCell(task);
    if (!outcome.ok) {
      say(`${name}: ${outcome.refused}`);
      // Said once: at more rules it is no other.
      if (said.get(key) !== outcome.refused) leftOut.push(`${name}: ${outcome.refused}`);
      said.set(key, outcome.refused);
      forecast.fail();
      continue;
    }
    const row = rowOf(task, candidate, outcome);
    rows.push(row);
    const ms = row.load_ms + (row.compile_ms ?? 0) + (decisionsLeast * row.p50_ns) / 1e6;
    forecast.note({ rules: task.rules, ms });
    say(`${name}: ${words(row, outcome)}`);
  }
  return { rows, leftOut };
}

function words(row: Row, { compileMs, rssPeakMb }: Extract<CellOutcome, { ok: true }>): string {
  const texts = compileMs === undefined ? "" : ` after ${compileMs.toFixed(0)} ms for its texts`;
  return [
    `p50 ${row.p50_ns} ns, p99 ${row.p99_ns} ns, floor ${row.floor_ns} ns`,
    `load ${row.load_ms} ms${texts}`,
    `${row.rss_mb} MB, at most ${rssPeakMb} MB, load average ${row.load1}`,
  ].join("; ");
}

function tooLong(expectedMs: number): string {
  return Number.isFinite(expectedMs)
    ? `left out: would take about ${Math.round(expectedMs / 1e3)} s`
    : "left out: it was too much at fewer rules";
}
