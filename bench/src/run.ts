import type { CellOutcome } from "./cell.ts";
import { startCell } from "./cell-starter.ts";
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
  /** the least time that the latest cell of an engine and scenario took, and at how many rules */
  const latest = new Map<string, { readonly ms: number; readonly rules: number }>();
  const said = new Map<string, string>();
  for (const { candidate, task } of plan) {
    const name = `${task.scenario}, ${task.rules} rules, ${task.engine}`;
    const key = `${task.scenario} ${task.engine}`;
    const before = latest.get(key);
    const expectedMs = before === undefined ? 0 : (before.ms * task.rules) / before.rules;
    const outcome: CellOutcome =
      expectedMs > task.capMs ? { ok: false, refused: tooLong(expectedMs) } : await startCell(task);
    if (!outcome.ok) {
      say(`${name}: ${outcome.refused}`);
      // Said once: at more rules it is no other.
      if (said.get(key) !== outcome.refused) leftOut.push(`${name}: ${outcome.refused}`);
      said.set(key, outcome.refused);
      // What took too long or failed at so many rules is not tried at more.
      if (before !== undefined)
        latest.set(key, { ms: Number.POSITIVE_INFINITY, rules: task.rules });
      continue;
    }
    const row = rowOf(task, candidate, outcome);
    rows.push(row);
    latest.set(key, {
      ms: row.load_ms + (row.compile_ms ?? 0) + (decisionsLeast * row.p50_ns) / 1e6,
      rules: task.rules,
    });
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
