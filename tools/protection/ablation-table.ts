import Table from "cli-table3";
import type { ProtectionRow } from "./measurement.ts";

/** What each part buys: per data set over all its suites, with everything and without one part at a time. */
export function ablationTable(rows: readonly ProtectionRow[]): string {
  const table = new Table({
    head: ["data set", "without", "stopped", "touched", "denied", "step-ups / 100 calls"],
    style: { head: [], border: [] },
  });
  for (const dataset of new Set(rows.map((row) => row.dataset))) {
    for (const without of new Set(rows.map((row) => row.without))) {
      const own = rows.filter((row) => row.dataset === dataset && row.without === without);
      const sum = (of: (row: ProtectionRow) => number): number =>
        own.reduce((total, row) => total + of(row), 0);
      const share = (part: number, all: number): string =>
        all === 0 ? "-" : ((100 * part) / all).toFixed(1);
      const [attacks, honest] = [sum((row) => row.attacks), sum((row) => row.honest_runs)];
      const [stopped, touched] = [sum((row) => row.stopped), sum((row) => row.honest_touched)];
      table.push([
        dataset,
        without ?? "-",
        share(stopped, attacks),
        share(touched, honest),
        share(
          sum((row) => row.honest_denied),
          honest,
        ),
        share(
          sum((row) => row.step_up_calls),
          sum((row) => row.calls),
        ),
      ]);
    }
  }
  return table.toString();
}
