import { parseArgs } from "node:util";
import { candidates } from "./candidates.ts";
import type { CellTask } from "./cell.ts";
import { startCell } from "./cell-starter.ts";
import { rowOf, tableOf, withRatios } from "./report.ts";
import type { Row } from "./report.ts";
import { ruleCounts, scenarios } from "./scenario.ts";

/**
 * `npm run bench`: measures every engine in every scenario at every size it can hold, each in a
 * process of its own. The table, or with `--json` one JSON array, goes to stdout, words to stderr.
 * `--engine`, `--scenario` and `--rules` choose, each any number of times.
 */
const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    engine: { type: "string", multiple: true },
    scenario: { type: "string", multiple: true },
    rules: { type: "string", multiple: true },
  },
});
const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

const quickCounts: readonly number[] = [10, 1_000, 10_000];
const sizes = values.rules?.map(Number) ?? (values.quick ? quickCounts : ruleCounts);
const chosen = candidates.filter(({ name }) => values.engine?.includes(name) ?? true);
const rows: Row[] = [];
for (const scenario of scenarios.filter((name) => values.scenario?.includes(name) ?? true)) {
  for (const rules of sizes) {
    for (const candidate of chosen) {
      const ours = candidate.name === "holdfast";
      const capMs = ours ? 300_000 : values.quick ? 8_000 : 20_000;
      const task: CellTask = {
        scenario,
        engine: candidate.name,
        rules,
        quick: values.quick,
        capMs,
      };
      const outcome = await startCell(task);
      const cell = `${scenario} ${rules} ${candidate.name}`;
      if (!outcome.ok) {
        say(`${cell}: ${outcome.refused}`);
        continue;
      }
      const row = rowOf(task, candidate, outcome);
      rows.push(row);
      const parts = Object.entries(outcome.loadParts).map(
        ([name, ms]) => `${name} ${ms.toFixed(0)} ms`,
      );
      say(
        `${cell}: p50 ${row.p50_ns} ns, floor ${row.floor_ns} ns, p99 ${row.p99_ns} ns; ` +
          `${parts.join(", ")}; peak ${outcome.rssPeakMb} MB`,
      );
    }
  }
}
const report = withRatios(rows);
process.stdout.write(`${values.json ? JSON.stringify(report, null, 1) : tableOf(report)}\n`);
