/**
 * The starter packs under attack, with the runs that were written for them. Seen to fail: a run that its
 * pack refuses, and a pack without its rule on destinations.
 */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { killedPercent, tallyOf } from "@holdfast/stress";
import { stressedPacks } from "./stress/reference-pack.ts";
import { stressRows, stressRowTable } from "./stress/stress-row.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Shares of attacks that do not know the policy below which a pack must not fall, in percent. */
const least: Readonly<Record<string, number>> = {
  "coding-agent": 90,
  "egress-allowlist": 95,
  "email-outbound": 95,
  "files-workspace": 90,
  kubernetes: 90,
  "mcp-baseline": 90,
  memory: 90,
  payments: 95,
  pii: 90,
  secrets: 95,
  "shell-readonly": 90,
  "sql-readonly": 95,
  "strict-json": 90,
};

test("each pack lets its honest runs through, and stops what it is there for", async () => {
  const sets = await stressedPacks(root);
  const packs = readdirSync(`${root}/policies`, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  expect(sets.map(({ name }) => name)).toEqual(packs.map(({ name }) => name));
  for (const { name, all } of sets) {
    const refused = all.filter(({ fate }) => fate === "refused_anyway");
    expect([name, refused.map(({ mutant }) => mutant.id)]).toEqual([name, []]);
    const plain = tallyOf(all.filter(({ mutation }) => !mutation.isAdaptive));
    expect([name, (killedPercent(plain) ?? 0) >= (least[name] ?? 0)]).toEqual([name, true]);
  }
  const rows = stressRows(sets);
  const total = rows.find((row) => row.set === "all" && row.of === "all" && !row.adaptive);
  expect(total?.mutants).toBe(
    rows
      .filter((row) => row.set !== "all" && !row.adaptive)
      .reduce((sum, { mutants }) => sum + mutants, 0),
  );
  expect(stressRowTable(rows)).toContain("payments");
});
