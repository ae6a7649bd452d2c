import Table from "cli-table3";
import type { ProtectionRow } from "./measurement.ts";

/** The rows for people: per data set, arm and fold over all its suites, and each suite below. */
export function scoreTable(rows: readonly ProtectionRow[]): string {
  const table = new Table({
    head: [
      "data set",
      "suite",
      "arm",
      "fold",
      "attacks",
      "stopped",
      "denied",
      "honest",
      "touched",
      "step-ups",
    ],
    style: { head: [], border: [] },
  });
  const keys = [...new Set(rows.map(({ dataset, arm, fold }) => `${dataset}\n${arm}\n${fold}`))];
  for (const key of keys) {
    const own = rows.filter(({ dataset, arm, fold }) => `${dataset}\n${arm}\n${fold}` === key);
    const [first] = own;
    if (first === undefined) continue;
    if (own.length > 1) table.push(lineOf({ ...first, suite: "all suites" }, own));
    for (const row of own) table.push(lineOf(row, [row]));
  }
  return table.toString();
}

function lineOf(named: ProtectionRow, rows: readonly ProtectionRow[]): string[] {
  const sum = (of: (row: ProtectionRow) => number): number =>
    rows.reduce((total, row) => total + of(row), 0);
  const attacks = sum((row) => row.attacks);
  const honest = sum((row) => row.honest_runs);
  const calls = sum((row) => row.calls);
  const share = (part: number, all: number): string =>
    all === 0 ? "-" : `${((100 * part) / all).toFixed(1)} %`;
  return [
    named.dataset,
    named.suite,
    named.arm,
    named.fold,
    String(attacks),
    share(
      sum((row) => row.stopped),
      attacks,
    ),
    share(
      sum((row) => row.stopped_by_deny),
      attacks,
    ),
    String(honest),
    share(
      sum((row) => row.honest_touched),
      honest,
    ),
    `${((100 * sum((row) => row.step_up_calls)) / Math.max(1, calls)).toFixed(1)} / 100 calls`,
  ];
}
