import Table from "cli-table3";
import type { Score } from "./score.ts";

/** The scores for people, a row for each corpus and kind. */
export function scoreTable(scores: readonly Score[]): string {
  const table = new Table({
    head: [
      "corpus",
      "kind",
      "policy",
      "attacks",
      "through",
      "benign",
      "blocked",
      "skipped",
      "p50 us",
      "p99 us",
    ],
    style: { head: [], border: [] },
  });
  for (const each of scores) {
    const { corpus, kind, policy, attacks, through, benign, blocked, skipped } = each;
    const counts = [attacks, through, benign, blocked, skipped, each.p50_us, each.p99_us];
    table.push([corpus, kind, policy, ...counts.map(String)]);
  }
  return table.toString();
}
