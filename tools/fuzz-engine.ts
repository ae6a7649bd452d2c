import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runCampaign } from "./engine-fuzz/campaign.ts";

/**
 * Compares the compiled engine with the reference interpreter on generated policy sets, histories
 * and requests: `npm run fuzz:engine -- --pairs 1000000 --seed 7`. A run without differences adds
 * its seed, commit and count to docs/assurance.json. Exits with 1 when there are differences.
 * `--census` prints what was made and decided, as shares and counts; `--no-record` records nothing.
 */
const { values } = parseArgs({
  options: {
    pairs: { type: "string", default: "200000" },
    seed: { type: "string", default: "1" },
    record: { type: "boolean", default: true },
    census: { type: "boolean", default: false },
  },
  allowNegative: true,
});
const pairs = Number(values.pairs);
const seed = Number(values.seed);
if (!Number.isSafeInteger(pairs) || pairs < 1 || !Number.isSafeInteger(seed) || seed < 0) {
  throw new RangeError("`--pairs` and `--seed` are whole numbers");
}
const started = performance.now();
const campaign = runCampaign(pairs, seed);
const seconds = Math.round((performance.now() - started) / 100) / 10;
for (const finding of campaign.findings.slice(0, 5))
  console.error(JSON.stringify(finding, null, 2));
console.log(
  `${campaign.pairs} pairs, ${campaign.sets} policy sets, ` +
    `${campaign.findings.length} differences, ${seconds} s`,
);
if (values.census) console.log(campaign.census.text());
process.exitCode = campaign.findings.length === 0 ? 0 : 1;
if (campaign.findings.length === 0 && values.record) record();

interface Assurance {
  readonly engine: {
    readonly pairs: number;
    readonly runs: readonly { seed: number; commit: string; pairs: number; differences: 0 }[];
  };
}

function record(): void {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const path = fileURLToPath(new URL("../../docs/assurance.json", import.meta.url));
  const assurance = JSON.parse(readFileSync(path, "utf8")) as Assurance;
  const { engine } = assurance;
  const commit = execFileSync("git", ["rev-parse", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
  const runs = [...engine.runs, { seed, commit, pairs: campaign.pairs, differences: 0 }];
  const total = runs.reduce((sum, run) => sum + run.pairs, 0);
  const all = { ...assurance, engine: { pairs: total, runs } };
  writeFileSync(path, `${JSON.stringify(all, null, 2)}\n`);
}
